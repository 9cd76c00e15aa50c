import type { GeoPoint } from '../../../api/client';

/* A map of a few dozen kilometres as a plane: metres from a point in its middle, east and south. Pure arithmetic. */

const EARTH = 6_371_000;
const RADIANS = Math.PI / 180 / 1_000_000;

export interface Point {
  x: number;
  y: number;
}

/** How the plane lies on the screen: pixels for a metre, and where its middle is. */
export interface Frame extends Point {
  scale: number;
}

/** Shows places as metres from the given one; east-west shrinks as meridians draw together. The date line is crossed the short way. */
export function plane(origin: GeoPoint): (place: GeoPoint) => Point {
  const shrink = Math.cos(origin.lat_micro * RADIANS);
  return ({ lat_micro: lat, lon_micro: lon }) => {
    const east = ((lon - origin.lon_micro + 540_000_000) % 360_000_000) - 180_000_000;
    return { x: east * RADIANS * EARTH * shrink, y: (origin.lat_micro - lat) * RADIANS * EARTH };
  };
}

const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
/** How many times farther out than half of all a point may lie. */
const FAR = 4;

/** The points without those that lie far out: one visit a hundred kilometres away must not make a dot of the town. */
export function central(points: Point[]): Point[] {
  const centre = { x: middle(points.map(({ x }) => x)), y: middle(points.map(({ y }) => y)) };
  const distance = ({ x, y }: Point) => Math.hypot(x - centre.x, y - centre.y);
  const usual = Math.max(1_000, middle(points.map(distance)));
  return points.filter((point) => distance(point) <= FAR * usual);
}

/** The widest frame that shows all points, at the most so close that a kilometre fills the screen. */
export function fitted(points: Point[], width: number, height: number, margin = 28): Frame {
  if (points.length === 0) return { scale: 0.01, x: width / 2, y: height / 2 };
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.max(1e-4, Math.min((width - 2 * margin) / Math.max(1_000, right - left), (height - 2 * margin) / Math.max(1_000, bottom - top)));
  return { scale, x: width / 2 - ((left + right) / 2) * scale, y: height / 2 - ((top + bottom) / 2) * scale };
}

export const onScreen = ({ scale, x, y }: Frame, point: Point): Point => ({ x: x + point.x * scale, y: y + point.y * scale });

/** Closer or farther, with the point of the screen at its place. */
export function zoomed(frame: Frame, by: number, at: Point): Frame {
  const scale = Math.min(0.5, Math.max(1e-4, frame.scale * by));
  const factor = scale / frame.scale;
  return { scale, x: at.x - (at.x - frame.x) * factor, y: at.y - (at.y - frame.y) * factor };
}

/** A round length and how long it is on the screen. */
export function scaleBar(scale: number, room: number): { metres: number; pixels: number } {
  const most = room / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power;
  return { metres, pixels: metres * scale };
}

/** Places are coarse, so several are often the same: those are laid out around it, so that each can be seen. On the screen, in pixels. */
export function spread(points: Point[], apart = 11): Point[] {
  const same = new Map<string, number[]>();
  points.forEach(({ x, y }, index) => {
    const key = `${Math.round(x)} ${Math.round(y)}`;
    same.set(key, [...(same.get(key) ?? []), index]);
  });
  const out = points.slice();
  for (const group of same.values()) {
    if (group.length === 1) continue;
    const radius = Math.max(apart, (apart * group.length) / Math.PI);
    group.forEach((index, place) => {
      const point = points[index];
      const turn = (2 * Math.PI * place) / group.length - Math.PI / 2;
      if (point) out[index] = { x: point.x + radius * Math.cos(turn), y: point.y + radius * Math.sin(turn) };
    });
  }
  return out;
}

import { memo } from 'react';
import styles from './map.module.css';
import { type Frame, onScreen, type Point, spread } from './plane';

/** A route on the plane. */
export interface Drawn {
  technician: string;
  home: Point | undefined;
  stops: { id: string; number: number; risk: boolean; at: Point }[];
}

interface Props {
  routes: Drawn[];
  open: { id: string; at: Point }[];
  frame: Frame;
  /** Whose route stands out. */
  chosen: string | undefined;
}

/** So many stops at the most have numbers: more would hide one another. */
const NUMBERED = 250;

/** Where everything lies on the screen; what lies at one place is laid out around it. */
export function placesOf({ routes, open, frame }: Omit<Props, 'chosen'>): Map<string, Point> {
  const ids = [...routes.flatMap(({ stops }) => stops.map(({ id }) => id)), ...open.map(({ id }) => id)];
  const points = spread([...routes.flatMap(({ stops }) => stops.map(({ at }) => onScreen(frame, at))), ...open.map(({ at }) => onScreen(frame, at))]);
  return new Map(ids.map((id, index) => [id, points[index] ?? { x: 0, y: 0 }]));
}

/** Routes, homes, stops and open work: everything but what is pointed at. */
export const Layers = memo(function Layers({ routes, open, frame, chosen }: Props) {
  const places = placesOf({ routes, open, frame });
  const numbered = routes.reduce((sum, { stops }) => sum + stops.length, 0) <= NUMBERED;
  const ordered = routes.toSorted((a, b) => Number(a.technician === chosen) - Number(b.technician === chosen));
  return (
    <>
      {open.map(({ id }) => {
        const at = places.get(id);
        return at ? <rect key={id} data-stop={id} className={styles.open} x={at.x - 6} y={at.y - 6} width={12} height={12} transform={`rotate(45 ${at.x} ${at.y})`} /> : null;
      })}
      {ordered.map((route) => {
        const home = route.home && onScreen(frame, route.home);
        const stops = route.stops.flatMap((stop) => (places.get(stop.id) ? [{ ...stop, ...(places.get(stop.id) as Point) }] : []));
        const line = [...(home ? [home] : []), ...stops, ...(home ? [home] : [])];
        const far = chosen !== undefined && chosen !== route.technician;
        const plain = !numbered && chosen !== route.technician;
        return (
          <g key={route.technician} data-chosen={chosen === route.technician || undefined} data-far={far || undefined} className={styles.route}>
            <polyline points={line.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
            {home ? <path className={styles.home} d={`M${home.x - 7} ${home.y + 6}v-7l7-6 7 6v7z`} /> : null}
            {stops.map((stop) => (
              <g key={stop.id} data-stop={stop.id} data-risk={stop.risk || undefined} className={styles.stop}>
                <circle cx={stop.x} cy={stop.y} r={plain ? 3 : 9} />
                {plain ? null : (
                  <text x={stop.x} y={stop.y + 4}>
                    {stop.number}
                    {stop.risk ? '!' : ''}
                  </text>
                )}
              </g>
            ))}
          </g>
        );
      })}
    </>
  );
});

import { describe, expect, it } from 'vitest';
import { central, fitted, onScreen, plane, scaleBar, spread, zoomed } from './plane';

const place = (lat: number, lon: number) => ({ lat_micro: lat * 1e6, lon_micro: lon * 1e6 });
const rounded = ({ x, y }: { x: number; y: number }) => [Math.round(x) + 0, Math.round(y) + 0];

describe('the plane', () => {
  it('is true in metres: a degree of latitude, and half a degree of longitude at sixty degrees', () => {
    const at = plane(place(60, 10));
    expect(rounded(at(place(61, 10)))).toEqual([0, -111_195]);
    expect(rounded(at(place(60, 11)))).toEqual([55_597, 0]);
  });
  it('crosses the date line the short way', () => {
    expect(plane(place(0, 179.5))(place(0, -179.5)).x).toBeCloseTo(111_195, 0);
    expect(plane(place(0, -179.5))(place(0, 179.5)).x).toBeCloseTo(-111_195, 0);
  });
});

describe('the frame', () => {
  const points = [{ x: -10_000, y: 0 }, { x: 10_000, y: 5_000 }];
  it('shows all points within its margin', () => {
    const frame = fitted(points, 400, 300);
    for (const point of points) {
      const { x, y } = onScreen(frame, point);
      expect(x >= 27.9 && x <= 372.1 && y >= 27.9 && y <= 272.1).toBe(true);
    }
  });
  it('does not look closer at one place than places are known, and shows nothing in the middle', () => {
    expect(fitted([{ x: 5, y: 5 }], 400, 300).scale).toBeCloseTo(0.244, 3);
    expect(fitted([], 400, 300)).toMatchObject({ x: 200, y: 150 });
  });
  it('keeps the point under the pointer where it is when it comes closer', () => {
    const frame = fitted(points, 400, 300);
    const at = onScreen(frame, points[1] ?? { x: 0, y: 0 });
    expect(rounded(onScreen(zoomed(frame, 2, at), points[1] ?? { x: 0, y: 0 }))).toEqual(rounded(at));
    expect(zoomed(frame, 1e9, at).scale).toBe(0.5);
  });
});

describe('the middle of the map', () => {
  const town = Array.from({ length: 9 }, (_, index) => ({ x: index * 1_000, y: (index % 3) * 1_000 }));
  it('is where most lie', () => {
    expect(central([...town, { x: 90_000, y: 90_000 }])).toEqual(town);
    expect(central(town)).toEqual(town);
    expect(central([])).toEqual([]);
  });
});

describe('the scale bar', () => {
  it('is a round length that has room', () => {
    expect(scaleBar(0.01, 100)).toEqual({ metres: 10_000, pixels: 100 });
    expect(scaleBar(0.02, 90)).toEqual({ metres: 2_000, pixels: 40 });
    expect(scaleBar(0.1, 90).metres).toBe(500);
  });
});

describe('places that are the same', () => {
  it('are laid out around it, none upon another; others stay', () => {
    const out = spread([{ x: 5, y: 5 }, { x: 50, y: 5 }, { x: 5, y: 5 }, { x: 5, y: 5 }]);
    expect(out[1]).toEqual({ x: 50, y: 5 });
    expect(new Set(out.map((point) => rounded(point).join(' '))).size).toBe(4);
  });
});

import type { Lane, Visit } from '../model';

/* The board's rows: which bars lie below one another, how high rows are and which can be seen. Pure arithmetic. */

export interface Tracks {
  track: Map<string, number>;
  count: number;
}

/** Bars that overlap lie below one another: each takes the first track that is free when it begins, which is a bar's least width before the end of the line at the latest. Visits come in the order of their beginning. */
export function tracksOf(visits: Visit[], leastMs = 0, end = Number.POSITIVE_INFINITY): Tracks {
  const track = new Map<string, number>();
  const free: number[] = [];
  for (const { id, service } of visits) {
    const begin = Math.min(service.from, end - leastMs);
    const found = free.findIndex((until) => until <= begin);
    const mine = found === -1 ? free.length : found;
    free[mine] = Math.max(service.until, service.from + leastMs);
    track.set(id, mine);
  }
  return { track, count: Math.max(1, free.length) };
}

/** Each row's top, and at the end the height of all: a row is as high as the bars that lie below one another in it. */
export function topsOf(rows: Tracks[], height: number): number[] {
  const tops = [0];
  for (const { count } of rows) tops.push((tops.at(-1) ?? 0) + count * height);
  return tops;
}

/** The row at a height: the last that begins there or above. */
export function rowAt(tops: number[], y: number): number {
  let low = 0;
  let high = tops.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Which rows are to be drawn: those in view and a few around them. */
export function rowsInView(tops: number[], scrolled: number, height: number, around: number): { first: number; end: number } {
  const count = tops.length - 1;
  if (count <= 0) return { first: 0, end: 0 };
  return { first: Math.max(0, rowAt(tops, scrolled) - around), end: Math.min(count, rowAt(tops, scrolled + height) + 1 + around) };
}

/** The visit that an arrow leads to: along the days in one row, to the nearest in time in the next row that has any. */
export function neighbour(lanes: Lane[], id: string, key: string): Visit | null {
  const row = lanes.findIndex((lane) => lane.visits.some((visit) => visit.id === id));
  const mine = lanes[row]?.visits;
  if (!mine) return lanes.find(({ visits }) => visits.length > 0)?.visits[0] ?? null;
  const at = mine.findIndex((visit) => visit.id === id);
  switch (key) {
    case 'ArrowRight':
      return mine[at + 1] ?? null;
    case 'ArrowLeft':
      return mine[at - 1] ?? null;
    case 'Home':
      return mine[0] ?? null;
    case 'End':
      return mine.at(-1) ?? null;
    case 'ArrowDown':
      return nearest(lanes.slice(row + 1), mine[at]);
    case 'ArrowUp':
      return nearest(lanes.slice(0, row).toReversed(), mine[at]);
    default:
      return null;
  }
}

function nearest(lanes: Lane[], here: Visit | undefined): Visit | null {
  const from = here?.service.from ?? 0;
  const next = lanes.find(({ visits }) => visits.length > 0)?.visits ?? [];
  return next.toSorted((a, b) => Math.abs(a.service.from - from) - Math.abs(b.service.from - from))[0] ?? null;
}

import { instantAt, shiftDay, type Span } from '../clock';
import type { Lane, Visit } from '../model';
import { type Axis, boxOf, linesOf } from './axis';
import type { Tracks } from './rows';

/* What lies behind the bars of a row, as the paths of one picture: an element for each shade would cost a layer each. Pure arithmetic. */

/** How high a track is, and where in it ways and promised windows lie. */
const TRACK = 44;
const WAY = { top: 17, height: 9 };
const WINDOW = { top: 38, height: 4 };
/** A way that takes less is not drawn. */
const LEAST_WAY_S = 60;
/** Lines go on below every row, and are cut off there. */
const ENDLESS = 9_999;

const round = (value: number): number => Math.round(value * 10) / 10;
const rect = (x: number, y: number, width: number, height: number): string => `M${round(x)} ${y}h${round(width)}v${height}h${round(-width)}z`;
const line = (x: number): string => `M${round(x)} 0V${ENDLESS}`;

function blocks(spans: Span[], axis: Axis): string {
  return spans
    .map((span) => boxOf(span, axis))
    .map((box) => (box ? rect(box.x, 0, box.width, ENDLESS) : ''))
    .join('');
}

/** When somebody works, rests and is away. */
export function groundOf({ shifts, absences }: Pick<Lane, 'shifts' | 'absences'>, axis: Axis, zone: string): { shift: string; rest: string; absent: string } {
  const away = absences.map((day) => ({ from: instantAt(day, 0, zone), until: instantAt(shiftDay(day, 1), 0, zone) }));
  return { shift: blocks(shifts, axis), rest: blocks(shifts.flatMap(({ rests }) => rests), axis), absent: blocks(away, axis) };
}

/** The ways between visits, and the promised windows as brackets below them. */
export function marksOf(visits: Visit[], { track }: Tracks, axis: Axis): { ways: string; windows: string } {
  const marks = { ways: '', windows: '' };
  for (const { id, bar, travel, window } of visits) {
    const top = (track.get(id) ?? 0) * TRACK;
    const way = bar.travel_seconds >= LEAST_WAY_S ? boxOf(travel, axis) : null;
    if (way) marks.ways += rect(way.x, top + WAY.top, way.width, WAY.height);
    const promised = boxOf(window, axis);
    if (promised) marks.windows += `M${round(promised.x)} ${top + WINDOW.top}v${WINDOW.height}h${round(promised.width)}v${-WINDOW.height}`;
  }
  return marks;
}

/** A line for each hour within a day, and one between days; the same for every row. */
export function gridOf(axis: Axis): { hours: string; days: string } {
  return {
    hours: linesOf(axis).map(line).join(''),
    days: axis.days.slice(1).map(({ x }) => line(x)).join(''),
  };
}

/** The line of now. */
export const nowAt = line;

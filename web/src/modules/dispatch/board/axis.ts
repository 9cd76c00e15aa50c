import { HOUR, instantAt, MINUTE, shiftDay, type Span } from '../clock';
import type { Lane } from '../model';
import type { ScaleName } from '../search';

/* The board's line of time: days side by side, each with the hours in which anything happens. Pure arithmetic; lengths are pixels. */

/** How close one looks: so many days, at least so many pixels for an hour; what is left of the room is shared out. */
export const scales = {
  hour: { days: 1, least: 176 },
  day: { days: 1, least: 60 },
  week: { days: 7, least: 24 },
} as const satisfies Record<ScaleName, { days: number; least: number }>;

export interface AxisDay extends Span {
  day: string;
  x: number;
  width: number;
}

export interface Axis {
  days: AxisDay[];
  perHour: number;
  width: number;
}

/** A part of the day in minutes after midnight. */
export interface Hours {
  from: number;
  until: number;
}

const LEAST_HOURS: Hours = { from: 8 * 60, until: 18 * 60 };

/** The hours that every day shows: all that anybody works or drives, at the least eight to eighteen, whole hours. */
export function hoursOf(lanes: Lane[], days: string[], zone: string): Hours {
  const midnights = [...days, shiftDay(days.at(-1) ?? '1970-01-01', 1)].map((day) => instantAt(day, 0, zone));
  const first = midnights[0] ?? 0;
  const end = midnights.at(-1) ?? 0;
  let { from, until } = LEAST_HOURS;
  const take = (span: Span) => {
    if (span.until <= first || span.from >= end) return;
    const begins = midnights.findLast((midnight) => midnight <= span.from) ?? first;
    from = Math.min(from, Math.max(0, (span.from - begins) / MINUTE));
    const last = (span.until - begins) / MINUTE;
    until = Math.max(until, Math.min(24 * 60, last));
    if (last > 24 * 60) from = 0;
  };
  for (const { shifts, visits } of lanes) {
    shifts.forEach(take);
    for (const { travel, service } of visits) take({ from: travel.from, until: service.until });
  }
  return { from: Math.floor(from / 60) * 60, until: Math.ceil(until / 60) * 60 };
}

/** How wide an hour is: the days fill the room, and scroll where an hour would be too narrow to read. */
export function hourWidth({ from, until }: Hours, days: number, room: number, least: number): number {
  return Math.max(least, Math.floor(room / Math.max(1, (days * (until - from)) / 60)));
}

export function axisOf(days: string[], zone: string, hours: Hours, perHour: number): Axis {
  let x = 0;
  const laid = days.map((day) => {
    const span = { from: instantAt(day, hours.from, zone), until: instantAt(day, hours.until, zone) };
    const width = ((span.until - span.from) / HOUR) * perHour;
    x += width;
    return { day, ...span, x: x - width, width };
  });
  return { days: laid, perHour, width: x };
}

/** How far from the left an instant lies; what lies between two days lies on the line between them. */
export function xAt(axis: Axis, at: number): number {
  const day = axis.days.findLast(({ from }) => from <= at);
  return day ? day.x + Math.min(day.width, ((at - day.from) / HOUR) * axis.perHour) : 0;
}

/** The instant at a place on the line. */
export function instantAtX(axis: Axis, x: number): number {
  const day = axis.days.findLast((one) => one.x <= x) ?? axis.days[0];
  return day ? Math.max(day.from, Math.min(day.until, day.from + ((x - day.x) / axis.perHour) * HOUR)) : 0;
}

/** Whether the board shows the instant. */
export const shows = (axis: Axis, at: number): boolean => axis.days.some(({ from, until }) => at >= from && at <= until);

export interface Box {
  x: number;
  width: number;
}

/** A span as a box of the least width, cut at the ends of what is shown; nothing where it lies outside. At the very end it begins earlier, for beyond it nothing can be hit. */
export function boxOf({ from, until }: Span, axis: Axis, least = 0): Box | null {
  const x = xAt(axis, from);
  const long = xAt(axis, until) - x;
  if (long <= 0) return null;
  const width = Math.max(least, long);
  return { x: Math.max(0, Math.min(x, axis.width - width)), width };
}

export interface Tick {
  at: number;
  x: number;
  width: number;
}

/** Where an hour begins within a day. */
export const linesOf = ({ days, perHour }: Axis): number[] => days.flatMap(({ x, width }) => Array.from({ length: Math.max(0, Math.round(width / perHour) - 1) }, (_, hour) => x + (hour + 1) * perHour));

const STEPS = [1, 2, 3, 4, 6];
/** How much room a time needs. */
export const LABEL = 46;

/** Where a time is written: as many hours apart as its words need. */
export function ticksOf({ days, perHour }: Axis): Tick[] {
  const step = STEPS.find((hours) => hours * perHour >= LABEL) ?? 6;
  return days.flatMap(({ from, until, x }) => {
    const hours = Math.round((until - from) / HOUR);
    return Array.from({ length: Math.ceil(hours / step) }, (_, tick) => ({ at: from + tick * step * HOUR, x: x + tick * step * perHour, width: Math.min(step, hours - tick * step) * perHour }));
  });
}

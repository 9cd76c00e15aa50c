import { dayAt, HOUR, shiftDay } from '../clock';
import type { BoardModel, Lane } from '../model';
import type { Cell } from './cells';

/** The day on which a visit may still be put somewhere: the one that is shown, or the next when that is today and nobody has duty left. */
export function dayLeft({ view: { day, zone }, lanes }: BoardModel, now: number): string {
  const over = day === dayAt(now, zone) && !lanes.some(({ shifts }) => shifts.some((shift) => shift.day === day && shift.until > now));
  return over ? shiftDay(day, 1) : day;
}

/**
 * Where a visit that nobody has is asked for first: whoever is on duty first on the day that is left, as soon as that may be. Of a day that is
 * not loaded yet the clocks of the one that is shown serve.
 */
export function firstOf(model: BoardModel, staff: Lane[], now: number): Cell {
  const { day: shown, zone } = model.view;
  const today = dayAt(now, zone);
  const left = dayLeft(model, now);
  const day = left > today ? left : today;
  const duties = staff.flatMap(({ id, shifts }) => shifts.filter((shift) => shift.day === day && shift.until > now).map(({ from }) => ({ technician: id, at: Math.max(from, now) })));
  const [soonest] = duties.toSorted((a, b) => a.at - b.at);
  if (soonest) return soonest;
  const begins = staff.flatMap(({ shifts }) => shifts).find((shift) => shift.day === shown)?.from ?? now;
  return { technician: staff[0]?.id ?? '', at: Math.max(day === shown ? begins : begins + 24 * HOUR, now) };
}

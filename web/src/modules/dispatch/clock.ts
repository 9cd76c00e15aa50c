/* Local days and the clocks of a zone: pure arithmetic. Instants are milliseconds. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface Span {
  from: number;
  until: number;
}

const walls = new Map<string, Intl.DateTimeFormat>();

function wallFormat(zone: string): Intl.DateTimeFormat {
  let format = walls.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    walls.set(zone, format);
  }
  return format;
}

/** What a clock on the wall of the zone shows, written as if it were UTC. */
function wall(at: number, zone: string): number {
  const parts = wallFormat(zone).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/** When the zone's clocks show so many minutes after midnight of a day. Looked for twice: the first guess may lie beyond a change of the clocks. */
export function instantAt(day: string, minutes: number, zone: string): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE;
  const first = wanted - (wall(wanted, zone) - wanted);
  return first - (wall(first, zone) - wanted);
}

/** The day that it is in a zone. */
export const dayAt = (at: number, zone: string): string => new Date(wall(at, zone)).toISOString().slice(0, 10);

/** The day that is so many days after the given one. */
export function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

/** Days in a row. */
export const daysFrom = (day: string, count: number): string[] => Array.from({ length: count }, (_, by) => shiftDay(day, by));

/** How long the window is in which a customer waits. */
export const WINDOW = 2 * HOUR;
export const QUARTER = 15 * MINUTE;

/** The nearest quarter of an hour. */
export const snapped = (at: number): number => Math.round(at / QUARTER) * QUARTER;

/** The windows of a day that a visit may be promised, one every quarter of an hour from six to ten in the evening, without those that are over. */
export function windowsOf(day: string, zone: string, now: number): Span[] {
  const starts = Array.from({ length: 16 * 4 }, (_, quarter) => instantAt(day, 6 * 60 + quarter * 15, zone));
  return starts.map((from) => ({ from, until: from + WINDOW })).filter(({ until }) => until > now);
}

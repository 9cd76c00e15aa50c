import type { DispatchBar, DispatchBoardView, DispatchLane } from '../../api/client';

/* Where things lie on the board: pure arithmetic, so that it can be tested without a screen. Instants are milliseconds. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Span {
  from: number;
  until: number;
}

const stretch = ({ start_at, end_at }: { start_at: string; end_at: string }): Span => ({ from: Date.parse(start_at), until: Date.parse(end_at) });
export const serviceOf = (bar: DispatchBar): Span => ({ from: Date.parse(bar.service_start_at), until: Date.parse(bar.service_end_at) });
export const travelOf = (bar: DispatchBar): Span => ({ from: Date.parse(bar.service_start_at) - bar.travel_seconds * 1000, until: Date.parse(bar.service_start_at) });
export const shiftOf = (lane: DispatchLane): Span | null => (lane.shift && !lane.absent ? stretch(lane.shift) : null);
export const restsOf = (lane: DispatchLane): Span[] => (lane.absent ? [] : (lane.rests ?? []).map(stretch));

/** What a clock on the wall of the zone shows, written as if it were UTC. */
function wall(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(at);
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

/** The hours that the board shows: all that anybody works or drives, at the least eight to eighteen, in whole hours. */
export function hoursOf({ day, zone, technicians }: Pick<DispatchBoardView, 'day' | 'zone' | 'technicians'>): Span {
  const spans = technicians.flatMap((lane) => [shiftOf(lane), ...lane.appointments.flatMap((bar) => [travelOf(bar), serviceOf(bar)])]).filter((span) => span !== null);
  const from = Math.min(instantAt(day, 8 * 60, zone), ...spans.map((span) => span.from));
  const until = Math.max(instantAt(day, 18 * 60, zone), ...spans.map((span) => span.until));
  const midnight = instantAt(day, 0, zone);
  return { from: midnight + Math.floor((from - midnight) / HOUR) * HOUR, until: midnight + Math.ceil((until - midnight) / HOUR) * HOUR };
}

/** The hours' beginnings. */
export function ticksOf({ from, until }: Span): number[] {
  return Array.from({ length: Math.round((until - from) / HOUR) }, (_, hour) => from + hour * HOUR);
}

/** How wide an hour is where the board may be so wide: it fills the room, and scrolls where an hour would be too narrow to read. */
export const hourWidth = ({ from, until }: Span, room: number, least = 88): number => Math.max(least, Math.floor(room / Math.max(1, (until - from) / HOUR)));

/** How far from the left an instant lies. */
export const xOf = (at: number, hours: Span, perHour: number): number => ((at - hours.from) / HOUR) * perHour;

export interface Box {
  x: number;
  width: number;
}

/** A span as a box of the least width, cut at the ends of the board; nothing where it lies outside. */
export function boxOf(span: Span, hours: Span, perHour: number, least = 0): Box | null {
  const from = Math.max(span.from, hours.from);
  const until = Math.min(span.until, hours.until);
  if (until <= from) return null;
  return { x: xOf(from, hours, perHour), width: Math.max(least, xOf(until, hours, perHour) - xOf(from, hours, perHour)) };
}

/** Bars that overlap lie below one another: each takes the first track that is free when it begins. */
export function tracksOf(bars: DispatchBar[], leastMs = 0): { track: Map<string, number>; count: number } {
  const track = new Map<string, number>();
  const free: number[] = [];
  for (const bar of bars.toSorted((a, b) => serviceOf(a).from - serviceOf(b).from)) {
    const { from, until } = serviceOf(bar);
    const found = free.findIndex((end) => end <= from);
    const mine = found === -1 ? free.length : found;
    free[mine] = Math.max(until, from + leastMs);
    track.set(bar.id, mine);
  }
  return { track, count: Math.max(1, free.length) };
}

/** Each row's top, and at the end the height of all: a row is as high as the bars that lie below one another in it. */
export function topsOf(lanes: DispatchLane[], height: number, leastMs: number): number[] {
  const tops = [0];
  for (const lane of lanes) tops.push((tops.at(-1) ?? 0) + tracksOf(lane.appointments, leastMs).count * height);
  return tops;
}

/** Which rows are to be drawn: those in view and a few around them. */
export function rowsInView(tops: number[], scrolled: number, height: number, around = 4): { first: number; end: number } {
  const count = tops.length - 1;
  const first = tops.findIndex((_, row) => row < count && (tops[row + 1] ?? 0) > scrolled);
  const after = tops.findIndex((top, row) => row < count && top >= scrolled + height);
  return { first: Math.max(0, (first === -1 ? count : first) - around), end: Math.min(count, (after === -1 ? count : after) + around) };
}

/** The visit that an arrow leads to: along the day in one row, to the nearest in time in the next row that has any. */
export function neighbour(lanes: DispatchLane[], id: string, key: string): DispatchBar | null {
  const rows = lanes.map((lane) => lane.appointments.toSorted((a, b) => serviceOf(a).from - serviceOf(b).from));
  const row = rows.findIndex((bars) => bars.some((bar) => bar.id === id));
  const mine = rows[row];
  if (!mine) return rows.find((bars) => bars.length > 0)?.[0] ?? null;
  const at = mine.findIndex((bar) => bar.id === id);
  const here = mine[at];
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
    case 'ArrowUp': {
      const others = key === 'ArrowDown' ? rows.slice(row + 1) : rows.slice(0, row).toReversed();
      const next = others.find((bars) => bars.length > 0) ?? [];
      const from = here ? serviceOf(here).from : 0;
      return next.toSorted((a, b) => Math.abs(serviceOf(a).from - from) - Math.abs(serviceOf(b).from - from))[0] ?? null;
    }
    default:
      return null;
  }
}

/** The windows of a day in which a visit may begin, every two hours from six to eight in the evening, without those that are over. */
export function windowsOf(day: string, zone: string, now: number): Span[] {
  const hours = [6, 8, 10, 12, 14, 16, 18, 20];
  return hours.map((hour) => instantAt(day, hour * 60, zone)).map((from) => ({ from, until: from + 2 * HOUR })).filter(({ until }) => until > now);
}

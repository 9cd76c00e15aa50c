import { dayAt, HOUR, instantAt } from '../clock';

/** From when on changes are told. */
export const spans = ['look', 'hour', 'today', 'day', 'week'] as const;
export type Span = (typeof spans)[number];

const MOST = 7 * 24 * HOUR;
const KEY = 'fettle.board.looked';

/** The instant of a choice; of the last look, where there was one within the seven days that are kept. */
export function sinceOf(span: Span, now: number, zone: string, looked: number | undefined): number {
  switch (span) {
    case 'look':
      return Math.max(looked ?? now - 24 * HOUR, now - MOST + HOUR);
    case 'hour':
      return now - HOUR;
    case 'today':
      return instantAt(dayAt(now, zone), 0, zone);
    case 'day':
      return now - 24 * HOUR;
    case 'week':
      return now - MOST + HOUR; // the server's own clock may be a little ahead
  }
}

function looks(): Record<string, number> {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof known === 'object' && known ? (known as Record<string, number>) : {};
  } catch {
    return {};
  }
}

/** When this browser's user last looked at what has changed at a node; undefined: never, or too long ago to be of use. */
export function lookedAt(node: string, now: number): number | undefined {
  const at = looks()[node];
  return typeof at === 'number' && at > now - MOST && at <= now ? at : undefined;
}

/** Notes that what changed at a node until an instant was seen. */
export function noteLook(node: string, at: number): void {
  const recent = Object.entries({ ...looks(), [node]: at }).filter(([, when]) => when > at - MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(recent)));
  } catch {
    // Private browsing may refuse storage; the next look then begins a day back.
  }
}

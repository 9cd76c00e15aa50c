/* The board's address. Whoever opens any page of the desk fetches this file, so it needs nothing else. */

/** What waits for the dispatcher, the most pressing first: it may fail, somebody has said no, nobody has it, a part is missing, it is promised for later than the case asks, a certificate ends. */
export const needs = ['risk', 'refused', 'unassigned', 'part', 'late', 'certificate'] as const;
export type Need = (typeof needs)[number];

/** How close one looks. */
export const scaleNames = ['hour', 'day', 'week'] as const;
export type ScaleName = (typeof scaleNames)[number];

export interface BoardSearch {
  node?: string;
  day?: string;
  scale?: ScaleName;
  need?: Need;
  map?: true;
}

/** Whether it is a day of the calendar, as the API has them. */
const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

/** Reads the address; what is not understood is left out. */
export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const { node, day, need, scale, map } = search;
  const known = needs.find((name) => name === need);
  const close = scaleNames.find((name) => name === scale);
  return {
    ...(typeof node === 'string' && node.startsWith('node_') ? { node } : {}),
    ...(typeof day === 'string' && isDay(day) ? { day } : {}),
    ...(close ? { scale: close } : {}),
    ...(known ? { need: known } : {}),
    ...(map === true ? { map } : {}),
  };
}

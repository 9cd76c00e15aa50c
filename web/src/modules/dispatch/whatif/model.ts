import type { DispatchAdopted, DispatchBill, DispatchHanded, DispatchPlace, DispatchUnserved } from '../../../api/client';

/* A plan that is not yet one: what it would cost against now, and what it would change. */

/** A visit that nobody has would get a place. */
export type NewPlace = DispatchPlace;

/** A promised visit would go to somebody else. */
export type Handover = DispatchHanded;

export interface Proposal {
  /** Absent where something has changed since the plan was found. */
  before?: DispatchBill;
  after?: DispatchBill;
  places: NewPlace[];
  moves: Handover[];
  unserved: DispatchUnserved[];
  /** How many places were found that could not have been booked. */
  turned_away?: number;
}

/** What is asked. */
export interface Wish {
  days: number;
  /** Who is away. */
  without: string[];
  /** Whether promised visits may change hands. */
  move: boolean;
}

/** What became of a change that was to be adopted. */
export type AdoptResult = DispatchAdopted;

/** What may be compared, and whether less of it is better. */
export const figures = ['cost', 'waiting', 'travel', 'distance', 'overtime', 'late', 'visits', 'unserved'] as const;
export type Figure = (typeof figures)[number];

export const valueOf = (bill: DispatchBill, figure: Figure): number =>
  ({ cost: bill.cost.minor, waiting: bill.waiting?.minor ?? 0, travel: bill.travel_seconds, distance: bill.travel_metres, overtime: bill.overtime_seconds, late: bill.late_seconds, visits: bill.visits, unserved: bill.unserved })[figure];

/** What is worth a row: that urgent cases wait is only where it weighs something. */
export const shownOf = (before: DispatchBill, after: DispatchBill): Figure[] => figures.filter((figure) => figure !== 'waiting' || before.waiting || after.waiting);

/** Whether a difference is good, bad, or neither: more visits are to be served, and the rest is to be less. Where more are served, more of the rest is no fault. */
export function judged(figure: Figure, difference: number, served: number): 'good' | 'bad' | 'even' | 'more' {
  if (difference === 0) return 'even';
  if (difference > 0 && served > 0 && figure !== 'visits' && figure !== 'unserved') return 'more';
  return difference > 0 === (figure === 'visits') ? 'good' : 'bad';
}

export const isHandover = (change: NewPlace | Handover): change is Handover => 'to' in change;

/** Names a change, also in the answer: a handover by its appointment, a place by its work order. */
export const keyOf = (change: NewPlace | Handover): string => (isHandover(change) ? change.appointment : change.work_order);

/** What was done, to be taken back together, and what was not, by the key of the change. */
export function sortedOut(changes: (NewPlace | Handover)[], results: AdoptResult[]): { done: { appointment: string; version: number }[]; refused: Map<string, AdoptResult> } {
  const done: { appointment: string; version: number }[] = [];
  const refused = new Map<string, AdoptResult>();
  for (const result of results) {
    if (result.result !== 'conflict' && result.appointment && result.version !== undefined) done.push({ appointment: result.appointment, version: result.version });
    const key = changes.map(keyOf).find((one) => one === result.appointment || one === result.work_order);
    if (result.result === 'conflict' && key) refused.set(key, result);
  }
  return { done, refused };
}

import type { Turn } from './queries';

const turns: Record<string, readonly Turn[]> = {
  pending: ['cancel'],
  scheduled: ['dispatch', 'cancel', 'miss', 'absent'],
  dispatched: ['accept', 'decline', 'travel', 'arrive', 'cancel', 'miss', 'absent'],
  accepted: ['travel', 'arrive', 'decline', 'cancel', 'miss', 'absent'],
  travelling: ['arrive', 'absent'],
  on_site: ['absent'],
};

/** What may become of an appointment in this state; the first is the usual next step. The server has the last word. */
export function turnsIn(state: string): readonly Turn[] {
  return turns[state] ?? [];
}

/** Whether it still stands: nobody has ended it. */
export function stands(state: string): boolean {
  return state in turns;
}

/** Turns that somebody must give a reason for. */
export const reasoned: ReadonlySet<Turn> = new Set<Turn>(['cancel', 'decline', 'miss']);

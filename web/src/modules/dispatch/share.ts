import type { BoardView } from './contract';

/** Whether two parts of an answer say the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, index) => same(one, b[index]));
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]));
}

const kept = <T>(old: T | undefined, now: T): T => (old !== undefined && same(old, now) ? old : now);

/**
 * A newer board, made of the parts of the one before that have not changed: what draws them need not draw them again. Only whole rows and
 * whole open visits are kept: to look deeper would take longer than to draw a row anew.
 */
export function shareBoard(before: BoardView | undefined, after: BoardView): BoardView {
  if (!before) return after;
  const lanes = new Map(before.technicians.map((lane) => [lane.technician, lane]));
  const jobs = new Map(before.unassigned.map((job) => [job.work_order, job]));
  return {
    ...after,
    technicians: after.technicians.map((lane) => kept(lanes.get(lane.technician), lane)),
    unassigned: after.unassigned.map((job) => kept(jobs.get(job.work_order), job)),
  };
}

import { readClock } from '../../lib/sla';
import type { Attention, BarView, OpenView } from './contract';
import type { BoardModel, Visit } from './model';
import { type Need, needs } from './search';

const groups: Record<string, Need> = { overdue: 'risk', conflict: 'risk', tied: 'risk', part_late: 'risk', unconfirmed: 'risk', refused: 'refused', unassigned: 'unassigned', part_missing: 'part', certificate_ends: 'certificate' };

/** One thing that a person has to look at. */
export interface NeedItem extends Attention {
  key: string;
  need: Need;
}

const before = new Set(['pending', 'scheduled', 'dispatched', 'accepted', 'travelling']);

/** A visit that its day has no room for, that begins after its window, or whose window has passed without anybody there. */
export function visitAtRisk({ bar, service, window }: Visit, now: number): boolean {
  return bar.conflict === true || (before.has(bar.state) && (service.from >= window.until || now >= window.until));
}

/** A visit that nobody has begun and that cannot begin any more as was promised, because its parts come after that, or nobody knows when. */
export function partsTooLate({ bar, window }: Visit): boolean {
  return bar.parts === 'late' && before.has(bar.state) && !(bar.parts_from && Date.parse(bar.parts_from) < window.until);
}

/** Whether a visit that is late begins in its window all the same: then it is late by the clocks of its case alone. */
export const lateByCase = ({ expected_at: expected, service_start_at: planned, end_at: end }: BarView): boolean => Date.parse(expected ?? planned) < Date.parse(end);

/** A visit without an appointment of whose time less than a quarter is left. */
export function jobAtRisk(job: OpenView, now: number): boolean {
  if (!job.due_at) return false;
  return ['warn', 'over'].includes(readClock({ state: 'running', startedAt: job.ready_at, dueAt: job.due_at }, now).level);
}

/** A promise that is kept, but comes after the clocks of its case, is no risk: nobody can be sent who is not there. */
const needOf = ({ code, severity, appointment }: Attention): Need => (code === 'overdue' && severity === 'medium' && appointment ? 'late' : (groups[code] ?? 'risk'));

const itemOf = (one: Attention): NeedItem => ({ ...one, need: needOf(one), key: `${one.code} ${one.appointment ?? one.work_order ?? ''} ${one.technician ?? ''} ${one.skill ?? ''}` });

/** What the server says of an open visit where it says nothing yet: it is older than this page, or the visit has just come. */
function untold(job: OpenView): Attention {
  const last = job.passed?.at(-1);
  if (last) return { code: 'refused', severity: 'high', work_order: job.work_order, technician: last };
  return { code: 'unassigned', severity: 'medium', work_order: job.work_order };
}

/**
 * Everything that needs a person: what the server tells, and what the clock has brought since. Every open visit stands in one group;
 * a visit at risk stands there once, for its worst reason, and what presses most comes first.
 */
export function needsOf({ view, open, visit }: BoardModel, now: number): NeedItem[] {
  const items: NeedItem[] = [];
  const seen = new Set<string>();
  const take = (one: Attention) => {
    const item = itemOf(one);
    const about = item.need === 'certificate' ? item.key : `${one.appointment ?? one.work_order ?? ''}`;
    if (seen.has(about)) return;
    seen.add(about);
    items.push(item);
  };
  const jobs = new Set(open.map((job) => job.work_order));
  // An open visit that is late as well stands with the open ones, where it can be taken from; its pill says that it is late.
  const told = view.attention.filter((one) => !(one.code === 'overdue' && one.work_order && !one.appointment && jobs.has(one.work_order)));
  const risky = [...visit.values()].filter((one) => visitAtRisk(one, now));
  const byClock = risky.map((one): Attention => ({ code: one.bar.conflict ? 'conflict' : 'overdue', severity: 'high', appointment: one.id, work_order: one.bar.work_order, technician: one.technician }));
  for (const one of [...told, ...open.map(untold), ...byClock].toSorted((a, b) => Number(b.severity === 'high') - Number(a.severity === 'high'))) take(one);
  return items;
}

/** How many jobs, and people whose certificates end, need somebody. */
export const countJobs = (items: NeedItem[]): number => new Set(items.map((item) => (item.need === 'certificate' ? item.key : (item.work_order ?? item.key)))).size;

export function grouped(items: NeedItem[]): Map<Need, NeedItem[]> {
  return new Map(needs.map((need) => [need, items.filter((item) => item.need === need)]));
}

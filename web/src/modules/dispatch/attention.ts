import type { DispatchBar, DispatchBoardView, DispatchOpen } from '../../api/client';
import { readClock } from '../../lib/sla';

/** What waits for the dispatcher: nobody has it, it may fail, or somebody has said no. */
export const needs = ['unassigned', 'risk', 'refused'] as const;
export type Need = (typeof needs)[number];

const before = new Set(['pending', 'scheduled', 'dispatched', 'accepted', 'travelling']);

/** A visit that its day has no room for, that begins after its window, or whose window has passed without anybody there. */
export function barAtRisk(bar: DispatchBar, now: number): boolean {
  if (bar.conflict) return true;
  const until = Date.parse(bar.end_at);
  return before.has(bar.state) && (Date.parse(bar.service_start_at) >= until || now >= until);
}

/** A visit without an appointment of whose time less than a quarter is left. */
export function jobAtRisk(job: DispatchOpen, now: number): boolean {
  if (!job.due_at) return false;
  return ['warn', 'over'].includes(readClock({ state: 'running', startedAt: job.ready_at, dueAt: job.due_at }, now).level);
}

const refused = (job: DispatchOpen): boolean => (job.passed?.length ?? 0) > 0;

export function countNeeds(view: DispatchBoardView, now: number): Record<Need, number> {
  const bars = view.technicians.flatMap((lane) => lane.appointments);
  return {
    unassigned: view.unassigned.length,
    risk: bars.filter((bar) => barAtRisk(bar, now)).length + view.unassigned.filter((job) => jobAtRisk(job, now)).length,
    refused: view.unassigned.filter(refused).length,
  };
}

/** What a filter leaves of the day. Who has nobody yet needs the whole board to be placed on; what is at risk is looked at alone. */
export function narrow(view: DispatchBoardView, need: Need | undefined, now: number): DispatchBoardView {
  switch (need) {
    case 'risk':
      return {
        ...view,
        unassigned: view.unassigned.filter((job) => jobAtRisk(job, now)),
        technicians: view.technicians.filter((lane) => lane.appointments.some((bar) => barAtRisk(bar, now))),
      };
    case 'refused':
      return { ...view, unassigned: view.unassigned.filter(refused) };
    case 'unassigned':
    case undefined:
      return view;
  }
}

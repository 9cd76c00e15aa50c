import type { DispatchStretch } from '../../api/client';
import type { Span } from './clock';
import { daysFrom } from './clock';
import type { BarView, BoardView, LaneView, OpenView } from './contract';

/* The board with its instants read: once for each answer of the server, and for lanes that did not change not even then. */

/** An appointment. */
export interface Visit {
  id: string;
  bar: BarView;
  technician: string;
  service: Span;
  /** What was promised. */
  window: Span;
  travel: Span;
}

/** What somebody works on one day. */
export interface Shift extends Span {
  day: string;
  rests: Span[];
}

/** Time that goes to another node, and which, for those who see its board. */
export interface Busy extends Span {
  node: string | undefined;
}

export interface Lane {
  id: string;
  view: LaneView;
  shifts: Shift[];
  absences: string[];
  /** In the order of their beginning. */
  visits: Visit[];
  busy: Busy[];
}

export interface BoardModel {
  view: BoardView;
  days: string[];
  lanes: Lane[];
  open: OpenView[];
  visit: Map<string, Visit>;
  lane: Map<string, Lane>;
}

export const stretch = ({ start_at, end_at }: DispatchStretch): Span => ({ from: Date.parse(start_at), until: Date.parse(end_at) });

export function visitOf(bar: BarView, technician: string): Visit {
  const service = { from: Date.parse(bar.service_start_at), until: Date.parse(bar.service_end_at) };
  return { id: bar.id, bar, technician, service, window: stretch(bar), travel: { from: service.from - bar.travel_seconds * 1000, until: service.from } };
}

const shiftsOf = (view: LaneView): Shift[] => view.shifts.map((shift) => ({ day: shift.day, ...stretch(shift), rests: shift.rests.map(stretch) }));

const lanes = new WeakMap<LaneView, Lane>();

/** A technician's days; the same object for the same answer, so that what draws it need not draw it again. */
export function laneOf(view: LaneView): Lane {
  const known = lanes.get(view);
  if (known) return known;
  const visits = view.appointments.map((bar) => visitOf(bar, view.technician)).toSorted((a, b) => a.service.from - b.service.from);
  const busy = (view.busy ?? []).map((one) => ({ ...stretch(one), node: one.node }));
  const lane = { id: view.technician, view, shifts: shiftsOf(view), absences: view.absences, visits, busy };
  lanes.set(view, lane);
  return lane;
}

/** Who is on duty comes first, the node's own before its guests; else the order stays as the server has it, so that no row jumps while somebody looks at it. */
const rank = (lane: Lane): number => (lane.shifts.length > 0 || lane.visits.length > 0 ? 0 : 2) + (lane.view.home ? 1 : 0);

export function modelOf(view: BoardView): BoardModel {
  const all = view.technicians.map((lane) => laneOf(lane)).toSorted((a, b) => rank(a) - rank(b));
  return {
    view,
    days: daysFrom(view.day, view.days),
    lanes: all,
    open: view.unassigned,
    visit: new Map(all.flatMap((lane) => lane.visits.map((visit) => [visit.id, visit] as const))),
    lane: new Map(all.map((lane) => [lane.id, lane])),
  };
}

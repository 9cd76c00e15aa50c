import type { BarView, BoardView, LaneView, OpenView } from './contract';

/* Boards for tests: a day in UTC, bars by the clock. */

export const at = (clock: string, day = '2026-01-05') => `${day}T${clock}:00Z`;
export const ms = (clock: string, day?: string) => Date.parse(at(clock, day));

export const barView = (id: string, from: string, until: string, more: Partial<BarView> = {}): BarView => ({
  id, work_order: `wo_${id}`, case: 'case_1', state: 'accepted', start_at: at(from), end_at: at('23:00'), service_start_at: at(from), service_end_at: at(until),
  travel_seconds: 0, late_seconds: 0, pinned: false, parts: 'none', coarse: { lat_micro: 0, lon_micro: 0 }, by: 'plan', version: 1, ...more,
});

export const laneView = (technician: string, appointments: BarView[], more: Partial<LaneView> = {}): LaneView => ({
  technician, employment: 'core', standing: 'active', skills: [], max_minutes: 480, planned_minutes: 0, travel_minutes: 0, shifts: [], absences: [], appointments, ...more,
});

export const shiftView = (from: string, until: string, day = '2026-01-05') => ({ day, start_at: at(from, day), end_at: at(until, day), rests: [] });

export const openView = (id: string, more: Partial<OpenView> = {}): OpenView => ({
  work_order: id, case: 'case_2', state: 'unplanned', minutes: 60, needs: {}, priority: 3, coarse: { lat_micro: 0, lon_micro: 0 }, zone: 'UTC', ready_at: at('08:00'), version: 1, ...more,
});

export const boardView = (technicians: LaneView[], unassigned: OpenView[] = [], more: Partial<BoardView> = {}): BoardView => ({
  node: 'node_1', zone: 'UTC', day: '2026-01-05', days: 1, now: at('09:00'), technicians, unassigned, attention: [], slowdowns: [], roads: { measured: 0, modelled: 0 }, ...more,
});

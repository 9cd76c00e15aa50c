import { WINDOW } from '../clock';
import type { BarView, BoardView, OpenView, Tried } from '../contract';
import { type Cargo, type Cell, promiseAt } from './cells';

/* The board as it would be, shown before the server has answered. */

const iso = (at: number) => new Date(at).toISOString();

/** When the visit would be: as it was tried, or else where it was put. */
function times(cargo: Cargo, cell: Cell, tried: Tried | undefined): Pick<BarView, 'start_at' | 'end_at' | 'service_start_at' | 'service_end_at'> {
  const slot = tried?.fits ? tried.slot : undefined;
  const start = promiseAt(cargo, cell);
  return {
    start_at: iso(start),
    end_at: iso(start + WINDOW),
    service_start_at: slot?.service_start_at ?? iso(cell.at),
    service_end_at: slot?.service_end_at ?? iso(cell.at + cargo.length),
  };
}

/** A visit that nobody had, as a bar that is still being booked. */
const booked = (job: OpenView): BarView => ({
  id: `new-${job.work_order}`, work_order: job.work_order, case: job.case, state: 'pending', start_at: '', end_at: '', service_start_at: '', service_end_at: '',
  travel_seconds: 0, late_seconds: 0, pinned: true, parts: 'awaited', coarse: job.coarse, by: 'hand', version: 0, ...(job.reference ? { reference: job.reference } : {}),
});

/** The board with the visit at its new place. */
export function placed(view: BoardView, cargo: Cargo, cell: Cell, tried?: Tried): BoardView {
  const job = cargo.kind === 'job' ? view.unassigned.find(({ work_order: id }) => id === cargo.id) : undefined;
  const before = cargo.kind === 'visit' ? view.technicians.flatMap((lane) => lane.appointments).find(({ id }) => id === cargo.id) : job && booked(job);
  if (!before) return view;
  const { conflict: _, ...kept } = before;
  const bar: BarView = { ...kept, ...times(cargo, cell, tried), travel_seconds: 0, late_seconds: 0, state: cargo.kind === 'visit' ? 'scheduled' : 'pending' };
  return {
    ...view,
    unassigned: view.unassigned.filter((one) => one !== job),
    technicians: view.technicians.map((lane) => {
      const stays = lane.appointments.filter(({ id }) => id !== cargo.id);
      if (lane.technician === cell.technician) return { ...lane, appointments: [...stays, bar] };
      return stays.length === lane.appointments.length ? lane : { ...lane, appointments: stays };
    }),
  };
}

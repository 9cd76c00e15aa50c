import { describe, expect, it } from 'vitest';
import { barView, boardView, laneView, ms, openView } from '../testing';
import type { Cargo } from './cells';
import { placed } from './patch';

const iso = (clock: string) => new Date(ms(clock)).toISOString();
const view = boardView([laneView('a', [barView('1', '09:00', '10:00', { conflict: true })]), laneView('b', []), laneView('c', [])], [openView('wo_2', { reference: 'R' })]);
const visit: Cargo = { kind: 'visit', id: '1', reference: 'R', length: 3_600_000, from: { technician: 'a', at: ms('09:00') }, promised: { from: ms('08:00'), until: ms('10:00') } };
const job: Cargo = { kind: 'job', id: 'wo_2', reference: 'R', length: 3_600_000 };

describe('the board after a drop', () => {
  it('has the visit in the other row, and asks anew', () => {
    const after = placed(view, visit, { technician: 'b', at: ms('13:00') });
    expect(after.technicians.map(({ appointments }) => appointments.length)).toEqual([0, 1, 0]);
    expect(after.technicians[1]?.appointments[0]).toMatchObject({ id: '1', state: 'scheduled', start_at: iso('13:00'), end_at: iso('15:00'), service_start_at: iso('13:00'), service_end_at: iso('14:00') });
    expect(after.technicians[1]?.appointments[0]).not.toHaveProperty('conflict');
    expect(after.technicians[2]).toBe(view.technicians[2]);
  });
  it('has it at the time that was tried', () => {
    const slot = { technician: 'b', start_at: iso('13:00'), end_at: iso('15:00'), service_start_at: iso('13:20'), service_end_at: iso('14:20') };
    const tried = { technician: 'b', fits: true, hard: false, slot, travel_seconds: 0, travel_metres: 0, overtime_seconds: 0, late_seconds: 0, shifted: [] };
    expect(placed(view, visit, { technician: 'b', at: ms('13:00') }, tried).technicians[1]?.appointments[0]).toMatchObject({ service_start_at: iso('13:20'), service_end_at: iso('14:20') });
  });
  it('has what nobody had as a bar, and no more in the tray', () => {
    const after = placed(view, job, { technician: 'c', at: ms('13:00') });
    expect(after.unassigned).toEqual([]);
    expect(after.technicians[2]?.appointments).toMatchObject([{ id: 'new-wo_2', state: 'pending', reference: 'R', start_at: iso('13:00') }]);
  });
  it('is the same where the visit is gone', () => expect(placed(view, { ...visit, id: 'gone' }, { technician: 'b', at: 0 })).toBe(view));
});

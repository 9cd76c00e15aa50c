import { describe, expect, it } from 'vitest';
import { modelOf } from '../model';
import { boardView, laneView, ms, shiftView } from '../testing';
import { dayLeft, firstOf } from './first';

const lane = (id: string, from: string, until: string) => laneView(id, [], { shifts: [shiftView(from, until)] });
const model = modelOf(boardView([lane('late', '12:00', '20:00'), lane('early', '08:00', '16:00')]));
const first = (clock: string) => firstOf(model, model.lanes, ms(clock));

describe('where a visit is asked for first', () => {
  it('is with whoever is on duty first, from now on', () => {
    expect(first('06:00')).toEqual({ technician: 'early', at: ms('08:00') });
    expect(first('09:30')).toEqual({ technician: 'early', at: ms('09:30') });
    expect(first('17:00')).toEqual({ technician: 'late', at: ms('17:00') });
  });
  it('is the day after when nobody has duty left today', () => {
    expect([ms('19:59'), ms('20:00')].map((now) => dayLeft(model, now))).toEqual(['2026-01-05', '2026-01-06']);
    expect(first('21:00')).toEqual({ technician: 'late', at: ms('12:00', '2026-01-06') });
  });
  it('is the day that is shown where that lies ahead, also when nobody works on it', () => {
    const ahead = modelOf(boardView([laneView('a', [])], [], { day: '2026-01-09' }));
    expect(dayLeft(ahead, ms('21:00'))).toBe('2026-01-09');
  });
});

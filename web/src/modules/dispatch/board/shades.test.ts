import { describe, expect, it } from 'vitest';
import { laneOf } from '../model';
import { barView, laneView, shiftView } from '../testing';
import { axisOf } from './axis';
import { tracksOf } from './rows';
import { gridOf, groundOf, marksOf, nowAt } from './shades';

const DAY = '2026-01-05';
const axis = axisOf([DAY], 'UTC', { from: 480, until: 1080 }, 60);
const corner = (x: number, y: number, width: number, height: number) => `M${x} ${y}h${width}v${height}h${-width}z`;

describe('what lies behind a row', () => {
  it('is when somebody works, rests and is away, cut at the ends of the day', () => {
    const shift = { ...shiftView('06:00', '17:00'), rests: [{ start_at: `${DAY}T12:00:00Z`, end_at: `${DAY}T12:30:00Z` }] };
    expect(groundOf(laneOf(laneView('a', [], { shifts: [shift], absences: [DAY] })), axis, 'UTC')).toEqual({
      shift: corner(0, 0, 540, 9999),
      rest: corner(240, 0, 30, 9999),
      absent: corner(0, 0, 600, 9999),
    });
  });
  it('is nothing where nobody works', () => expect(groundOf({ shifts: [], absences: [] }, axis, 'UTC')).toEqual({ shift: '', rest: '', absent: '' }));
  it('has ways that take a minute, and windows, in the track of their visit', () => {
    const window = { start_at: `${DAY}T09:00:00Z`, end_at: `${DAY}T11:00:00Z` };
    const { visits } = laneOf(laneView('a', [barView('1', '09:00', '10:00', { ...window, travel_seconds: 600 }), barView('2', '09:30', '10:30', { ...window, travel_seconds: 59 })]));
    expect(marksOf(visits, tracksOf(visits), axis)).toEqual({ ways: corner(50, 17, 10, 9), windows: 'M60 38v4h120v-4M60 82v4h120v-4' });
  });
  it('has a line for each hour within a day, and one between days', () => {
    const two = axisOf([DAY, '2026-01-06'], 'UTC', { from: 480, until: 600 }, 60);
    expect(gridOf(two)).toEqual({ hours: 'M60 0V9999M180 0V9999', days: 'M120 0V9999' });
    expect(nowAt(12.345)).toBe('M12.3 0V9999');
  });
});

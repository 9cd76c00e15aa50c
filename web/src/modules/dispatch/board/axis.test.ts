import { describe, expect, it } from 'vitest';
import { instantAt } from '../clock';
import { modelOf } from '../model';
import { at, barView, boardView, laneView, ms, shiftView } from '../testing';
import { axisOf, boxOf, hoursOf, hourWidth, instantAtX, shows, ticksOf, xAt } from './axis';

const DAYS = ['2026-01-05', '2026-01-06'];
const hours = { from: 8 * 60, until: 18 * 60 };
const lanesOf = (...lanes: Parameters<typeof boardView>[0]) => modelOf(boardView(lanes)).lanes;

describe('the hours', () => {
  it('are whole ones around shifts, ways and visits', () => {
    expect(hoursOf([], DAYS, 'UTC')).toEqual(hours);
    const lanes = lanesOf(laneView('a', [barView('1', '06:45', '08:00', { travel_seconds: 1800 })], { shifts: [shiftView('07:30', '19:00')] }));
    expect(hoursOf(lanes, DAYS, 'UTC')).toEqual({ from: 6 * 60, until: 19 * 60 });
  });
  it('go to midnight where a visit goes beyond it', () => {
    const night = barView('1', '22:30', '22:45', { service_end_at: at('00:30', '2026-01-06') });
    expect(hoursOf(lanesOf(laneView('a', [night])), DAYS, 'UTC')).toEqual({ from: 0, until: 24 * 60 });
  });
  it('do not care for what lies outside the days', () => {
    const before = barView('1', '03:00', '04:00', { service_start_at: at('03:00', '2026-01-04'), service_end_at: at('04:00', '2026-01-04') });
    expect(hoursOf(lanesOf(laneView('a', [before])), DAYS, 'UTC')).toEqual(hours);
  });
  it('share out the room, or scroll', () => {
    expect([hourWidth(hours, 1, 1000, 60), hourWidth(hours, 1, 300, 60), hourWidth(hours, 7, 700, 24)]).toEqual([100, 60, 24]);
  });
});

describe('the line of time', () => {
  const axis = axisOf(DAYS, 'UTC', hours, 80);
  it('lays days side by side, without their nights', () => {
    expect(axis.width).toBe(1600);
    expect([xAt(axis, ms('09:30')), xAt(axis, ms('08:00', DAYS[1])), xAt(axis, ms('23:00')), xAt(axis, ms('05:00'))]).toEqual([120, 800, 800, 0]);
  });
  it('finds the instant at a place, and the place of an instant', () => {
    for (const clock of ['08:00', '12:34', '17:59']) for (const day of DAYS) expect(instantAtX(axis, xAt(axis, ms(clock, day)))).toBe(ms(clock, day));
    expect([instantAtX(axis, -50), instantAtX(axis, 9_999)]).toEqual([ms('08:00'), ms('18:00', DAYS[1])]);
  });
  it('is as long as the day really is when the clocks change', () => {
    const spring = axisOf(['2026-03-29', '2026-03-30'], 'Europe/Berlin', { from: 0, until: 24 * 60 }, 10);
    expect(spring.days.map(({ width }) => width)).toEqual([230, 240]);
    expect(xAt(spring, instantAt('2026-03-30', 0, 'Europe/Berlin'))).toBe(230);
  });
  it('cuts what lies outside and keeps bars big enough to hit', () => {
    expect(boxOf({ from: ms('07:00'), until: ms('09:00') }, axis)).toEqual({ x: 0, width: 80 });
    expect(boxOf({ from: ms('09:00'), until: ms('09:06') }, axis, 26)).toEqual({ x: 80, width: 26 });
    expect(boxOf({ from: ms('17:54', DAYS[1]), until: ms('18:54', DAYS[1]) }, axis, 26)).toEqual({ x: 1574, width: 26 });
    expect(boxOf({ from: ms('05:00'), until: ms('06:00') }, axis)).toBeNull();
    expect(boxOf({ from: ms('20:00'), until: ms('22:00') }, axis)).toBeNull();
    expect([shows(axis, ms('09:00')), shows(axis, ms('20:00'))]).toEqual([true, false]);
  });
  it('has every bar as a whole on the line, wherever it begins', () => {
    for (let minute = 7 * 60; minute < 48 * 60; minute += 3) {
      const from = ms('00:00') + minute * 60_000;
      const box = boxOf({ from, until: from + 60 * 60_000 }, axis, 26);
      if (box) expect(box.x >= 0 && box.width >= 26 && box.x + box.width <= axis.width, `after ${minute} minutes: ${JSON.stringify(box)}`).toBe(true);
    }
  });
  it('writes as many times as there is room for', () => {
    expect(ticksOf(axis)).toHaveLength(20);
    const narrow = ticksOf(axisOf(DAYS, 'UTC', hours, 24));
    expect(narrow.map(({ x }) => x)).toEqual([0, 48, 96, 144, 192, 240, 288, 336, 384, 432]);
  });
});

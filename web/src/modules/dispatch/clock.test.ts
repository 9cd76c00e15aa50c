import { describe, expect, it } from 'vitest';
import { dayAt, daysFrom, instantAt, QUARTER, shiftDay, snapped, windowsOf } from './clock';
import { ms } from './testing';

describe('the clock of a zone', () => {
  it('finds an instant from what the wall shows, also around a change of the clocks', () => {
    expect(new Date(instantAt('2026-01-05', 8 * 60, 'Asia/Shanghai')).toISOString()).toBe('2026-01-05T00:00:00.000Z');
    expect(new Date(instantAt('2026-03-29', 60, 'Europe/Berlin')).toISOString()).toBe('2026-03-29T00:00:00.000Z');
    expect(new Date(instantAt('2026-03-29', 8 * 60, 'Europe/Berlin')).toISOString()).toBe('2026-03-29T06:00:00.000Z');
    expect(new Date(instantAt('2026-10-25', 8 * 60, 'Europe/Berlin')).toISOString()).toBe('2026-10-25T07:00:00.000Z');
  });
  it('names the day that it is there', () => {
    expect(dayAt(ms('20:00'), 'Asia/Shanghai')).toBe('2026-01-06');
    expect(dayAt(ms('20:00'), 'America/New_York')).toBe('2026-01-05');
    expect([shiftDay('2026-02-28', 1), shiftDay('2026-01-01', -1)]).toEqual(['2026-03-01', '2025-12-31']);
    expect(daysFrom('2026-12-31', 2)).toEqual(['2026-12-31', '2027-01-01']);
  });
  it('offers a window every quarter of an hour, without those that are over', () => {
    const windows = windowsOf('2026-01-05', 'UTC', ms('00:00'));
    expect(windows).toHaveLength(64);
    expect([windows[0]?.from, windows.at(-1)?.from]).toEqual([ms('06:00'), ms('21:45')]);
    expect(windowsOf('2026-01-05', 'UTC', ms('17:00'))[0]?.from).toBe(ms('15:15'));
  });
  it('snaps to the nearest quarter', () => {
    expect([snapped(ms('09:07')), snapped(ms('09:08'))]).toEqual([ms('09:00'), ms('09:15')]);
    expect(snapped(ms('09:07')) % QUARTER).toBe(0);
  });
});

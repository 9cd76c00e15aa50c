import { describe, expect, it } from 'vitest';
import type { DispatchBar, DispatchBoardView, DispatchLane, DispatchOpen } from '../../api/client';
import { barAtRisk, countNeeds, narrow } from './attention';
import { boxOf, dayAt, hoursOf, hourWidth, instantAt, neighbour, rowsInView, ticksOf, topsOf, tracksOf, windowsOf, xOf } from './layout';
import { readBoardSearch, shiftDay } from './queries';
import { servingNodes } from './useDay';
import { neediest } from './useNode';

const at = (clock: string) => `2026-01-05T${clock}:00Z`;
const ms = (clock: string) => Date.parse(at(clock));
const HOUR = 3_600_000;

const bar = (id: string, from: string, until: string, more: Partial<DispatchBar> = {}): DispatchBar => ({
  id, work_order: 'wo_1', case: 'case_1', state: 'accepted', start_at: at(from), end_at: at('23:00'), service_start_at: at(from), service_end_at: at(until),
  travel_seconds: 0, coarse: { lat_micro: 0, lon_micro: 0 }, by: 'plan', late_seconds: 0, pinned: false, parts: 'none', version: 1, ...more,
});
const lane = (technician: string, appointments: DispatchBar[], more: Partial<DispatchLane> = {}): DispatchLane => ({
  technician, employment: 'core', standing: 'active', skills: [], max_minutes: 480, planned_minutes: 0, travel_minutes: 0, shifts: [], absences: [], appointments, ...more,
});
const job = (more: Partial<DispatchOpen>): DispatchOpen => ({
  work_order: 'wo_2', case: 'case_2', state: 'unplanned', minutes: 60, needs: {}, priority: 3, coarse: { lat_micro: 0, lon_micro: 0 }, zone: 'UTC', ready_at: at('08:00'), version: 1, ...more,
});
const view = (technicians: DispatchLane[], unassigned: DispatchOpen[] = []): DispatchBoardView => ({ node: 'node_1', zone: 'UTC', day: '2026-01-05', days: 1, now: at('09:00'), technicians, unassigned, attention: [] });

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
  });
  it('offers the windows that are not over', () => {
    expect(windowsOf('2026-01-05', 'UTC', ms('00:00'))).toHaveLength(8);
    expect(windowsOf('2026-01-05', 'UTC', ms('17:00')).map(({ from }) => from)).toEqual([ms('16:00'), ms('18:00'), ms('20:00')]);
  });
});

describe('the scale', () => {
  const hours = { from: ms('08:00'), until: ms('18:00') };
  it('shows whole hours around shifts, ways and visits', () => {
    expect(hoursOf(view([]))).toEqual(hours);
    const shift = { start_at: at('07:30'), end_at: at('19:00') };
    expect(hoursOf(view([lane('a', [bar('1', '06:45', '08:00', { travel_seconds: 1800 })], { shift })]))).toEqual({ from: ms('06:00'), until: ms('19:00') });
    expect(hoursOf(view([lane('a', [], { shift, absent: true })]))).toEqual(hours);
    expect(ticksOf(hours)).toHaveLength(10);
  });
  it('puts instants on the line', () => {
    expect(xOf(ms('09:30'), hours, 80)).toBe(120);
    expect([hourWidth(hours, 1000), hourWidth(hours, 300)]).toEqual([100, 88]);
  });
  it('cuts what lies outside and keeps bars big enough to hit', () => {
    expect(boxOf({ from: ms('07:00'), until: ms('09:00') }, hours, 80)).toEqual({ x: 0, width: 80 });
    expect(boxOf({ from: ms('09:00'), until: ms('09:06') }, hours, 80, 26)).toEqual({ x: 80, width: 26 });
    expect(boxOf({ from: ms('05:00'), until: ms('06:00') }, hours, 80)).toBeNull();
  });
});

describe('the rows', () => {
  it('lay bars that overlap below one another, and only those', () => {
    const { track, count } = tracksOf([bar('c', '11:00', '12:00'), bar('a', '09:00', '11:00'), bar('b', '10:00', '11:30')]);
    expect([track.get('a'), track.get('b'), track.get('c'), count]).toEqual([0, 1, 0, 2]);
    expect(tracksOf([]).count).toBe(1);
    expect(tracksOf([bar('a', '09:00', '09:05'), bar('b', '09:10', '10:00')], HOUR / 3).count).toBe(2);
  });
  it('are drawn where they can be seen', () => {
    const tops = topsOf([lane('a', [bar('1', '09:00', '10:00'), bar('2', '09:30', '10:00')]), ...Array.from({ length: 99 }, (_, row) => lane(String(row), []))], 44, 0);
    expect(tops.slice(0, 3)).toEqual([0, 88, 132]);
    expect(rowsInView(tops, 0, 440, 2)).toEqual({ first: 0, end: 11 });
    expect(rowsInView(tops, 1000, 440, 2)).toEqual({ first: 19, end: 34 });
    expect(rowsInView(tops, 1e6, 440, 2)).toEqual({ first: 98, end: 100 });
    expect(rowsInView([0], 0, 440)).toEqual({ first: 0, end: 0 });
  });
});

describe('neighbour', () => {
  const lanes = [lane('a', [bar('a2', '13:00', '14:00'), bar('a1', '09:00', '10:00')]), lane('b', []), lane('c', [bar('c1', '08:00', '09:00'), bar('c2', '12:30', '13:30')])];
  const to = (id: string, key: string) => neighbour(lanes, id, key)?.id;
  it('goes along the day and stops at its ends', () => {
    expect([to('a1', 'ArrowRight'), to('a2', 'ArrowRight'), to('a2', 'ArrowLeft'), to('a2', 'Home'), to('a1', 'End')]).toEqual(['a2', undefined, 'a1', 'a1', 'a2']);
  });
  it('goes to the nearest in time in the next row that has any', () => {
    expect([to('a2', 'ArrowDown'), to('a1', 'ArrowDown'), to('c2', 'ArrowUp'), to('a1', 'ArrowUp')]).toEqual(['c2', 'c1', 'a2', undefined]);
  });
  it('begins at the first visit when the one that was left is gone', () => {
    expect([to('gone', 'ArrowRight'), to('a1', 'x')]).toEqual(['a1', undefined]);
  });
});

describe('what needs somebody', () => {
  it('is a visit without room, one planned behind its window, and one whose window has passed', () => {
    const late = { end_at: at('11:00') };
    expect(barAtRisk(bar('a', '09:00', '10:00', { conflict: true }), ms('08:00'))).toBe(true);
    expect(barAtRisk(bar('a', '11:00', '12:00', late), ms('08:00'))).toBe(true);
    expect([ms('10:59'), ms('11:00')].map((now) => barAtRisk(bar('a', '09:00', '10:00', late), now))).toEqual([false, true]);
    expect(barAtRisk(bar('a', '09:00', '10:00', { ...late, state: 'completed' }), ms('20:00'))).toBe(false);
  });
  it('is counted, and filters the day', () => {
    const calm = lane('calm', [bar('1', '09:00', '10:00')]);
    const torn = lane('torn', [bar('2', '09:00', '10:00', { conflict: true })]);
    const day = view([calm, torn], [job({}), job({ due_at: at('08:30'), passed: ['tech_1'] })]);
    expect(countNeeds(day, ms('09:00'))).toEqual({ unassigned: 2, risk: 2, refused: 1 });
    expect(narrow(day, 'risk', ms('09:00'))).toMatchObject({ technicians: [torn], unassigned: [{ due_at: at('08:30') }] });
    expect(narrow(day, 'refused', ms('09:00')).unassigned).toHaveLength(1);
    expect(narrow(day, 'unassigned', ms('09:00'))).toBe(day);
  });
  it('is read from the address', () => {
    expect(readBoardSearch({ node: 'node_1', day: '2026-01-05', need: 'risk' })).toEqual({ node: 'node_1', day: '2026-01-05', need: 'risk' });
    expect(readBoardSearch({ node: 'x', day: 'today', need: 'all' })).toEqual({});
  });
});

const node = (id: string, parent?: string, more = {}) => ({ id, kind: 'local_node', state: 'open', ...(parent ? { parent } : {}), ...more });

describe('servingNodes', () => {
  const nodes = new Map([node('hq', undefined, { kind: 'headquarters' }), node('east', 'hq'), node('a', 'east'), node('shut', 'east', { state: 'closed' }), node('west', 'hq'), node('b', 'west')].map((one) => [one.id, one]));
  const ids = (...grants: { scope: string; scope_id?: string }[]) => servingNodes(nodes as never, grants as never).map(({ id }) => id);
  it('are those within the granted regions and nodes', () => {
    expect(ids({ scope: 'region', scope_id: 'east' })).toEqual(['east', 'a']);
    expect(ids({ scope: 'node', scope_id: 'west' }, { scope: 'region', scope_id: 'a' })).toEqual(['a', 'west']);
  });
  it('are all where a grant does not go by place', () => {
    expect(ids({ scope: 'tenant' })).toEqual(['east', 'a', 'west', 'b']);
    expect(ids({ scope: 'region', scope_id: 'east' }, { scope: 'brand', scope_id: 'x' })).toHaveLength(4);
  });
});

describe('neediest', () => {
  const nodes = [{ value: 'a' }, { value: 'b' }, { value: 'c' }];
  it('takes the first board whose node can be chosen', () => expect(neediest([{ node: 'closed' }, { node: 'c' }, { node: 'b' }], nodes)).toBe('c'));
  it('falls back to the first node', () => {
    expect(neediest([{ node: 'closed' }], nodes)).toBe('a');
    expect(neediest([], nodes)).toBe('a');
    expect(neediest([], [])).toBe('');
  });
});

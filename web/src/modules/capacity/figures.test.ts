import { describe, expect, it } from 'vitest';
import type { DispatchCapacityDay, DispatchCapacityView } from '../../api/client';
import { count, exportRows, standing } from './figures';
import { readCapacitySearch } from './search';

const day = (more: Partial<DispatchCapacityDay> = {}): DispatchCapacityDay => ({
  day: '2026-12-01', technicians: 2, capacity_minutes: 768, promised_minutes: 60, limit_minutes: 600, visits: 3.2, visits_low: 1, visits_high: 5, expected_minutes: 200, high_minutes: 350, ...more,
});
const view = (days: DispatchCapacityDay[], more: Partial<DispatchCapacityView> = {}): DispatchCapacityView => ({
  node: 'node_1', zone: 'UTC', skills: ['gas'], history_days: 35, visit_minutes: 70, travel_permille: 200, hours: [], days, ...more,
});

describe('a day', () => {
  it('is free, tight, short or promised beyond what people can do', () => {
    expect(standing(day())).toBe('free');
    expect(standing(day({ high_minutes: 800 }))).toBe('tight');
    expect(standing(day({ promised_minutes: 700 }))).toBe('tight');
    expect(standing(day({ expected_minutes: 800, high_minutes: 900 }))).toBe('short');
    expect(standing(day({ promised_minutes: 769 }))).toBe('over');
  });
  it('on which nobody works is short of nobody, unless something is promised', () => {
    const closed = { technicians: 0, capacity_minutes: 0, limit_minutes: 0 };
    expect(standing(day({ ...closed, promised_minutes: 0 }))).toBe('free');
    expect(standing(day({ ...closed }))).toBe('over');
  });
});

describe('a view', () => {
  it('counts its days by how they stand', () => {
    expect(count(view([day(), day(), day({ high_minutes: 800 }), day({ promised_minutes: 769 })]))).toEqual({ free: 2, tight: 1, short: 0, over: 1 });
  });
  it('becomes rows of a file', () => {
    const rows = exportRows(view([day()], { skill: 'gas' }), { t: (key) => key, node: 'Munich' });
    expect(rows[0]).toEqual(['capacity:node', 'Munich']);
    expect(rows[1]).toEqual(['capacity:skill', 'gas']);
    expect(rows[3]).toHaveLength(11);
    expect(rows[4]).toEqual(['2026-12-01', 2, 768, 60, 600, 200, 350, 3.2, 1, 5, 'capacity:standing.free']);
  });
});

describe('the address', () => {
  it('is read, and what is not understood is left out', () => {
    const node = `node_${'a'.repeat(26)}`;
    expect(readCapacitySearch({ node, weeks: '12', skill: 'gas' })).toEqual({ node, weeks: 12, skill: 'gas' });
    expect(readCapacitySearch({ node: 'x', weeks: '5', skill: '' })).toEqual({});
  });
});

import { describe, expect, it } from 'vitest';
import type { InsightFigures } from '../../api/client';
import { compare, costs, figureIds, figures } from './figures';

const nothing: InsightFigures = {
  opened: 0, resolved: 0, backlog: 0, respond_minutes_p50: -1, respond_minutes_p90: -1, resolve_minutes_p50: -1, resolve_minutes_p90: -1,
  first_fix_permille: -1, kept_permille: -1, rated: 0, stars_hundredths: -1,
};

describe('compare', () => {
  it('says by which share counts and times have changed', () => {
    expect(compare('count', 'neither', 112, 100)).toEqual({ by: 0.12, verdict: 'neutral' });
    expect(compare('minutes', 'less', 90, 120)).toEqual({ by: -0.25, verdict: 'better' });
    expect(compare('minutes', 'less', 150, 120)).toEqual({ by: 0.25, verdict: 'worse' });
  });
  it('says by how many points shares and stars have changed', () => {
    expect(compare('permille', 'more', 870, 820)).toEqual({ by: 50, verdict: 'better' });
    expect(compare('hundredths', 'more', 431, 440)).toEqual({ by: -9, verdict: 'worse' });
  });
  it('calls a change that the screen would round away none', () => {
    expect(compare('permille', 'more', 874, 870)).toEqual({ by: 0, verdict: 'same' });
    expect(compare('minutes', 'less', 1001, 1000)).toEqual({ by: 0, verdict: 'same' });
    expect(compare('permille', 'more', 875, 870)?.verdict).toBe('better');
  });
  it('compares nothing with what is unknown or none', () => {
    expect(compare('permille', 'more', -1, 870)).toBeNull();
    expect(compare('permille', 'more', 870, -1)).toBeNull();
    expect(compare('count', 'neither', 5, 0)).toBeNull();
    expect(compare('permille', 'more', 5, 0)).toEqual({ by: 5, verdict: 'better' });
  });
});

describe('figures', () => {
  it('stand in the order in which they are named, each once', () => {
    expect(figures.map(({ id }) => id)).toEqual([...figureIds]);
  });
  it('are unknown where nothing has happened, except for what is counted', () => {
    for (const { id, unit, read } of figures) expect(read(nothing), id).toBe(unit === 'count' ? 0 : -1);
  });
});

describe('costs', () => {
  it('are means for each currency and never added up', () => {
    expect(costs({ ...nothing, cost: { EUR: 30_001, CNY: 90_000 }, cost_cases: { EUR: 2, CNY: 9 } })).toEqual([
      { currency: 'CNY', cases: 9, minor: 10_000 },
      { currency: 'EUR', cases: 2, minor: 15_001 },
    ]);
  });
  it('are none where nothing was charged or nothing may be seen', () => {
    expect(costs(nothing)).toEqual([]);
    expect(costs({ ...nothing, cost: { EUR: 0 }, cost_cases: {} })).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import type { InsightFigures, InsightOverview } from '../../api/client';
import type { T } from '../../lib/t';
import { decimal, exportRows } from './export';

const t: T = (key, values) => `${key.replace('insight:', '')}${values ? `(${Object.values(values).join()})` : ''}`;
const words = { t, name: (dimension: string, key: string) => `${dimension} ${key}`, digits: (currency: string) => (currency === 'JPY' ? 0 : 2) };

const some: InsightFigures = {
  opened: 4, resolved: 2, backlog: 2, respond_minutes_p50: 30, respond_minutes_p90: 95, resolve_minutes_p50: 600, resolve_minutes_p90: 900,
  first_fix_permille: 667, kept_permille: -1, rated: 2, stars_hundredths: 450, cost: { EUR: 30_010, JPY: 900 }, cost_cases: { EUR: 2, JPY: 1 },
};
const overview: InsightOverview = {
  from: '2026-11-21T00:00:00Z', until: '2026-11-22T00:00:00Z', figures: some, before: { ...some, opened: 3, cost: { EUR: 10_000 }, cost_cases: { EUR: 1 } },
  days: [{ on: '2026-11-21', opened: 4, resolved: 2 }], by: { brand: [{ key: 'b', figures: some }] }, money: true,
};
const find = (rows: ReturnType<typeof exportRows>, ...head: string[]) => rows.find((row) => head.every((text, index) => row[index] === text));
const cost = (shown: InsightOverview) => exportRows(shown, words).filter((row) => row[2] === 'figure.cost');

it('gives every figure with the one before, in units that can be reckoned with', () => {
  const rows = exportRows(overview, words);
  expect(find(rows, 'atAGlance', '', 'figure.opened')).toEqual(['atAGlance', '', 'figure.opened', 'unit.count', 4, 3]);
  expect(find(rows, 'atAGlance', '', 'figure.firstFix')?.[4]).toBe(66.7);
  expect(find(rows, 'atAGlance', '', 'csv.tail(figure.respond)')?.[4]).toBe(95);
  expect(find(rows, 'atAGlance', '', 'figure.stars')?.[4]).toBe(4.5);
  expect(find(rows, 'perDay', '2026-11-21', 'figure.resolved')?.[4]).toBe(2);
  expect(find(rows, 'dimension.brand', 'brand b', 'figure.backlog')?.[4]).toBe(2);
});

it('leaves a cell empty where nothing is known', () => {
  expect(find(exportRows(overview, words), 'atAGlance', '', 'figure.kept')).toEqual(['atAGlance', '', 'figure.kept', 'unit.permille', null, null]);
});

it('gives money by currency, in its own digits, and none of it to whoever may not see it', () => {
  expect(cost(overview)).toEqual([
    ['atAGlance', '', 'figure.cost', 'EUR', 150.05, 100],
    ['atAGlance', '', 'figure.cost', 'JPY', 900, null],
    ['dimension.brand', 'brand b', 'figure.cost', 'EUR', 150.05, null],
    ['dimension.brand', 'brand b', 'figure.cost', 'JPY', 900, null],
  ]);
  expect(cost({ ...overview, money: false })).toEqual([]);
  expect(decimal(-5, 2)).toBe(-0.05);
});

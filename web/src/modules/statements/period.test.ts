import { expect, it } from 'vitest';
import { dayOf, daysOf, periodName, periodsUntil } from './period';
import { movesOf } from './queries';
import { readStatementSearch } from './search';

it('takes a period for its days', () => {
  expect(daysOf('2026-12')).toEqual({ from_on: '2026-12-01', until_on: '2027-01-01' });
  expect(daysOf('2026-02')).toEqual({ from_on: '2026-02-01', until_on: '2026-03-01' });
  expect(daysOf('2026')).toEqual({ from_on: '2026-01-01', until_on: '2027-01-01' });
});

it('offers two years of months, and their years', () => {
  const offered = periodsUntil(new Date(2026, 10, 30));
  expect(offered.slice(0, 5)).toEqual(['2026', '2025', '2024', '2026-11', '2026-10']);
  expect(offered).toHaveLength(3 + 24);
  expect(offered.at(-1)).toBe('2024-12');
});

it('names a period in the language of the reader', () => {
  expect(periodName('2026-10', 'en-GB')).toBe('October 2026');
  expect(periodName('2026-10-01', 'zh-CN')).toBe('2026年10月');
  expect(periodName('2026', 'zh-CN')).toBe('2026年');
});

it('keeps of the address what it understands', () => {
  const brand = `brd_${'0'.repeat(26)}`;
  expect(readStatementSearch({ stage: 'due', brand, period: '2026-10' })).toEqual({ stage: 'due', brand, period: '2026-10' });
  expect(readStatementSearch({ period: 2026, partner: `ptn_${'0'.repeat(26)}` })).toEqual({ period: '2026', partner: `ptn_${'0'.repeat(26)}` });
  expect(readStatementSearch({ stage: 'x', brand: 'y', period: '2026-13' })).toEqual({});
});

const may = (action: string) => action !== 'statement.agree';

it('offers to close a month when it is over', () => {
  const month = { state: 'open', until_on: '2026-12-01' } as const;
  expect(movesOf(month, may, dayOf(new Date(2026, 10, 30, 23, 59)))).toEqual([]);
  expect(movesOf(month, may, dayOf(new Date(2026, 11, 1)))).toEqual(['close']);
  expect(movesOf({ ...month, state: 'sent' }, may, '2026-11-02')).toEqual(['dispute']);
});

import { describe, expect, it } from 'vitest';
import { readInsightSearch, since } from './search';

const brand = `brd_${'0'.repeat(26)}`;

describe('readInsightSearch', () => {
  it('takes what it understands and leaves out the rest', () => {
    expect(readInsightSearch({ days: '7', brand, node: 'x', by: 'symptom' })).toEqual({ days: 7, brand, by: 'symptom' });
    expect(readInsightSearch({ days: 8, brand: `${brand}0`, by: 'weather' })).toEqual({});
  });
});

describe('since', () => {
  it('begins at midnight of the first day, today counted', () => {
    const begin = new Date(since(7, new Date(2026, 10, 22, 15, 30)));
    expect(begin).toEqual(new Date(2026, 10, 16));
  });
  it('is the same question all day', () => {
    expect(since(30, new Date(2026, 2, 30, 0, 0))).toBe(since(30, new Date(2026, 2, 30, 23, 59)));
  });
});

import { describe, expect, it } from 'vitest';
import type { Tried } from '../contract';
import { sorted } from './useBest';

const tried = (technician: string, minor: number, more: Partial<Tried> = {}): Tried => ({ technician, fits: true, hard: false, cost: { minor, currency: 'EUR' }, travel_seconds: 0, travel_metres: 0, overtime_seconds: 0, late_seconds: 0, shifted: [], ...more });

describe('who else could', () => {
  it('comes with the cheapest first, then the nearest; who could not stands apart', () => {
    const { fits, blocked } = sorted([tried('dear', 900), tried('no', 0, { fits: false, rule: 'skill_missing' }), tried('far', 100, { travel_seconds: 60 }), tried('near', 100)]);
    expect([fits.map(({ technician }) => technician), blocked.map(({ technician }) => technician)]).toEqual([['near', 'far', 'dear'], ['no']]);
  });
});

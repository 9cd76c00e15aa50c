import { describe, expect, it } from 'vitest';
import { savedBy } from './gain';

const bill = (minor: number, seconds: number) => ({ cost: { minor, currency: 'EUR' }, travel_seconds: seconds, travel_metres: 0, overtime_seconds: 0, late_seconds: 0, visits: 1, unserved: 0 });

describe('what a plan saves', () => {
  it('is money and time on the road', () => expect(savedBy(bill(9000, 7200), bill(4300, 3000))).toEqual({ minor: 4700, seconds: 4200 }));
  it('is nothing where it costs more, as when open visits are served', () => expect(savedBy(bill(4300, 3000), bill(9000, 7200))).toEqual({ minor: 0, seconds: 0 }));
  it('is nothing that can be told where something has changed since', () => expect(savedBy(undefined, bill(1, 1))).toEqual({ minor: 0, seconds: 0 }));
});

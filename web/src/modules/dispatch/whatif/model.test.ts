import { describe, expect, it } from 'vitest';
import { figures, judged, keyOf, shownOf, sortedOut, valueOf } from './model';

const bill = { cost: { minor: 1, currency: 'EUR' }, waiting: { minor: 8, currency: 'EUR' }, travel_seconds: 2, travel_metres: 3, overtime_seconds: 4, late_seconds: 5, visits: 6, unserved: 7 };
const slot = { start_at: '2026-01-05T12:00:00Z', end_at: '2026-01-05T14:00:00Z' };
const place = { work_order: 'wo_1', technician: 'a', ...slot };
const handover = { appointment: 'apt_2', work_order: 'wo_2', version: 3, from: 'a', to: 'b', ...slot };

describe('what is compared', () => {
  it('is each figure of the bill', () => expect(figures.map((figure) => valueOf(bill, figure))).toEqual([1, 8, 2, 3, 4, 5, 6, 7]));
  it('says that urgent cases wait only where it weighs something', () => {
    const { waiting: _, ...calm } = bill;
    expect([shownOf(calm, bill).includes('waiting'), shownOf(calm, calm).includes('waiting'), shownOf(calm, calm).length]).toEqual([true, false, 7]);
  });
  it('is better when more visits are served, and less of the rest', () => {
    expect([judged('visits', 1, 1), judged('visits', -1, -1), judged('cost', 1, 0), judged('late', -1, 0), judged('cost', 0, 1)]).toEqual(['good', 'bad', 'bad', 'good', 'even']);
  });
  it('is not worse where it costs more because more are served', () => {
    expect([judged('cost', 9, 2), judged('travel', -9, 2), judged('unserved', 1, 2)]).toEqual(['more', 'good', 'bad']);
  });
});

describe('what was adopted', () => {
  it('is told by the key of each change', () => expect([keyOf(place), keyOf(handover)]).toEqual(['wo_1', 'apt_2']));
  it('can be taken back; what was refused keeps its reason', () => {
    const { done, refused } = sortedOut([place, handover], [
      { appointment: 'apt_2', work_order: 'wo_2', result: 'conflict', code: 'dispatch.changed', technician: 'c' },
      { appointment: 'apt_1', work_order: 'wo_1', result: 'booked', version: 1 },
    ]);
    expect(done).toEqual([{ appointment: 'apt_1', version: 1 }]);
    expect([...refused].map(([key, { code }]) => [key, code])).toEqual([['apt_2', 'dispatch.changed']]);
  });
});

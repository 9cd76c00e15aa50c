import { describe, expect, it } from 'vitest';
import { barOf, deviation, linesOf, reachOf } from './learnt';

const factor = (permille: number, visits = 5) => ({ permille, visits });
const none = factor(0, 0);

describe('what was learnt', () => {
  it('is told of ways, of work here or else everywhere, and of who does it', () => {
    const works = [
      { work_type: 'repair', here: factor(1200), everywhere: factor(1100), technicians: [{ technician: 'a', factor: factor(900) }, { technician: 'b', factor: none }] },
      { work_type: 'install', here: none, everywhere: factor(1050) },
      { work_type: 'survey', here: none, everywhere: none },
    ];
    expect(linesOf({ travel: factor(1300), works }).map(({ key, factor: { permille } }) => [key, permille])).toEqual([['travel', 1300], ['repair', 1200], ['repair a', 900], ['install', 1050]]);
  });
  it('is nothing where no visit says anything', () => expect(linesOf({ travel: none, works: [] })).toEqual([]));
  it('lies to either side of what is reckoned, within the picture', () => {
    const lines = linesOf({ travel: factor(1400), works: [{ work_type: 'repair', here: factor(800), everywhere: none }] });
    const reach = reachOf(lines);
    expect(reach).toBeCloseTo(0.4);
    expect(barOf(factor(1400), reach)).toEqual({ from: 50, length: expect.closeTo(50) });
    expect(barOf(factor(800), reach)).toEqual({ from: expect.closeTo(25), length: expect.closeTo(25) });
    expect([reachOf([]), deviation(none)]).toEqual([0.2, 0]);
  });
});

import { describe, expect, it } from 'vitest';
import { same, shareBoard } from './share';
import { barView, boardView, laneView, openView } from './testing';

const board = () => boardView([laneView('a', [barView('1', '09:00', '10:00')]), laneView('b', [barView('2', '09:00', '10:00')])], [openView('wo')]);

describe('a newer board', () => {
  it('keeps the rows that did not change', () => {
    const before = board();
    const after = board();
    after.technicians[1]?.appointments.push(barView('3', '11:00', '12:00'));
    const shared = shareBoard(before, after);
    expect(shared).toEqual(after);
    expect([shared.technicians[0] === before.technicians[0], shared.technicians[1] === before.technicians[1], shared.unassigned[0] === before.unassigned[0]]).toEqual([true, false, true]);
  });
  it('is taken as it is where there was none', () => {
    const after = board();
    expect(shareBoard(undefined, after)).toBe(after);
  });
  it('differs by a value, by a key that has come or gone, and by length', () => {
    expect([same({ a: [1, { b: null }] }, { a: [1, { b: null }] }), same({ a: 1 }, { a: 2 }), same({ a: 1 }, { a: 1, b: 2 }), same({ a: 1, b: 2 }, { a: 1 }), same([1], [1, 2]), same({}, null), same([], {})]).toEqual([true, false, false, false, false, false, false]);
  });
});

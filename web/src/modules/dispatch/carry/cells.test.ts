import { describe, expect, it } from 'vitest';
import { axisOf } from '../board/axis';
import { ms } from '../testing';
import { type Cargo, cellAt, pointOf, promiseAt, sameCell, stepped } from './cells';

const DAYS = ['2026-01-05', '2026-01-06'];
const ground = { axis: axisOf(DAYS, 'UTC', { from: 480, until: 1080 }, 80), tops: [0, 88, 132], lanes: ['a', 'b'] };

describe('the cell under a point', () => {
  it('is a quarter of an hour of a technician', () => {
    expect(cellAt(ground, 121, 10)).toEqual({ technician: 'a', at: ms('09:30') });
    expect(cellAt(ground, 140, 100)).toEqual({ technician: 'b', at: ms('09:45') });
    expect(cellAt(ground, 800, 100)).toEqual({ technician: 'b', at: ms('08:00', DAYS[1]) });
  });
  it('stays within the days, and is nothing beside the rows', () => {
    expect(cellAt(ground, -40, 10)?.at).toBe(ms('08:00'));
    expect(cellAt(ground, 799, 10)?.at).toBe(ms('17:45'));
    expect([cellAt(ground, 10, -1), cellAt(ground, 10, 132), cellAt({ ...ground, tops: [0], lanes: [] }, 10, 10)]).toEqual([null, null, null]);
  });
  it('lies where it is drawn', () => {
    expect(pointOf(ground, { technician: 'b', at: ms('09:30') })).toEqual({ x: 120, y: 88 });
    expect(pointOf(ground, { technician: 'gone', at: 0 })).toBeNull();
  });
});

const from = (at: number) => (key: string) => stepped(ground, { technician: 'a', at }, key);

describe('an arrow', () => {
  it('goes a quarter of an hour, from wherever the visit begins', () => {
    expect([from(ms('09:30'))('ArrowRight').at, from(ms('09:37'))('ArrowRight').at, from(ms('09:37'))('ArrowLeft').at]).toEqual([ms('09:45'), ms('09:45'), ms('09:30')]);
  });
  it('goes over the night, and stops at the ends', () => {
    expect(from(ms('17:45'))('ArrowRight').at).toBe(ms('08:00', DAYS[1]));
    expect(from(ms('08:00', DAYS[1]))('ArrowLeft').at).toBe(ms('17:45'));
    expect(from(ms('08:00'))('ArrowLeft').at).toBe(ms('08:00'));
    expect(from(ms('17:45', DAYS[1]))('ArrowRight').at).toBe(ms('17:45', DAYS[1]));
  });
  it('goes to the next technician, and stops at the last', () => {
    const cell = { technician: 'a', at: ms('09:30') };
    expect([stepped(ground, cell, 'ArrowDown').technician, stepped(ground, cell, 'ArrowUp').technician]).toEqual(['b', 'a']);
    expect(sameCell(stepped(ground, cell, 'x'), cell)).toBe(true);
  });
});

describe('the promise', () => {
  const cargo: Cargo = { kind: 'visit', id: '1', reference: 'R', length: 1, from: { technician: 'a', at: ms('10:40') }, promised: { from: ms('10:00'), until: ms('12:00') } };
  it('is kept where the visit only changes hands', () => expect(promiseAt(cargo, { technician: 'b', at: ms('10:45') })).toBe(ms('10:00')));
  it('begins anew where it is moved in time', () => expect(promiseAt(cargo, { technician: 'a', at: ms('11:00') })).toBe(ms('11:00')));
  it('begins where a visit is put that nobody had', () => expect(promiseAt({ kind: 'job', id: '1', reference: 'R', length: 1 }, { technician: 'b', at: ms('10:45') })).toBe(ms('10:45')));
});

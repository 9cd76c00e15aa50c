import { describe, expect, it } from 'vitest';
import { HOUR } from '../clock';
import { modelOf } from '../model';
import { barView, boardView, laneView, ms } from '../testing';
import { neighbour, rowAt, rowsInView, topsOf, tracksOf } from './rows';

const lanesOf = (...lanes: Parameters<typeof boardView>[0]) => modelOf(boardView(lanes)).lanes;
const visits = (...bars: Parameters<typeof laneView>[1]) => lanesOf(laneView('a', bars))[0]?.visits ?? [];

describe('the rows', () => {
  it('lay bars that overlap below one another, and only those', () => {
    const { track, count } = tracksOf(visits(barView('c', '11:00', '12:00'), barView('a', '09:00', '11:00'), barView('b', '10:00', '11:30')));
    expect([track.get('a'), track.get('b'), track.get('c'), count]).toEqual([0, 1, 0, 2]);
    expect(tracksOf([]).count).toBe(1);
    const late = visits(barView('a', '22:00', '23:30'), barView('b', '23:54', '23:59'));
    expect([tracksOf(late, HOUR).count, tracksOf(late, HOUR, ms('23:59')).count]).toEqual([1, 2]);
    expect(tracksOf(visits(barView('a', '09:00', '09:05'), barView('b', '09:10', '10:00')), HOUR / 3).count).toBe(2);
  });
  it('are drawn where they can be seen', () => {
    const tops = topsOf([{ track: new Map(), count: 2 }, ...Array.from({ length: 99 }, () => ({ track: new Map(), count: 1 }))], 44);
    expect(tops.slice(0, 3)).toEqual([0, 88, 132]);
    expect([rowAt(tops, -5), rowAt(tops, 87), rowAt(tops, 88), rowAt(tops, 1e6)]).toEqual([0, 0, 1, 99]);
    expect(rowsInView(tops, 0, 439, 2)).toEqual({ first: 0, end: 11 });
    expect(rowsInView(tops, 1000, 440, 2)).toEqual({ first: 19, end: 34 });
    expect(rowsInView(tops, 1e6, 440, 2)).toEqual({ first: 97, end: 100 });
    expect(rowsInView([0], 0, 440, 2)).toEqual({ first: 0, end: 0 });
  });
});

describe('neighbour', () => {
  const lanes = lanesOf(laneView('a', [barView('a2', '13:00', '14:00'), barView('a1', '09:00', '10:00')]), laneView('b', []), laneView('c', [barView('c1', '08:00', '09:00'), barView('c2', '12:30', '13:30')]));
  const to = (id: string, key: string) => neighbour(lanes, id, key)?.id;
  it('goes along the day and stops at its ends', () => {
    expect([to('a1', 'ArrowRight'), to('a2', 'ArrowRight'), to('a2', 'ArrowLeft'), to('a2', 'Home'), to('a1', 'End')]).toEqual(['a2', undefined, 'a1', 'a1', 'a2']);
  });
  it('goes to the nearest in time in the next row that has any', () => {
    expect([to('a2', 'ArrowDown'), to('a1', 'ArrowDown'), to('c2', 'ArrowUp'), to('a1', 'ArrowUp')]).toEqual(['c2', 'c1', 'a2', undefined]);
  });
  it('begins at the first visit when the one that was left is gone', () => {
    expect([to('gone', 'ArrowRight'), to('a1', 'x')]).toEqual(['a1', undefined]);
  });
});

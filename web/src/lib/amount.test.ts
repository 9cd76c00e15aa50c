import { expect, it } from 'vitest';
import { minorOf } from './amount';

it.each([
  ['12.34', 2, 1234],
  ['12,3', 2, 1230],
  [' 12 ', 2, 1200],
  ['0.29', 2, 29],
  ['1200', 0, 1200],
  ['1.5', 0, null],
  ['1.234', 2, null],
  ['0', 2, null],
  ['-1', 2, null],
  ['1,234.50', 2, null],
  ['ten', 2, null],
  ['', 2, null],
])('reads %s with %i digits', (typed, digits, minor) => {
  expect(minorOf(typed, digits)).toBe(minor);
});

import { expect, it } from 'vitest';
import { toCsv } from './csv';

it('quotes what would break a line apart', () => {
  expect(toCsv([['a,b', 'say "so"', 'two\nlines', 1.5, null]])).toBe('\uFEFF"a,b","say ""so""","two\nlines",1.5,\r\n');
});

it('lets no name become a formula of a spreadsheet', () => {
  expect(toCsv([['=HYPERLINK("x")', '-1', '+1', '@a', 'a=b']])).toBe('\uFEFF"\'=HYPERLINK(""x"")",\'-1,\'+1,\'@a,a=b\r\n');
  expect(toCsv([[-1]])).toBe('\uFEFF-1\r\n');
});

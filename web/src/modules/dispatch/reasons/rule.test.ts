import { describe, expect, it } from 'vitest';
import { byRule, ruleOf } from './rule';

describe('ruleOf', () => {
  it('tells who has said no from who is not wanted', () => {
    expect(ruleOf({ passed: ['a'] }, 'a', 'excluded')).toBe('passed');
    expect(ruleOf({ passed: ['a'] }, 'b', 'excluded')).toBe('excluded');
    expect(ruleOf({ passed: ['a'] }, 'a', 'shift')).toBe('shift');
    expect(ruleOf({}, 'a', 'excluded')).toBe('excluded');
  });
});

describe('byRule', () => {
  it('puts together who is kept by the same, the most first, and loses nobody', () => {
    const why = [
      { technician: 'a', rule: 'shift' },
      { technician: 'b', rule: 'excluded' },
      { technician: 'c', rule: 'excluded' },
      { technician: 'd', rule: 'excluded' },
    ];
    expect(byRule({ passed: ['b', 'd'] }, why)).toEqual([
      { rule: 'passed', people: ['b', 'd'] },
      { rule: 'shift', people: ['a'] },
      { rule: 'excluded', people: ['c'] },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { byRule, ruleOf } from './rule';

describe('ruleOf', () => {
  it('tells who has said no from who is not wanted', () => {
    expect(ruleOf({ passed: ['a'] }, 'a', 'excluded')).toBe('passed');
    expect(ruleOf({ passed: ['a'] }, 'b', 'excluded')).toBe('excluded');
    expect(ruleOf({ passed: ['a'] }, 'a', 'shift')).toBe('shift');
    expect(ruleOf({}, 'a', 'excluded')).toBe('excluded');
  });
  it('tells who comes at that moment anyway', () => {
    const tied = (['with', 'after'] as const).map((how) => ({ how, work_order: how, technician: how === 'with' ? 'a' : 'b', least_minutes: 0, most_minutes: 0 }));
    expect(['a', 'b'].map((who) => ruleOf({ tied }, who, 'excluded'))).toEqual(['tie_same', 'excluded']);
    expect(ruleOf({ tied }, 'a', 'window')).toBe('window');
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

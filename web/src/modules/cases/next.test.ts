import { describe, expect, it } from 'vitest';
import { commandsIn, mayPropose, nextAction } from './next';

describe('nextAction', () => {
  it('decides before it books, books before it answers, answers before it resolves', () => {
    const open = { state: 'open', responded: false };
    expect(nextAction({ ...open, planProposed: true, toBook: true })).toBe('acceptPlan');
    expect(nextAction({ ...open, toBook: true })).toBe('book');
    expect(nextAction(open)).toBe('answer');
    expect(nextAction({ ...open, responded: true })).toBe('resolve');
  });
  it('goes on with what waits and ends what is solved', () => {
    expect(nextAction({ state: 'waiting', responded: true })).toBe('resume');
    expect(nextAction({ state: 'resolved', responded: true })).toBe('close');
    expect(nextAction({ state: 'closed', responded: true })).toBeNull();
    expect(nextAction({ state: 'cancelled', responded: false })).toBeNull();
  });
});

describe('commandsIn', () => {
  it('offers nothing for a case that is over', () => {
    expect(commandsIn('closed')).toEqual([]);
    expect(commandsIn('cancelled')).toEqual([]);
    expect(commandsIn('resolved')).toEqual(['reopen', 'close']);
  });
});

describe('mayPropose', () => {
  it('follows the rule of the server', () => {
    expect(mayPropose('open', [{ state: 'cancelled' }, { state: 'scheduled' }])).toBe(true);
    expect(mayPropose('open', [{ state: 'in_progress' }])).toBe(false);
    expect(mayPropose('resolved', [])).toBe(false);
    expect(mayPropose('cancelled', [])).toBe(false);
  });
});

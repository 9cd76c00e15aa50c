import { describe, expect, it } from 'vitest';
import { readBoardSearch } from './search';
import { servingNodes } from './useDay';
import { neediest } from './useNode';

describe('what is shown', () => {
  it('is read from the address', () => {
    expect(readBoardSearch({ node: 'node_1', day: '2026-01-05', need: 'risk', scale: 'week', map: true })).toEqual({ node: 'node_1', day: '2026-01-05', need: 'risk', scale: 'week', map: true });
    expect(['2027-02-29', '2027-13-01', '2028-02-29'].map((day) => readBoardSearch({ day }))).toEqual([{}, {}, { day: '2028-02-29' }]);
    expect(readBoardSearch({ node: 'x', day: 'today', need: 'all', scale: 'year', map: 'yes' })).toEqual({});
  });
});

const node = (id: string, parent?: string, more = {}) => ({ id, kind: 'local_node', state: 'open', ...(parent ? { parent } : {}), ...more });

describe('servingNodes', () => {
  const nodes = new Map([node('hq', undefined, { kind: 'headquarters' }), node('east', 'hq'), node('a', 'east'), node('shut', 'east', { state: 'closed' }), node('west', 'hq'), node('b', 'west')].map((one) => [one.id, one]));
  const ids = (...grants: { scope: string; scope_id?: string }[]) => servingNodes(nodes as never, grants as never).map(({ id }) => id);
  it('are those within the granted regions and nodes', () => {
    expect(ids({ scope: 'region', scope_id: 'east' })).toEqual(['east', 'a']);
    expect(ids({ scope: 'node', scope_id: 'west' }, { scope: 'region', scope_id: 'a' })).toEqual(['a', 'west']);
  });
  it('are all where a grant does not go by place', () => {
    expect(ids({ scope: 'tenant' })).toEqual(['east', 'a', 'west', 'b']);
    expect(ids({ scope: 'region', scope_id: 'east' }, { scope: 'brand', scope_id: 'x' })).toHaveLength(4);
  });
});

describe('neediest', () => {
  const nodes = [{ value: 'a' }, { value: 'b' }, { value: 'c' }];
  it('takes the first board whose node can be chosen', () => expect(neediest([{ node: 'closed' }, { node: 'c' }, { node: 'b' }], nodes)).toBe('c'));
  it('falls back to the first node', () => {
    expect(neediest([{ node: 'closed' }], nodes)).toBe('a');
    expect(neediest([], nodes)).toBe('a');
    expect(neediest([], [])).toBe('');
  });
});

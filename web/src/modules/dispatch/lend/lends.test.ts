import { describe, expect, it } from 'vitest';
import type { NetworkNode } from '../../../api/client';
import { lendsOf, neighbours, priceOf, rowsOf } from './lends';

const node = (id: string, more: Partial<NetworkNode> = {}) => ({ id, kind: 'local_node', country: 'DE', state: 'open', ...more }) as NetworkNode;

describe('lends', () => {
  it('come back as they were', () => {
    const lends = [
      { node: 'a', price: { minor: 1550, currency: 'EUR' }, until: '2026-03-01' },
      { node: 'b', price: { minor: 0, currency: 'EUR' } },
    ];
    const rows = rowsOf(lends, 2);
    expect(rows).toEqual([{ node: 'a', price: '15.50', last: '2026-02-28' }, { node: 'b', price: '0.00', last: '' }]);
    expect(lendsOf(rows, 'EUR', 2)).toEqual(lends);
    expect(lendsOf(rowsOf([{ node: 'a', price: { minor: 300, currency: 'JPY' } }], 0), 'JPY', 0)).toEqual([{ node: 'a', price: { minor: 300, currency: 'JPY' } }]);
  });

  it('are not sent with what is no price or no node', () => {
    for (const [price, minor] of [['', 0], ['0', 0], ['0,00', 0], ['12,5', 1250], ['-3', null], ['1.234', null], ['ten', null]] as const) {
      expect(priceOf({ node: 'a', price, last: '' }, 2)).toBe(minor);
      expect(lendsOf([{ node: 'a', price, last: '' }], 'EUR', 2) === null).toBe(minor === null);
    }
    expect(lendsOf([{ node: '', price: '1', last: '' }], 'EUR', 2)).toBeNull();
  });

  it('go to nodes of the same company and country', () => {
    const all = [node('home'), node('near'), node('partners', { partner: 'p' }), node('abroad', { country: 'AT' }), node('shut', { state: 'closed' }), node('top', { kind: 'headquarters' })];
    expect(neighbours(new Map(all.map((one) => [one.id, one])), 'home').map(({ id }) => id)).toEqual(['near']);
    expect(neighbours(new Map(), 'home')).toEqual([]);
  });
});

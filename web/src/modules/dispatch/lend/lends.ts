import type { DispatchLend, NetworkNode } from '../../../api/client';
import { minorOf } from '../../../lib/amount';
import { shiftDay } from '../clock';

/* Where a technician is lent to, as it is typed. */

/** One line of the form. */
export interface Row {
  node: string;
  price: string;
  /** The last day on which they may be sent; the API's day is the one after. */
  last: string;
}

/** The rows that the API's lends are shown as. */
export const rowsOf = (lends: DispatchLend[], digits: number): Row[] =>
  lends.map(({ node, price, until }) => ({ node, price: (price.minor / 10 ** digits).toFixed(digits), last: until ? shiftDay(until, -1) : '' }));

/** What a row costs in minor units; null for what is no amount. Nothing at all is no price. */
export const priceOf = ({ price }: Row, digits: number): number | null => (/^0*(?:[.,]0*)?$/.test(price.trim()) ? 0 : minorOf(price, digits));

/** The rows as the API wants them; null while one of them is no amount or names no node. */
export function lendsOf(rows: Row[], currency: string, digits: number): DispatchLend[] | null {
  const out: DispatchLend[] = [];
  for (const row of rows) {
    const minor = priceOf(row, digits);
    if (minor === null || row.node === '') return null;
    out.push({ node: row.node, price: { minor, currency }, ...(row.last ? { until: shiftDay(row.last, 1) } : {}) });
  }
  return out;
}

/** The nodes that somebody of a node may be lent to: of the same company and country. */
export function neighbours(nodes: Map<string, NetworkNode>, home: string): NetworkNode[] {
  const own = nodes.get(home);
  if (!own) return [];
  return [...nodes.values()].filter((node) => node.id !== home && node.kind !== 'headquarters' && node.state !== 'closed' && node.partner === own.partner && node.country === own.country);
}

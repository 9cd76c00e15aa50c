import { api, body, type OrdersTableIn } from '../../api/client';
import { pagesOf } from '../../lib/pages';

export interface OrderSearch {
  state?: string;
  number?: string;
}

export const orderStates = ['received', 'accepted', 'in_work', 'done', 'confirmed', 'refused', 'cancelled'] as const;

/** Reads the address; what is not understood is left out. */
export function readOrderSearch(search: Record<string, unknown>): OrderSearch {
  const state = orderStates.find((known) => known === search['state']);
  const number = search['number'];
  return { ...(state ? { state } : {}), ...(typeof number === 'string' || typeof number === 'number' ? { number: String(number) } : {}) };
}

export const ordersQuery = ({ state, number }: OrderSearch) =>
  pagesOf(['orders', { state, number }], (cursor, signal) => body(api.GET('/v1/orders', { params: { query: { state, number, cursor, limit: 50 } }, signal })));

export const importOrders = (table: OrdersTableIn) => body(api.POST('/v1/orders/import', { body: table }));
export const cancelOrder = (id: string) => body(api.POST('/v1/orders/{id}/cancel', { params: { path: { id } } }));
export const refuseOrder = (id: string, reason: string) => body(api.POST('/v1/orders/{id}/refuse', { params: { path: { id } }, body: { reason } }));

export const confirmOrder = (id: string) => body(api.POST('/v1/orders/{id}/confirm', { params: { path: { id } } }));

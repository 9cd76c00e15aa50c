import { api, body, match } from '../../api/client';

/* What a dispatcher says of what happens: parts that come late, visits that take longer, roads that are slow. */

export const delays = ['supplier', 'transport', 'customs', 'not_found', 'faulty', 'other'] as const;
export type Delay = (typeof delays)[number];

export const hindrances = ['jam', 'snow', 'closure', 'other'] as const;
export type Hindrance = (typeof hindrances)[number];

/** What is held for a visit comes later than was reckoned; without an instant nobody knows when. */
export const delayParts = (reservation: string, version: number, reason: Delay, expected_at?: string) =>
  body(api.POST('/v1/reservations/{id}/delay', { params: { path: { id: reservation }, header: match(version) }, body: expected_at ? { reason, expected_at } : { reason } }));

/** It is there, or comes in time after all. */
export const partsInTime = (reservation: string, version: number) => body(api.POST('/v1/reservations/{id}/delay-end', { params: { path: { id: reservation }, header: match(version) } }));

/** Until when a visit takes. */
export const takesUntil = (appointment: string, version: number, until: string) =>
  body(api.POST('/v1/appointments/{id}/overrun', { params: { path: { id: appointment }, header: match(version) }, body: { until } }));

export const slowRoads = (node: string, slow: { until: string; percent: number; reason: Hindrance }) => body(api.POST('/v1/board/{node}/slowdowns', { params: { path: { node } }, body: slow }));

export const freeRoads = (node: string, id: string) => body(api.POST('/v1/board/{node}/slowdowns/{id}/end', { params: { path: { node, id } } }));

import { queryOptions } from '@tanstack/react-query';
import { api, body, match } from '../../api/client';
import type { Amount } from '../../lib/format';
import type { Proposal } from './whatif/model';

/** From nothing by itself to everything. */
export const levels = ['people', 'keep', 'plan'] as const;
export type Autonomous = (typeof levels)[number];

/** How much work is given to those who have less of it. */
export const balances = ['off', 'some', 'strong'] as const;
export type Balanced = (typeof balances)[number];

/** How much urgent cases are planned before their clocks ask for it. */
export const hastes = ['off', 'some', 'strong'] as const;
export type Hasty = (typeof hastes)[number];

/** How far a node's plan looks after itself. */
export const engineQuery = (node: string) =>
  queryOptions({
    queryKey: ['engine', node],
    queryFn: ({ signal }) => body(api.GET('/v1/board/{node}/engine', { params: { path: { node } }, signal })),
    refetchInterval: 60_000,
  });

export const setAutonomy = (node: string, version: number, autonomy: Autonomous, more: { balance?: Balanced; haste?: Hasty } = {}) =>
  body(api.PUT('/v1/board/{node}/engine', { params: { path: { node }, header: match(version) }, body: { autonomy, ...more } }));

export interface Steering {
  share_permille: number;
  most?: Amount;
}

/** What is promised for cheap times; how far the plan looks after itself stays as it was seen. */
export const setSteering = (node: string, version: number, autonomy: Autonomous, steering: Steering) =>
  body(api.PUT('/v1/board/{node}/engine', { params: { path: { node }, header: match(version) }, body: { autonomy, steering } }));

/** A better plan that waits for a dispatcher; null when there is none any more. */
export const foundQuery = (node: string) =>
  queryOptions({
    queryKey: ['engine', node, 'proposal'],
    queryFn: async ({ signal }): Promise<Proposal | null> => {
      const { found_at, places, moves, before, after } = await body(api.GET('/v1/board/{node}/proposal', { params: { path: { node } }, signal }));
      return found_at ? { places, moves, unserved: [], ...(before && after ? { before, after } : {}) } : null;
    },
    staleTime: 0,
    gcTime: 0,
  });

/** Nothing is proposed before the next night. */
export const deferProposal = (node: string) => body(api.POST('/v1/board/{node}/proposal/defer', { params: { path: { node } } }));

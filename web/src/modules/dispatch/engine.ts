import { queryOptions } from '@tanstack/react-query';
import { api, body, match } from '../../api/client';

/** From nothing by itself to everything. */
export const levels = ['people', 'keep', 'plan'] as const;
export type Autonomous = (typeof levels)[number];

/** How much work is given to those who have less of it. */
export const balances = ['off', 'some', 'strong'] as const;
export type Balanced = (typeof balances)[number];

/** How far a node's plan looks after itself. */
export const engineQuery = (node: string) =>
  queryOptions({
    queryKey: ['engine', node],
    queryFn: ({ signal }) => body(api.GET('/v1/board/{node}/engine', { params: { path: { node } }, signal })),
    refetchInterval: 60_000,
  });

export const setAutonomy = (node: string, version: number, autonomy: Autonomous, balance?: Balanced) =>
  body(api.PUT('/v1/board/{node}/engine', { params: { path: { node }, header: match(version) }, body: balance ? { autonomy, balance } : { autonomy } }));

import { queryOptions } from '@tanstack/react-query';
import { api, body } from '../../api/client';

export interface BoardSearch {
  node?: string;
  day?: string;
}

/** Reads the address; what is not understood is left out. */
export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const { node, day } = search;
  return {
    ...(typeof node === 'string' && node.startsWith('node_') ? { node } : {}),
    ...(typeof day === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(day) ? { day } : {}),
  };
}

export const boardQuery = (node: string, day: string | undefined) =>
  queryOptions({
    queryKey: ['board', node, day],
    queryFn: ({ signal }) => body(api.GET('/v1/board/{node}', { params: { path: { node }, query: day ? { day } : {} }, signal })),
    refetchInterval: 30_000,
  });

export const planBoard = (node: string) => body(api.POST('/v1/board/{node}/plan', { params: { path: { node } }, body: { days: 1 } }));

/** The day that is so many days after the given one. */
export function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

import { queryOptions } from '@tanstack/react-query';
import { api, body, type DispatchBar, match } from '../../api/client';
import { followServerClock } from '../../lib/now';
import { type Need, needs } from './attention';

export interface BoardSearch {
  node?: string;
  day?: string;
  need?: Need;
}

/** Reads the address; what is not understood is left out. */
export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const { node, day, need } = search;
  const known = needs.find((name) => name === need);
  return {
    ...(typeof node === 'string' && node.startsWith('node_') ? { node } : {}),
    ...(typeof day === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(day) ? { day } : {}),
    ...(known ? { need: known } : {}),
  };
}

/** Which nodes look for somebody, the neediest first. Where it is refused, or not answered, the page goes on without. */
export const boardsQuery = queryOptions({ queryKey: ['boards'], queryFn: ({ signal }) => body(api.GET('/v1/board', { signal })), retry: false });

/** Renewed by hints, not by the clock. */
export const boardQuery = (node: string, day: string | undefined) =>
  queryOptions({
    queryKey: ['board', node, day],
    queryFn: async ({ signal }) => {
      const view = await body(api.GET('/v1/board/{node}', { params: { path: { node }, query: day ? { day } : {} }, signal }));
      followServerClock(view.now); // the line of now stands where the server's clock is
      return view;
    },
  });

export const planBoard = (node: string) => body(api.POST('/v1/board/{node}/plan', { params: { path: { node } }, body: { days: 1 } }));

/** What the drawer shows beside the bar; each is fetched, and fails, by itself. */
export const appointmentQuery = (id: string, version: number) =>
  queryOptions({ queryKey: ['appointment', id, version], queryFn: () => body(api.GET('/v1/appointments/{id}', { params: { path: { id } } })) });
export const caseQuery = (id: string) => queryOptions({ queryKey: ['case', id], queryFn: ({ signal }) => body(api.GET('/v1/cases/{id}', { params: { path: { id } }, signal })) });
export const reservationsQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'reservations'], queryFn: () => body(api.GET('/v1/cases/{id}/reservations', { params: { path: { id } } })) });

/** Another time, another technician, or both; the server refuses what does not fit into the day. */
export const moveVisit = ({ id, version }: Pick<DispatchBar, 'id' | 'version'>, start_at: string, technician: string) =>
  body(api.POST('/v1/appointments/{id}/reschedule', { params: { path: { id }, header: match(version) }, body: { start_at, technician } }));

/** The day that is so many days after the given one. */
export function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

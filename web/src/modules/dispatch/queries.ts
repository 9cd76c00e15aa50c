import { queryOptions } from '@tanstack/react-query';
import { api, body, type DispatchLend, type DispatchProbe, match, type WorkAddition } from '../../api/client';
import { followServerClock } from '../../lib/now';
import type { BoardView } from './contract';
import { shareBoard } from './share';
import type { Proposal, Wish } from './whatif/model';

/** Something that was done to an appointment, and the version that came of it. */
export interface Step {
  appointment: string;
  version: number;
}

/** Which nodes look for somebody, the neediest first. Where it is refused, or not answered, the page goes on without. */
export const boardsQuery = queryOptions({ queryKey: ['boards'], queryFn: ({ signal }) => body(api.GET('/v1/board', { signal })), retry: false });

/** Renewed by hints, and now and then by the clock: what is late becomes so without anybody doing anything. */
export const boardQuery = (node: string, day: string | undefined, days: number) =>
  queryOptions({
    queryKey: ['board', node, day, days],
    queryFn: async ({ signal }): Promise<BoardView> => {
      const view = await body(api.GET('/v1/board/{node}', { params: { path: { node }, query: { ...(day ? { day } : {}), ...(days > 1 ? { days } : {}) } }, signal }));
      followServerClock(view.now); // the line of now stands where the server's clock is
      return view;
    },
    structuralSharing: (before, after) => shareBoard(before as BoardView | undefined, after as BoardView),
    refetchInterval: 60_000,
  });

/** What would follow if a visit went somewhere; nothing is changed. */
export const tryPlaces = (node: string, question: DispatchProbe, signal?: AbortSignal) =>
  body(api.POST('/v1/board/{node}/try', { params: { path: { node } }, body: question, ...(signal ? { signal } : {}) }));

/** What the details show beside the bar; each is fetched, and fails, by itself. */
export const appointmentQuery = (id: string, version: number) =>
  queryOptions({ queryKey: ['appointment', id, version], queryFn: () => readAppointment(id) });
export const caseQuery = (id: string) => queryOptions({ queryKey: ['case', id], queryFn: ({ signal }) => body(api.GET('/v1/cases/{id}', { params: { path: { id } }, signal })) });
export const reservationsQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'reservations'], queryFn: () => body(api.GET('/v1/cases/{id}/reservations', { params: { path: { id } } })) });

export const readAppointment = (id: string) => body(api.GET('/v1/appointments/{id}', { params: { path: { id } } }));

/** Another time, another technician, or both; the server refuses what does not fit into the day. */
export const moveVisit = (id: string, version: number, start_at: string, technician: string) =>
  body(api.POST('/v1/appointments/{id}/reschedule', { params: { path: { id }, header: match(version) }, body: { start_at, technician } }));

/** A visit that nobody has goes to somebody. */
export const bookVisit = (work_order: string, start_at: string, technician: string) => body(api.POST('/v1/appointments', { body: { work_order, start_at, technician } }));

/** A technician of the node, and to where they are lent; read anew each time the form is opened. */
export const lendQuery = (id: string) => queryOptions({ queryKey: ['lends', id], queryFn: ({ signal }) => body(api.GET('/v1/technicians/{id}', { params: { path: { id } }, signal })), staleTime: 0, gcTime: 0, retry: false });

/** Says anew to which other nodes a technician may be sent, and at what price. */
export const setLends = (id: string, version: number, lends: DispatchLend[]) => body(api.PUT('/v1/technicians/{id}/lends', { params: { path: { id }, header: match(version) }, body: { lends } }));

/** Another visit beside one: by a second technician at the same moment, or after it. */
export const askBeside = (workOrder: string, beside: WorkAddition) => body(api.POST('/v1/work-orders/{id}/ties', { params: { path: { id: workOrder } }, body: beside }));

/** A plan under other conditions, on a copy; nothing is changed. Its progress can be asked by the name meanwhile. */
export async function proposePlan(node: string, wish: Wish, watch: string): Promise<Proposal> {
  const { before, after, places = [], moves = [], unserved, turned_away = 0 } = await body(api.POST('/v1/board/{node}/plan', { params: { path: { node } }, body: { try: true, watch, ...wish } }));
  return { before, after, places, moves, unserved, turned_away };
}

/** How far a plan that is being worked out has come; asked until the answer is there. */
export const progressQuery = (node: string, watch: string) =>
  queryOptions({
    queryKey: ['progress', node, watch],
    queryFn: ({ signal }) => body(api.GET('/v1/board/{node}/plan/{watch}', { params: { path: { node, watch } }, signal })),
    refetchInterval: 400,
    retry: false,
    gcTime: 0,
  });

/** Carries out what a plan proposes, as a whole or in part; each change is answered by itself. */
export const adoptPlan = (node: string, changes: Pick<Proposal, 'places' | 'moves'>) => body(api.POST('/v1/board/{node}/adopt', { params: { path: { node } }, body: changes }));

/** Takes back what one has just done; for ten seconds, and only where nothing has happened since. */
export const undoSteps = (node: string, items: Step[]) => body(api.POST('/v1/board/{node}/undo', { params: { path: { node } }, body: { items } }));

/** What has become of the node's visits since an instant, and why. */
export const changesQuery = (node: string, since: string) =>
  queryOptions({
    queryKey: ['board', node, 'changes', since],
    queryFn: ({ signal }) => body(api.GET('/v1/board/{node}/changes', { params: { path: { node }, query: { since } }, signal })),
    refetchInterval: 60_000,
  });

/** Where the same can be had as a table. */
export const changesTableOf = (node: string, since: string): string => `/v1/board/${node}/changes.csv?${new URLSearchParams({ since })}`;

/** What an appointment costs as the day stands, and who else could have it. Where it has begun there is nothing to be told. */
export const reasonsQuery = (node: string, id: string, version: number) =>
  queryOptions({
    queryKey: ['board', node, 'reasons', id, version],
    queryFn: ({ signal }) => body(api.GET('/v1/appointments/{id}/reasons', { params: { path: { id } }, signal })),
    staleTime: 30_000,
    retry: false,
  });

/** Which rule would have to give way for a visit that nobody can take in the next days. */
export const openReasonsQuery = (node: string, work_order: string) =>
  queryOptions({
    queryKey: ['board', node, 'relax', work_order],
    queryFn: ({ signal }) => body(api.GET('/v1/board/{node}/open/{work_order}/reasons', { params: { path: { node, work_order } }, signal })),
    staleTime: 30_000,
    retry: false,
  });

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, type DeskCaseView, type DeskIntake, type DispatchView, type FieldRecord, match, type WorkResult, type WorkReversal } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { QueueSearch } from './search';

const PAGE = 50;

export const queueQuery = ({ state = 'active', brand, country, priority, unrouted }: QueueSearch) =>
  infiniteQueryOptions({
    queryKey: ['cases', { state, brand, country, priority, unrouted }],
    queryFn: ({ pageParam, signal }) => {
      const query = { state, brand, country, priority, unrouted, cursor: pageParam, limit: PAGE };
      return body(api.GET('/v1/cases', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: 30_000,
  });

export const caseQuery = (id: string) =>
  queryOptions({ queryKey: ['case', id], queryFn: ({ signal }) => body(api.GET('/v1/cases/{id}', { params: { path: { id } }, signal })) });

export const timelineQuery = (id: string) =>
  queryOptions({ queryKey: ['case', id, 'timeline'], queryFn: ({ signal }) => body(api.GET('/v1/cases/{id}/timeline', { params: { path: { id } }, signal })) });

/** A case by what is said on the phone. */
export const findCase = (reference: string) => body(api.GET('/v1/case-references/{reference}', { params: { path: { reference } } }));

export const openCase = (intake: DeskIntake) => body(api.POST('/v1/cases', { body: intake }));

export const moves = ['resolve', 'reopen', 'close', 'cancel', 'resume'] as const;
export type Move = (typeof moves)[number];

const paths = {
  resolve: '/v1/cases/{id}/resolve',
  reopen: '/v1/cases/{id}/reopen',
  close: '/v1/cases/{id}/close',
  cancel: '/v1/cases/{id}/cancel',
  resume: '/v1/cases/{id}/resume',
} as const;

/** What the user saw when they decided. */
export type Seen = Pick<DeskCaseView, 'id' | 'version' | 'state' | 'waiting_for'>;

/**
 * Sends a decision on the version that was seen. Where only something else has changed meanwhile, a message for
 * instance, the decision still stands and is sent on the newer version; where the state has moved, it is refused.
 */
async function onSeen<Answer>(seen: Seen, send: (version: number) => Promise<Answer>): Promise<Answer> {
  try {
    return await send(seen.version);
  } catch (error) {
    if (!isProblem(error) || error.status !== 412) throw error;
    const now = await body(api.GET('/v1/cases/{id}', { params: { path: { id: seen.id } } }));
    if (now.state !== seen.state || now.waiting_for !== seen.waiting_for) throw error;
    return send(now.version);
  }
}

export const moveCase = (seen: Seen, move: Move) =>
  onSeen(seen, (version) => body(api.POST(paths[move], { params: { path: { id: seen.id }, header: match(version) } })));

export type WaitFor = 'customer' | 'partner' | 'part';

export const waitCase = (seen: Seen, reason: WaitFor) =>
  onSeen(seen, (version) => body(api.POST('/v1/cases/{id}/wait', { params: { path: { id: seen.id }, header: match(version) }, body: { for: reason } })));

export const identifyUnit = (seen: Seen, serial: string) =>
  onSeen(seen, (version) => body(api.PUT('/v1/cases/{id}/unit', { params: { path: { id: seen.id }, header: match(version) }, body: { serial } })));

/** The parts that somebody beside the customer may play in a case. */
export const partsInCase = ['user_on_site', 'owner', 'payer', 'organisation'] as const;
export type Part = (typeof partsInCase)[number];

export const involve = (seen: Seen, role: Part, who: { name: string; phone?: string; email?: string }) =>
  onSeen(seen, (version) => body(api.PUT('/v1/cases/{id}/parties/{role}', { params: { path: { id: seen.id, role }, header: match(version) }, body: who })));

export const release = (seen: Seen, role: Part) =>
  onSeen(seen, (version) => body(api.DELETE('/v1/cases/{id}/parties/{role}', { params: { path: { id: seen.id, role }, header: match(version) } })));

export const chaseCase = (id: string) => body(api.POST('/v1/cases/{id}/chase', { params: { path: { id } } }));

export const say = (id: string, text: string, internal: boolean) => body(api.POST('/v1/cases/{id}/messages', { params: { path: { id } }, body: { text, internal } }));

const ofCase = (id: string) => ({ params: { path: { id } } });

/** Parts of the case page that other modules own; each is fetched, and fails, by itself. */
export const entitlementQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'entitlement'], queryFn: () => body(api.GET('/v1/cases/{id}/entitlement', ofCase(id))) });
export const clocksQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'clocks'], queryFn: () => body(api.GET('/v1/cases/{id}/clocks', ofCase(id))) });
export const planQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'plan'], queryFn: () => body(api.GET('/v1/cases/{id}/plan', ofCase(id))) });
export const workQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'work'], queryFn: () => body(api.GET('/v1/cases/{id}/work-orders', ofCase(id))) });
export const chargesQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'charges'], queryFn: () => body(api.GET('/v1/cases/{id}/charges', ofCase(id))) });
export const proofsQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'proofs'], queryFn: () => body(api.GET('/v1/cases/{id}/proofs', ofCase(id))) });

export const decidePlan = (id: string, mode?: string, reason?: string) => body(api.POST('/v1/cases/{id}/plan/decide', { ...ofCase(id), body: { ...(mode ? { mode } : {}), ...(reason ? { reason } : {}) } }));

export const proposeAgain = (id: string) => body(api.POST('/v1/cases/{id}/plan/again', ofCase(id)));

export const finishWork = (id: string, result: WorkResult) => body(api.POST('/v1/work-orders/{id}/finish', { params: { path: { id } }, body: result }));

export const reverseWork = (id: string, reason: WorkReversal['reason']) => body(api.POST('/v1/work-orders/{id}/reverse', { params: { path: { id } }, body: { reason } }));

export const fetchProof = (id: string, leaf: string) => body(api.GET('/v1/cases/{id}/proofs/{leaf}', { params: { path: { id, leaf } } }));

/** A slot that is held lapses without a word. */
const HELD_MS = 15_000;
export const appointmentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'appointments'],
    queryFn: () => body(api.GET('/v1/cases/{id}/appointments', ofCase(id))),
    refetchInterval: ({ state }) => (state.data?.items.some(({ held_until }) => held_until) ? HELD_MS : false),
  });
export const visitsQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'visits'], queryFn: () => body(api.GET('/v1/cases/{id}/visits', ofCase(id))) });
export const reservationsQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'reservations'], queryFn: () => body(api.GET('/v1/cases/{id}/reservations', ofCase(id))) });

export const offerSlots = (workOrder: string) => body(api.POST('/v1/work-orders/{id}/offers', { params: { path: { id: workOrder } } }));
/** Keeps a slot while its customer decides; it lapses by itself. */
export const holdOffer = (workOrder: string, offer: string) => body(api.POST('/v1/appointments', { body: { work_order: workOrder, offer, hold: true } }));
export const takeHeld = ({ id, version }: Pick<DispatchView, 'id' | 'version'>) => body(api.POST('/v1/appointments/{id}/take', { params: { path: { id }, header: match(version) } }));
export const bookOffer = (workOrder: string, offer: string) => body(api.POST('/v1/appointments', { body: { work_order: workOrder, offer } }));

export const recordVisit = (record: FieldRecord) => body(api.POST('/v1/visits', { body: record }));

import { api, body, type DispatchReasoned, type DispatchView, match } from '../api/client';

const paths = {
  dispatch: '/v1/appointments/{id}/dispatch',
  accept: '/v1/appointments/{id}/accept',
  decline: '/v1/appointments/{id}/decline',
  travel: '/v1/appointments/{id}/travel',
  arrive: '/v1/appointments/{id}/arrive',
  absent: '/v1/appointments/{id}/absent',
  miss: '/v1/appointments/{id}/miss',
  cancel: '/v1/appointments/{id}/cancel',
} as const;
export type Turn = keyof typeof paths;
export type TurnReason = NonNullable<DispatchReasoned['reason']>;

const turns: Record<string, readonly Turn[]> = {
  pending: ['cancel'],
  scheduled: ['dispatch', 'cancel', 'miss', 'absent'],
  dispatched: ['accept', 'decline', 'travel', 'arrive', 'cancel', 'miss', 'absent'],
  accepted: ['travel', 'arrive', 'decline', 'cancel', 'miss', 'absent'],
  travelling: ['arrive', 'absent'],
  on_site: ['absent'],
};

/** What may become of an appointment in this state; the first is the usual next step. The server has the last word. */
export function turnsIn(state: string): readonly Turn[] {
  return turns[state] ?? [];
}

/** Whether it still stands: nobody has ended it. */
export function stands(state: string): boolean {
  return state in turns;
}

/** Whether it may still be given another time or another technician. */
export const movable = (state: string): boolean => ['scheduled', 'dispatched', 'accepted'].includes(state);

/** Turns that somebody must give a reason for. */
export const reasoned: ReadonlySet<Turn> = new Set<Turn>(['cancel', 'decline', 'miss']);

export const turnReasons: TurnReason[] = ['customer_wish', 'not_needed', 'ill', 'no_time', 'too_far', 'no_skill', 'vehicle', 'weather', 'part_missing', 'other'];

/** What one must be allowed to do for a turn. */
export const actionOf = (turn: Turn): string => (turn === 'cancel' ? 'appointment.write' : 'appointment.go');

export const turnAppointment = ({ id, version }: Pick<DispatchView, 'id' | 'version'>, turn: Turn, reason?: TurnReason) =>
  body(api.POST(paths[turn], { params: { path: { id }, header: match(version) }, body: reason ? { reason } : {} }));

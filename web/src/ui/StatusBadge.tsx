import { useCallback } from 'react';
import { useT } from '../lib/t';
import type { IconName } from './icons';
import { Pill, type Tone } from './Pill';

type Look = readonly [Tone, IconName];

/** Every state that a screen shows, by the thing whose state it is. The words are in the catalogue `state`. */
export const looks = {
  case: {
    new: ['scheduled', 'inbox'],
    open: ['onsite', 'play'],
    waiting: ['warn', 'pause'],
    resolved: ['done', 'check'],
    closed: ['done', 'checkCircle'],
    cancelled: ['done', 'ban'],
  },
  work: {
    draft: ['plain', 'note'],
    ready: ['scheduled', 'play'],
    scheduled: ['scheduled', 'calendar'],
    in_progress: ['onsite', 'wrench'],
    waiting: ['warn', 'pause'],
    completed: ['done', 'check'],
    checked: ['done', 'checkCircle'],
    posted: ['done', 'money'],
    reversed: ['risk', 'retry'],
    cancelled: ['done', 'ban'],
  },
  appointment: {
    pending: ['plain', 'clock'],
    scheduled: ['scheduled', 'calendar'],
    dispatched: ['scheduled', 'truck'],
    accepted: ['scheduled', 'check'],
    declined: ['risk', 'ban'],
    timed_out: ['risk', 'clock'],
    travelling: ['travelling', 'truck'],
    on_site: ['onsite', 'wrench'],
    completed: ['done', 'check'],
    cannot_complete: ['risk', 'alert'],
    absent: ['risk', 'user'],
    missed: ['risk', 'alert'],
    cancelled: ['done', 'ban'],
  },
  order: {
    received: ['scheduled', 'inbox'],
    accepted: ['onsite', 'check'],
    refused: ['risk', 'ban'],
    in_work: ['onsite', 'wrench'],
    done: ['done', 'check'],
    confirmed: ['done', 'checkCircle'],
    cancelled: ['done', 'ban'],
  },
  statement: {
    open: ['plain', 'note'],
    closed: ['scheduled', 'statement'],
    sent: ['scheduled', 'mail'],
    disputed: ['risk', 'flag'],
    corrected: ['warn', 'retry'],
    agreed: ['onsite', 'check'],
    invoiced: ['onsite', 'money'],
    part_paid: ['warn', 'money'],
    paid: ['done', 'checkCircle'],
  },
  coverage: {
    covered: ['onsite', 'shieldCheck'],
    partly: ['warn', 'shield'],
    not_covered: ['risk', 'shield'],
    needs_proof: ['warn', 'file'],
  },
  reservation: {
    held: ['scheduled', 'box'],
    released: ['done', 'ban'],
    consumed: ['done', 'check'],
  },
  mail: {
    queued: ['scheduled', 'clock'],
    sent: ['done', 'check'],
    failed: ['risk', 'alert'],
    cancelled: ['done', 'ban'],
  },
  proof: {
    pending: ['warn', 'clock'],
  },
} as const satisfies Record<string, Record<string, Look>>;

export type StateKind = keyof typeof looks;

/** A state's word, or its code where this page is older than the API. */
export function useStateWord(): (kind: StateKind, state: string) => string {
  const { t, has } = useT();
  return useCallback(
    (kind, state) => {
      const key = `state:${kind}.${state}`;
      return has(key) ? t(key) : state;
    },
    [t, has],
  );
}

/** A state as icon, word and colour. A tenant's own sub-state is shown by the word that the server sends. */
export function StatusBadge({ kind, state, word }: { kind: StateKind; state: string; word?: string | undefined }) {
  const wordOf = useStateWord();
  const known = (looks[kind] as Record<string, Look>)[state];
  const [tone, icon] = known ?? ['plain', 'why'];
  return (
    <Pill tone={tone} icon={icon}>
      {word ?? wordOf(kind, state)}
    </Pill>
  );
}

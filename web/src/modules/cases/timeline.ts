import type { AccessSeen, DeskMoment } from '../../api/client';
import type { Formats } from '../../lib/format';
import type { Key, T } from '../../lib/t';
import type { IconName } from '../../ui/icons';
import type { TimelineEntry } from '../../ui/Timeline';

type Fields = Record<string, unknown>;

/** What is needed to put events into words. */
export interface Speech {
  t: T;
  has: (key: string) => key is Key;
  word: (group: string, code: string | undefined) => string;
  formats: Formats;
  /** The site's zone: promises are made in it. */
  zone: string;
  customer: string;
  /** The user who reads, so that what they said and did is called theirs. */
  me: string | undefined;
}

interface Look {
  icon: IconName;
  tone?: TimelineEntry['tone'];
  /** Bookkeeping, unless a person did it. */
  system?: boolean;
}

const looks: Record<string, Look> = {
  'desk.case_opened': { icon: 'inbox', tone: 'brand' },
  'desk.unit_identified': { icon: 'qr', system: true },
  'desk.party_named': { icon: 'users' },
  'desk.case_responded': { icon: 'check', system: true },
  'desk.case_moved': { icon: 'flag' },
  'desk.case_chased': { icon: 'alert', tone: 'risk' },
  'desk.case_rated': { icon: 'star', tone: 'brand' },
  'desk.case_assigned': { icon: 'pin' },
  'warranty.entitlement_decided': { icon: 'shieldCheck' },
  'sla.clock_started': { icon: 'clock', system: true },
  'sla.clock_paused': { icon: 'pause', system: true },
  'sla.clock_resumed': { icon: 'play', system: true },
  'sla.clock_cancelled': { icon: 'ban', system: true },
  'sla.clock_met': { icon: 'check', system: true },
  'sla.clock_warned': { icon: 'clock', tone: 'risk' },
  'sla.clock_breached': { icon: 'alert', tone: 'risk' },
  'remedy.plan_proposed': { icon: 'why' },
  'remedy.plan_superseded': { icon: 'why' },
  'remedy.plan_accepted': { icon: 'check', tone: 'brand' },
  'work.order_ready': { icon: 'wrench', system: true },
  'work.order_moved': { icon: 'wrench', system: true },
  'work.order_kept': { icon: 'wrench' },
  'work.attempt_failed': { icon: 'alert', tone: 'risk' },
  'work.order_completed': { icon: 'checkCircle', tone: 'brand' },
  'work.order_reversed': { icon: 'wrench', system: true },
  'dispatch.appointment_requested': { icon: 'calendar', system: true },
  'dispatch.appointment_scheduled': { icon: 'calendar', tone: 'brand' },
  'dispatch.appointment_moved': { icon: 'truck' },
  'dispatch.appointment_ended': { icon: 'ban', tone: 'risk' },
  'dispatch.reward_earned': { icon: 'money', system: true },
  'parts.reserved': { icon: 'box', system: true },
  'parts.reservation_refused': { icon: 'box', tone: 'risk' },
  'parts.delayed': { icon: 'box', tone: 'risk' },
  'parts.delay_ended': { icon: 'box' },
  'parts.consumed': { icon: 'box', system: true },
  'orders.order_received': { icon: 'inbox', system: true },
  'orders.order_moved': { icon: 'inbox', system: true },
  'field.review_settled': { icon: 'check' },
  'field.visit_recorded': { icon: 'wrench', tone: 'brand' },
  'settlement.charges_rated': { icon: 'money', system: true },
  'settlement.charges_reversed': { icon: 'money', tone: 'risk' },
};

/** What nobody asked for; and whatever happened before it was kept who did it. */
const FETTLE = 'Fettle';

const str = (event: Fields, field: string): string => {
  const value = event[field];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
};

/** An amount of money in words, nothing where there is none. */
function amount(value: unknown, formats: Formats): string {
  const { minor, currency } = (value ?? {}) as Fields;
  return typeof minor === 'number' && typeof currency === 'string' ? formats.money({ minor, currency }) : '';
}

/** The promises that an event of the clocks is about. */
function promises(event: Fields, word: Speech['word']): string {
  // Some events name all the clocks that they are about, others are about one.
  const clocks = Array.isArray(event['clocks']) ? (event['clocks'] as Fields[]) : [(event['clock'] as Fields | undefined) ?? event];
  return [...new Set(clocks.map((clock) => word('promise', str(clock, 'kind'))))].join(', ');
}

/** The words that the sentences of events may use; each takes those it needs. */
function values(event: Fields, speech: Speech, name: string): Record<string, string | number> {
  const { word, formats, zone } = speech;
  const stateKind = name.startsWith('work.') ? 'work' : name.startsWith('dispatch.') ? 'appointment' : name.startsWith('orders.') ? 'order' : 'case';
  const state = (code: string) => {
    const key = `state:${stateKind}.${code}`;
    return speech.has(key) ? speech.t(key) : code;
  };
  const from = str(event, 'start_at');
  const until = str(event, 'end_at');
  return {
    channel: word('channel', str(event, 'channel')),
    workType: word('workType', str(event, 'work_type')),
    to: state(str(event, 'to') || str(event, 'state')),
    times: str(event, 'times'),
    stars: str(event, 'stars'),
    party: word('part', str(event, 'role')),
    mode: word('mode', str(event, 'mode')),
    options: str(event, 'options'),
    outcome: word('outcome', str(event, 'outcome')),
    standing: word('standing', str(event, 'standing')),
    promise: name.startsWith('sla.') ? promises(event, word) : '',
    minutes: str(event, 'worked_minutes'),
    reward: amount(event['reward'], formats),
    lost: amount(event['reward_lost'], formats),
    window: from && until ? `${formats.day(from, zone)}, ${formats.window(from, until, zone)}` : '',
  };
}

/** Of all that becomes of an appointment, what somebody at the desk would tell the customer. */
const seen = new Set(['travelling', 'on_site', 'cannot_complete', 'absent', 'missed', 'declined', 'timed_out']);

/** Who it was, as the reader may know it; `nobody` where that was not kept. */
function who(actor: AccessSeen | undefined, { t, word, customer, me }: Speech, nobody: string): string {
  if (actor?.user && actor.user === me) return t('case:you');
  if (actor?.name) return actor.name;
  if (actor?.kind === 'customer') return customer;
  if (actor?.kind === 'system') return FETTLE;
  return word('actor', actor?.kind) || nobody;
}

/** Whether somebody decided it, rather than Fettle or another program. */
const byPerson = (actor: AccessSeen | undefined): boolean => !!actor?.kind && actor.kind !== 'system' && actor.kind !== 'token';

function ofEvent(moment: DeskMoment, id: string, speech: Speech): TimelineEntry {
  const name = moment.kind.replace(/\.v\d+$/, '');
  const look = looks[name] ?? { icon: 'note', system: true };
  const event = (moment.event ?? {}) as Fields;
  const key = `event:${name}${event['reward_lost'] ? '_lost' : ''}`;
  const bookkeeping = look.system ?? (name === 'dispatch.appointment_moved' && !seen.has(str(event, 'to')));
  // Of a first answer the answer itself is shown.
  const system = bookkeeping && (name === 'desk.case_responded' || !byPerson(moment.actor));
  const what = speech.has(key) ? speech.t(key, values(event, speech, name)) : name;
  return { id, ...look, system, actor: who(moment.actor, speech, FETTLE), what, at: moment.at };
}

function ofWords(moment: DeskMoment, id: string, speech: Speech): TimelineEntry {
  const { t, word } = speech;
  const text = moment.erased ? t('case:erased') : moment.hidden ? t('case:hidden') : (moment.text ?? '');
  const lang = moment.erased || moment.hidden ? undefined : moment.language;
  const actor = who(moment.actor, speech, t('case:desk'));
  const common = { id, at: moment.at, actor, body: { text, lang }, source: word('channel', moment.channel) || undefined };
  switch (moment.kind) {
    case 'message_in':
      return { ...common, icon: 'chat', what: t('case:wrote') };
    case 'message_out':
      return { ...common, icon: 'mail', what: t('case:answered') };
    default:
      return { ...common, icon: 'note', what: t('case:noted') };
  }
}

/** What only repeats a move of the case, for those who keep orders. */
const echo = /^desk\.order_followed\./;

/** The moments of a case as entries of a timeline. */
export function toEntries(moments: DeskMoment[], speech: Speech): TimelineEntry[] {
  return moments.filter(({ kind }) => !echo.test(kind)).map((moment, index) => {
    const id = `${moment.at}-${index}`;
    return moment.kind.includes('.') ? ofEvent(moment, id, speech) : ofWords(moment, id, speech);
  });
}

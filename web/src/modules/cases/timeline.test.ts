import { describe, expect, it } from 'vitest';
import type { DeskMoment } from '../../api/client';
import { type Speech, toEntries } from './timeline';

const me = 'usr_1';
const speech: Speech = {
  t: (key) => key,
  has: (key): key is never => !key.includes('nonsense'),
  word: (group, code) => (code ? `${group}.${code}` : ''),
  formats: {} as Speech['formats'],
  zone: 'UTC',
  customer: 'Mei Lindqvist',
  me,
};

const one = (kind: string, actor?: DeskMoment['actor']) => {
  const [entry] = toEntries([{ at: '2026-11-26T10:00:00Z', kind, ...(actor ? { actor } : {}) } as DeskMoment], speech);
  if (!entry) throw new Error('no entry');
  return entry;
};

describe('who did it', () => {
  it('is called by name where the reader may know it, and themselves "you"', () => {
    expect(one('desk.case_moved.v1', { kind: 'staff', user: 'usr_2', name: 'Bo Agent' }).actor).toBe('Bo Agent');
    expect(one('desk.case_moved.v1', { kind: 'staff', user: me, name: 'Ada' }).actor).toBe('case:you');
    expect(one('desk.case_opened.v1', { kind: 'token', name: 'Web shop' }).actor).toBe('Web shop');
    expect(one('message_out', { user: 'usr_2', name: 'Bo Agent' }).actor).toBe('Bo Agent');
  });
  it('is called by its kind where there is no name', () => {
    expect(one('desk.case_moved.v1', { kind: 'staff' }).actor).toBe('actor.staff');
    expect(one('sla.clock_met.v1', { kind: 'system' }).actor).toBe('Fettle');
    expect(one('desk.case_chased.v1', { kind: 'customer' }).actor).toBe('Mei Lindqvist');
    expect(one('message_in', { kind: 'customer' }).actor).toBe('Mei Lindqvist');
  });
  it('is Fettle, or the desk, for what happened before it was kept', () => {
    expect(one('desk.case_moved.v1').actor).toBe('Fettle');
    expect(one('message_out').actor).toBe('case:desk');
  });
});

describe('a new time', () => {
  it('says what reward is lost with the one before', () => {
    const moved = (event: object) => toEntries([{ at: '2026-11-26T10:00:00Z', kind: 'dispatch.appointment_scheduled.v1', event } as DeskMoment], { ...speech, ...inWords })[0]?.what;
    const inWords: Partial<Speech> = {
      t: ((key: string, values?: { lost: string }) => `${key} ${values?.lost ?? ''}`) as Speech['t'],
      formats: { money: ({ minor, currency }: { minor: number; currency: string }) => `${currency} ${minor / 100}` } as Speech['formats'],
    };
    expect(moved({ reward_lost: { minor: 600, currency: 'EUR' } })).toBe('event:dispatch.appointment_scheduled_lost EUR 6');
    expect(moved({ reward: { minor: 600, currency: 'EUR' } })).toBe('event:dispatch.appointment_scheduled ');
  });
});

describe('bookkeeping', () => {
  it('is folded away unless a person did it', () => {
    expect(one('work.order_reversed.v1', { kind: 'system' }).system).toBe(true);
    expect(one('work.order_reversed.v1', { kind: 'token', name: 'ERP' }).system).toBe(true);
    expect(one('work.order_reversed.v1').system).toBe(true);
    expect(one('work.order_reversed.v1', { kind: 'staff', name: 'Fi Nance' }).system).toBe(false);
  });
  it('leaves the first answer to the message that gave it', () => {
    expect(one('desk.case_responded.v1', { kind: 'staff', name: 'Bo Agent' }).system).toBe(true);
  });
});

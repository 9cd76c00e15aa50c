import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import type { IconName } from '../../../ui/icons';
import { WINDOW } from '../clock';
import type { Tried } from '../contract';
import type { BoardModel } from '../model';
import { type Cargo, type Cell, promiseAt } from './cells';

export interface Line {
  tone: 'good' | 'bad' | 'plain';
  icon: IconName;
  text: string;
}

const MINUTE = 60;
const SHOWN = 3;

const sign = (value: number, text: string) => `${value < 0 ? '−' : '+'}${text}`;

/** A difference with its sign; nothing where there is none. */
export function useSigned(): { time: (seconds: number) => string; cost: (amount: { minor: number; currency: string }) => string } {
  const { duration, money } = useFormats();
  return {
    time: (seconds) => (Math.abs(seconds) < MINUTE ? '' : sign(seconds, duration(seconds * 1000))),
    cost: ({ minor, currency }) => (minor === 0 ? '' : sign(minor, money({ minor: Math.abs(minor), currency }))),
  };
}

/** What would follow, in words: whether it fits, what it costs, who else is moved, and what the customer is promised. */
export function useConsequences(model: BoardModel, nameOf: (technician: string) => string): (cargo: Cargo, cell: Cell, tried: Tried) => Line[] {
  const { t } = useT();
  const word = useWord();
  const { window, time } = useFormats();
  const signed = useSigned();
  const { zone } = model.view;
  const span = (from: number, until: number) => window(new Date(from), new Date(until), zone);

  const verdict = (who: string, tried: Tried): Line[] => {
    if (tried.fits) return [{ tone: 'good', icon: 'check', text: tried.slot ? t('board:try.fits', { window: window(tried.slot.service_start_at, tried.slot.service_end_at, zone) }) : t('board:try.fitsPlain') }];
    const refusal: Line = { tone: 'bad', icon: 'ban', text: t('board:try.fitsNot', { who, rule: word('block', tried.rule ?? 'window') }) };
    return tried.hard ? [refusal] : [refusal, { tone: 'plain', icon: 'why', text: t('board:try.allTheSame') }];
  };
  const prices = (tried: Tried): Line[] => {
    const rows: [string, number, 'cost' | 'travel' | 'overtime' | 'late'][] = [
      [tried.cost ? signed.cost(tried.cost) : '', tried.cost?.minor ?? 0, 'cost'],
      [signed.time(tried.travel_seconds), tried.travel_seconds, 'travel'],
      [signed.time(tried.overtime_seconds), tried.overtime_seconds, 'overtime'],
      [signed.time(tried.late_seconds), tried.late_seconds, 'late'],
    ];
    const told = rows.filter(([text]) => text !== '').map(([text, value, kind]): Line => ({ tone: value > 0 ? 'bad' : 'good', icon: kind === 'cost' ? 'money' : kind === 'travel' ? 'truck' : 'clock', text: t(`board:try.${kind}`, { difference: text }) }));
    return told.length > 0 || !tried.fits ? told : [{ tone: 'good', icon: 'check', text: t('board:try.free') }];
  };
  const others = (tried: Tried): Line[] => {
    if (tried.shifted.length === 0) return [];
    const lines = tried.shifted.slice(0, SHOWN).map(({ appointment, from, to }): Line => {
      const visit = model.visit.get(appointment);
      return { tone: 'plain', icon: 'chevronRight', text: t('board:try.shift', { reference: visit?.bar.reference ?? '', who: visit ? nameOf(visit.technician) : '', from: time(from, zone), to: time(to, zone) }) };
    });
    return [{ tone: 'plain', icon: 'users', text: t('board:try.shifted', { count: tried.shifted.length }) }, ...lines];
  };
  const promise = (cargo: Cargo, cell: Cell): Line[] => {
    const start = promiseAt(cargo, cell);
    if (!cargo.promised) return [{ tone: 'plain', icon: 'calendar', text: t('board:try.promise', { window: span(start, start + WINDOW) }) }];
    if (start === cargo.promised.from) return [{ tone: 'good', icon: 'calendar', text: t('board:try.promiseKept', { window: span(start, cargo.promised.until) }) }];
    return [{ tone: 'bad', icon: 'calendar', text: t('board:try.promiseNew', { window: span(start, start + WINDOW), before: span(cargo.promised.from, cargo.promised.until) }) }];
  };
  return (cargo, cell, tried) => [...verdict(nameOf(cell.technician), tried), ...(tried.hard ? [] : [...prices(tried), ...promise(cargo, cell), ...others(tried)])];
}

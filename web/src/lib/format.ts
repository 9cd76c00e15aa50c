import { useMemo } from 'react';
import { useT } from './t';

/** Money as the API carries it: minor units and an ISO 4217 code. */
export interface Amount {
  minor: number;
  currency: string;
}

export interface Formats {
  locale: string;
  zone: string;
  /** "21 Nov, 14:05"; with `zone` in that zone instead of the viewer's. */
  instant: (at: string | Date, zone?: string) => string;
  /** "Thursday 21 November 2024 at 14:05 CET": nothing left to guess. */
  instantFull: (at: string | Date, zone?: string) => string;
  time: (at: string | Date, zone?: string) => string;
  day: (at: string | Date, zone?: string) => string;
  /** A calendar day "2024-11-21", which has no zone. */
  date: (day: string) => string;
  /** "14:00 – 16:00" on one day, in the given zone. */
  window: (from: string | Date, until: string | Date, zone?: string) => string;
  relative: (at: string | Date, now: Date) => string;
  duration: (ms: number) => string;
  money: (amount: Amount) => string;
  number: (value: number, options?: Intl.NumberFormatOptions) => string;
  percent: (share: number) => string;
  list: (items: string[]) => string;
}

/** The browser's own variant of the language where it has one ("en-US"), so that dates look as its user expects. */
export function localeFor(lang: string, preferred: readonly string[]): string {
  const base = lang.split('-')[0];
  return preferred.find((tag) => tag.split('-')[0] === base) ?? (lang === 'en' ? 'en-GB' : lang);
}

/** Digits after the point of a currency: 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The two largest units that matter, as [count, unit]: 2 h 10 min, 3 d 4 h, 45 min. Less than a minute counts as one. */
export function durationParts(ms: number): [number, 'day' | 'hour' | 'minute'][] {
  const left = Math.abs(ms);
  const days = Math.floor(left / DAY);
  const hours = Math.floor((left % DAY) / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  if (days > 0) return hours > 0 ? [[days, 'day'], [hours, 'hour']] : [[days, 'day']];
  if (hours > 0) return minutes > 0 ? [[hours, 'hour'], [minutes, 'minute']] : [[hours, 'hour']];
  return [[Math.max(1, minutes), 'minute']];
}

export function createFormats(locale: string, zone: string): Formats {
  const dates = new Map<string, Intl.DateTimeFormat>();
  const dateFormat = (options: Intl.DateTimeFormatOptions, at?: string): Intl.DateTimeFormat => {
    const key = JSON.stringify([options, at]);
    let format = dates.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(locale, { ...options, timeZone: at ?? zone });
      dates.set(key, format);
    }
    return format;
  };
  const hour = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const numbers = new Intl.NumberFormat(locale);
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });

  return {
    locale,
    zone,
    instant: (at, z) => dateFormat({ day: 'numeric', month: 'short', ...hour }, z).format(new Date(at)),
    instantFull: (at, z) =>
      dateFormat({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', ...hour, timeZoneName: 'short' }, z).format(new Date(at)),
    time: (at, z) => dateFormat(hour, z).format(new Date(at)),
    day: (at, z) => dateFormat({ weekday: 'short', day: 'numeric', month: 'short' }, z).format(new Date(at)),
    date: (value) => dateFormat({ day: 'numeric', month: 'short', year: 'numeric' }, 'UTC').format(new Date(`${value}T00:00:00Z`)),
    window: (from, until, z) => `${dateFormat(hour, z).format(new Date(from))} – ${dateFormat(hour, z).format(new Date(until))}`,
    relative: (at, now) => {
      const ms = new Date(at).getTime() - now.getTime();
      if (Math.abs(ms) >= DAY) return relatives.format(Math.trunc(ms / DAY), 'day');
      if (Math.abs(ms) >= HOUR) return relatives.format(Math.trunc(ms / HOUR), 'hour');
      return relatives.format(Math.trunc(ms / MINUTE), 'minute');
    },
    duration: (ms) =>
      durationParts(ms)
        .map(([count, unit]) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(count))
        .join(' '),
    money: ({ minor, currency }) =>
      new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'code' }).format(minor / 10 ** minorDigits(currency)),
    number: (value, options) => (options ? new Intl.NumberFormat(locale, options) : numbers).format(value),
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share),
    list: (items) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
  };
}

const made = new Map<string, Formats>();

/** Formats in the viewer's language and zone; made once for each language. */
export function useFormats(): Formats {
  const { lang } = useT();
  return useMemo(() => {
    const known = made.get(lang);
    if (known) return known;
    const formats = createFormats(localeFor(lang, navigator.languages), Intl.DateTimeFormat().resolvedOptions().timeZone);
    made.set(lang, formats);
    return formats;
  }, [lang]);
}

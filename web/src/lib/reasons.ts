import { useCallback } from 'react';
import { type Formats, useFormats } from './format';
import { useCountries } from './countries';
import { useT } from './t';
import { useWord } from './words';

/** A reason as every decision of the API gives it: a stable code and its values. */
export interface CodedReason {
  code: string;
  args?: Record<string, unknown> | undefined;
}

const DAY = 86_400_000;

/** The day before: the API's `until` is exclusive, people name the last day. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY).toISOString().slice(0, 10);
}

type Words = { formats: Formats; country: (code: string) => string; word: (group: string, code: string) => string; currency: string };

/** The values of a reason as its sentence wants them: money as money, odds as per cent, codes as words. */
export function reasonValues(args: Record<string, unknown> | undefined, { formats, country, word, currency }: Words): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(args ?? {})) {
    if (name.endsWith('_minor') && typeof value === 'number') out[name.replace('_minor', '')] = formats.money({ minor: value, currency });
    else if ((name === 'permille' || name === 'needed') && typeof value === 'number') out[name] = formats.percent(value / 1000);
    else if (name === 'hours' && typeof value === 'number') out[name] = formats.duration(value * 3_600_000);
    else if (name === 'until') out[name] = formats.date(dayBefore(String(value)));
    else if (name === 'from') out[name] = formats.date(String(value));
    else if (name === 'country' || name === 'sold_in') out[name] = country(String(value));
    else if (name === 'work' || name === 'work_type') out[name] = word('workType', String(value));
    else if (name === 'mode') out[name] = word('mode', String(value));
    else out[name] = typeof value === 'number' ? value : String(value);
  }
  return out;
}

/** Puts a reason into the user's words; a code that this page does not know yet is shown as it is. */
export function useReason(currency = 'EUR'): (reason: CodedReason) => string {
  const { t, has } = useT();
  const word = useWord();
  const formats = useFormats();
  const country = useCountries();
  return useCallback(
    ({ code, args }) => {
      const key = `reason:${code}`;
      return has(key) ? t(key, reasonValues(args, { formats, country, word, currency })) : code;
    },
    [t, has, word, formats, country, currency],
  );
}

import { useMemo } from 'react';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import type { Change, Unit } from './figures';

const MINUTE = 60_000;

export interface Shown {
  /** A value that is known, as people read it. */
  value: (unit: Unit, value: number) => string;
  /** By how much it has changed, with its sign. */
  change: (unit: Unit, change: Change) => string;
}

/** Figures in the user's language. */
export function useShown(): Shown {
  const { t } = useT();
  const { number, duration, percent } = useFormats();
  return useMemo(
    () => ({
      value: (unit, value) => {
        switch (unit) {
          case 'count':
            return number(value);
          case 'minutes':
            return duration(value * MINUTE);
          case 'permille':
            return percent(value / 1000);
          case 'hundredths':
            return number(value / 100, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
        }
      },
      change: (unit, { by }) => {
        switch (unit) {
          case 'count':
          case 'minutes':
            return number(by, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 });
          case 'permille':
            return t('insight:points', { points: number(by / 10, { signDisplay: 'exceptZero', maximumFractionDigits: 0 }) });
          case 'hundredths':
            return number(by / 100, { signDisplay: 'exceptZero', minimumFractionDigits: 2, maximumFractionDigits: 2 });
        }
      },
    }),
    [t, number, duration, percent],
  );
}

import { useCallback } from 'react';
import { type Amount, minorDigits, useFormats } from './format';

/** Money as it is said to a customer: "€6", "¥6.50". */
export function useShortMoney(): (amount: Amount) => string {
  const { locale } = useFormats();
  return useCallback(
    ({ minor, currency }) =>
      new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', trailingZeroDisplay: 'stripIfInteger' }).format(minor / 10 ** minorDigits(currency)),
    [locale],
  );
}

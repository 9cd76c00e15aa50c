import { useCallback } from 'react';
import { type Key, useT } from './t';

/** What a charge follows from ("call_minor"), in words; a code that is newer than this page as it is. */
export function useChargeRule(): (rule: string) => string {
  const { t, has } = useT();
  return useCallback(
    (rule) => {
      const key = `charge:rule.${rule}`;
      return has(key) ? t(key satisfies Key) : rule;
    },
    [t, has],
  );
}

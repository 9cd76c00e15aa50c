import { useCallback } from 'react';
import { type Key, useT } from './t';

/** Translates a code of the API ("repair", "portal"), or shows the code itself where this page is older than the API. */
export function useWord(): (group: string, code: string | undefined) => string {
  const { t, has } = useT();
  return useCallback(
    (group, code) => {
      if (!code) return '';
      const key = `word:${group}.${code}`;
      return has(key) ? t(key satisfies Key) : code;
    },
    [t, has],
  );
}

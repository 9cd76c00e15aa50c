import { useCallback } from 'react';
import { type Key, useT } from './t';

const missed = new Set<string>();

/** Says once that a code has no words: a journey fails by it, and a user is none the wiser. */
function miss(key: string): void {
  if (missed.has(key)) return;
  missed.add(key);
  // oxlint-disable-next-line eslint/no-console -- for whoever looks for it; there is nothing that the user could do
  console.warn(`no words for ${key}`);
}

/** Translates a code of the API ("repair", "portal"), by the words of all pages or those of the board alone, or shows the code itself where this page is older than the API. */
export function useWord(space: 'word' | 'board' = 'word'): (group: string, code: string | undefined) => string {
  const { t, has } = useT();
  return useCallback(
    (group, code) => {
      if (!code) return '';
      const key = `${space}:${group}.${code}`;
      if (has(key)) return t(key satisfies Key);
      miss(key);
      return code;
    },
    [t, has, space],
  );
}

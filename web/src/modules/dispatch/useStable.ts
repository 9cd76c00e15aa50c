import { useCallback, useLayoutEffect, useRef } from 'react';

/** A callback that stays the same one while what it does is renewed with each drawing: who is given it need not be drawn anew. Not to be called while drawing. */
export function useStable<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}

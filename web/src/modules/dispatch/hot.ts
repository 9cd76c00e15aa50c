import { useSyncExternalStore } from 'react';

/* What is pointed at, on the board or on the map: each shows it. Not in React's state, so that a pointer that passes over draws little anew. */

let hot: string | undefined;
const listeners = new Set<() => void>();

export function setHot(id: string | undefined): void {
  if (id === hot) return;
  hot = id;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The visit (or the work order that nobody has) that is pointed at. */
export const useHot = (): string | undefined => useSyncExternalStore(subscribe, () => hot);

/** The same for who shows only some of them: told when it is one of those, so that the others are not drawn anew. */
export const useHotAmong = (mine: (id: string) => boolean): string | undefined => useSyncExternalStore(subscribe, () => (hot !== undefined && mine(hot) ? hot : undefined));

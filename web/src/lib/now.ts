import { useSyncExternalStore } from 'react';

let now = Date.now();
let offset = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now() + offset;
  for (const listener of listeners) listener();
}

/** An answer takes its time: within this the clocks are said to agree, or each answer would have all that shows the time drawn anew. */
const AGREE_MS = 1_000;

/**
 * Follows the server's clock: the demo plays on a domain clock of its own, and a wrong clock on the desk must not
 * turn a promise red.
 */
export function followServerClock(serverNow: string): void {
  const apart = Date.parse(serverNow) - Date.now();
  if (Math.abs(apart - offset) < AGREE_MS) return;
  offset = apart;
  tick();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 15_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Now on the server's clock, renewed every quarter of a minute for all who show it. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

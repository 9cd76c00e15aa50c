import { useEffect, useRef } from 'react';

/** Something has changed; whoever shows it fetches it again. */
export interface Hint {
  topic: string;
  id?: string;
  version?: number;
}

type Listener = (hint: Hint | null) => void;

const REOPEN_MS = 5_000;
/** The database has just come back, and every open screen of everybody hears so at once: they ask again spread over this time. */
const SPREAD_MS = 2_000;
const listeners = new Map<string, Set<Listener>>();
const client = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
let source: EventSource | undefined;
let reopen: ReturnType<typeof setTimeout> | undefined;
let refetch: ReturnType<typeof setTimeout> | undefined;

function tell(topic: string | null, hint: Hint | null): void {
  for (const [name, set] of listeners) if (topic === null || topic === name) for (const listener of set) listener(hint);
}

/** One stream for the whole page, opened anew when what it should hear changes. */
function open(): void {
  clearTimeout(reopen);
  source?.close();
  source = undefined;
  if (listeners.size === 0) return;
  const query = new URLSearchParams([...[...listeners.keys()].map((topic) => ['topic', topic]), ['client', client]]);
  const stream = new EventSource(`/v1/hints?${query}`);
  source = stream;
  stream.addEventListener('ready', () => tell(null, null)); // may have missed something while it was closed
  stream.addEventListener('missed', () => {
    if (source !== stream) return;
    clearTimeout(refetch);
    refetch = setTimeout(() => tell(null, null), Math.random() * SPREAD_MS);
  });
  stream.addEventListener('hint', (event: MessageEvent<string>) => {
    const hint = JSON.parse(event.data) as Hint;
    tell(hint.topic, hint);
  });
  stream.addEventListener('error', () => {
    if (stream.readyState === EventSource.CLOSED && source === stream) reopen = setTimeout(open, REOPEN_MS);
  });
}

let queued = false;
function soon(): void {
  if (queued) return;
  queued = true;
  queueMicrotask(() => {
    queued = false;
    open();
  });
}

/** Hears of changes to a topic while the component is mounted; null means: fetch everything, something may be missed. */
export function useHints(topic: string, onHint: Listener): void {
  const latest = useRef(onHint);
  useEffect(() => {
    latest.current = onHint;
  });
  useEffect(() => {
    const listener: Listener = (hint) => latest.current(hint);
    const set = listeners.get(topic) ?? new Set();
    if (set.size === 0) soon();
    listeners.set(topic, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size > 0) return;
      listeners.delete(topic);
      soon();
    };
  }, [topic]);
}

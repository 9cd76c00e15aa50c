import { useSyncExternalStore } from 'react';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'error';
  /** Offered while outward effects still wait. */
  undo?: (() => void) | undefined;
}

/** How long an effect can still be taken back: as long as mail, webhooks and money wait on the server. */
export const UNDO_MS = 10_000;
const PLAIN_MS = 6_000;

let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();
const timers = new Map<number, ReturnType<typeof setTimeout>>();

function set(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function dismissToast(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  set(toasts.filter((toast) => toast.id !== id));
}

/** Shows a toast and returns its number. Errors stay until they are dismissed. */
export function showToast(text: string, options: { tone?: Toast['tone']; undo?: () => void } = {}): number {
  const id = ++last;
  const toast: Toast = { id, text, tone: options.tone ?? 'plain', undo: options.undo };
  set([...toasts.slice(-2), toast]);
  if (toast.tone !== 'error') {
    timers.set(id, setTimeout(() => dismissToast(id), toast.undo ? UNDO_MS : PLAIN_MS));
  }
  return id;
}

export function useToasts(): Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}

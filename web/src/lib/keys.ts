import { useEffect, useRef } from 'react';
import { getPrefs } from './prefs';

/** "mod+k", "?", "j", or a sequence of two letters such as "g c". */
export type Keymap = Record<string, () => void>;

const SEQUENCE_MS = 1200;

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function name(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key;
}

/** A letter alone may be switched off by its user and never fires while something is typed or a dialog or menu is open. */
function allowed(key: string, event: KeyboardEvent): boolean {
  if (key.startsWith('mod+')) return true;
  if (event.altKey || inField(event.target) || document.querySelector('[role=dialog], [role=menu]')) return false;
  return key.length > 1 || getPrefs().letterKeys;
}

/** Decides which binding a key press fires, given the letter pressed just before it. */
export function resolveKey(map: Keymap, key: string, before: string | null): string | null {
  if (before && map[`${before} ${key}`]) return `${before} ${key}`;
  return map[key] ? key : null;
}

/** Binds keys while the component is mounted. The newest map is always the one that fires. */
export function useKeys(map: Keymap): void {
  const latest = useRef(map);
  useEffect(() => {
    latest.current = map;
  });
  useEffect(() => {
    let before: string | null = null;
    let forget: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      const key = name(event);
      if (!allowed(key, event)) return;
      const hit = resolveKey(latest.current, key, before);
      clearTimeout(forget);
      before = hit ? null : key;
      forget = setTimeout(() => {
        before = null;
      }, SEQUENCE_MS);
      if (!hit) return;
      // On a button or link, Enter and Space belong to that element.
      if (hit === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a,button')) return;
      event.preventDefault();
      latest.current[hit]?.();
    };
    // Before anything else hears the key: what it closes must still be there to be seen.
    document.addEventListener('keydown', onKey, true);
    return () => {
      clearTimeout(forget);
      document.removeEventListener('keydown', onKey, true);
    };
  }, []);
}

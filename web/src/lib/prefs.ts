import { useSyncExternalStore } from 'react';

export const languages = ['en', 'zh-CN'] as const;
export type Lang = (typeof languages)[number];
export type Theme = 'system' | 'light' | 'dark';

/** What this browser remembers for its user. The signed-in user's settings overwrite it after login. */
export interface Prefs {
  theme: Theme;
  /** null: follow the browser. */
  lang: Lang | null;
  navFolded: boolean;
  /** Shortcuts of a single letter (WCAG 2.1.4 asks for a way to switch them off). */
  letterKeys: boolean;
}

const KEY = 'fettle.prefs'; // public/boot.js reads the same entry before the first paint
const defaults: Prefs = { theme: 'system', lang: null, navFolded: false, letterKeys: true };

let current = read();
const listeners = new Set<() => void>();

function read(): Prefs {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return { ...defaults, ...(stored as Partial<Prefs>) };
  } catch {
    return defaults; // unreadable or forbidden storage: the defaults serve for this visit
  }
}

export function getPrefs(): Prefs {
  return current;
}

export function setPrefs(change: Partial<Prefs>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Private browsing may refuse storage; the choice then holds until the page is left.
  }
  for (const listener of listeners) listener();
}

export function subscribePrefs(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(subscribePrefs, getPrefs);
}

/** The language to speak: the chosen one, else the browser's if we have it, else English. */
export function chosenLang(prefs: Prefs = current, browser: string = navigator.language): Lang {
  if (prefs.lang && languages.includes(prefs.lang)) return prefs.lang;
  return /^zh/i.test(browser) ? 'zh-CN' : 'en';
}

const darkQuery = '(prefers-color-scheme: dark)';

function subscribeScheme(listener: () => void): () => void {
  const media = matchMedia(darkQuery);
  media.addEventListener('change', listener);
  const stop = subscribePrefs(listener);
  return () => {
    media.removeEventListener('change', listener);
    stop();
  };
}

function scheme(): 'light' | 'dark' {
  if (current.theme !== 'system') return current.theme;
  return matchMedia(darkQuery).matches ? 'dark' : 'light';
}

/** The theme in force now; follows the system while the user has chosen none. */
export function useScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribeScheme, scheme);
}

import { useSyncExternalStore } from 'react';

/** The public pages, by path. */
export type PublicRoute = { page: 'home' } | { page: 'check'; serial: string } | { page: 'ask'; serial: string; brand: string } | { page: 'case'; link: string } | { page: 'unknown' };

export function readRoute(path: string, search: string): PublicRoute {
  const query = new URLSearchParams(search);
  const serial = query.get('serial') ?? '';
  const parts = path.replace(/^\/p\/?/, '').split('/').filter(Boolean);
  switch (parts[0]) {
    case undefined:
      return { page: 'home' };
    case 'check':
      return { page: 'check', serial };
    case 'ask':
      return { page: 'ask', serial, brand: query.get('brand') ?? '' };
    case 'c':
      return parts[1] ? { page: 'case', link: decodeURIComponent(parts[1]) } : { page: 'unknown' };
    default:
      return { page: 'unknown' };
  }
}

const listeners = new Set<() => void>();
const here = () => location.pathname + location.search;

addEventListener('popstate', () => {
  for (const listener of listeners) listener();
});

/** Goes to another public page without loading the site again. */
export function go(to: string): void {
  history.pushState(null, '', to);
  scrollTo(0, 0);
  for (const listener of listeners) listener();
  document.getElementById('main')?.focus({ preventScroll: true });
}

export function useRoute(): PublicRoute {
  const at = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    here,
  );
  const [path = '', search = ''] = at.split('?');
  return readRoute(path, search);
}

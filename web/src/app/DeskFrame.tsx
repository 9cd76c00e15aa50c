import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isProblem } from '../api/problem';
import { type Me, signOut, useMe, useSetting } from '../lib/session';
import { useT } from '../lib/t';
import { AppShell } from '../ui/shell/AppShell';
import { useNav } from './nav';

function useRole(me: Me | undefined): string {
  const { t, has } = useT();
  const roles = [...new Set(me?.grants.map((grant) => grant.role) ?? [])];
  return roles
    .map((role) => {
      const key = `role:${role}`;
      return has(key) ? t(key) : role;
    })
    .join(', ');
}

/** A session that ends while somebody works leads to the login, and back to where they were. */
function useExpiry(): void {
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || !isProblem(event.query.state.error) || event.query.state.error.status !== 401) return;
        const next = router.state.location.href;
        if (next.startsWith('/login')) return;
        queries.clear();
        void router.navigate({ to: '/login', search: { next, expired: true } });
      }),
    [queries, router],
  );
}

/** A new page begins at its top, with the focus where a screen reader starts to read. */
function useFocusOnArrival(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) document.getElementById('main')?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
}

/** The desk's frame around every page behind the login. */
export function DeskFrame() {
  const me = useMe();
  const nav = useNav();
  const role = useRole(me);
  const save = useSetting();
  const router = useRouter();
  const queries = useQueryClient();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useExpiry();
  useFocusOnArrival(path);

  const leave = async () => {
    await signOut().catch(() => undefined); // the page forgets everything either way
    queries.clear();
    await router.navigate({ to: '/login' });
  };
  return (
    <AppShell
      groups={nav}
      path={path}
      go={(to) => void router.navigate({ to })}
      find={(query) => void router.navigate({ to: '/cases', search: { q: query } })}
      account={{ name: me?.name ?? '', role, tenant: me?.tenant ?? '', signOut: () => void leave(), save }}
    >
      <Outlet />
    </AppShell>
  );
}

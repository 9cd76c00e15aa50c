import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, body, type LoginMe, match } from '../api/client';
import { setLanguage } from './i18n';
import { getPrefs, type Lang, languages, setPrefs, type Theme } from './prefs';

export type Me = LoginMe;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => body(api.GET('/v1/me', { signal })),
  staleTime: 5 * 60_000,
});

/** Who is signed in. Only pages behind the login use it, so somebody always is. */
export function useMe(): Me | undefined {
  return useQuery(meQuery).data;
}

/** Whether the user may do something to anything at all; what it is refused for, the server says. */
export function useMay(): (action: string) => boolean {
  const permissions = useMe()?.permissions;
  return useCallback((action) => permissions?.includes(action) ?? false, [permissions]);
}

/** The user's own settings win over what this browser remembers; a setting that was never made is taken from here. */
export async function adoptSettings(me: Me): Promise<void> {
  if (me.theme === 'light' || me.theme === 'dark' || me.theme === 'system') setPrefs({ theme: me.theme });
  const lang = languages.find((known) => known === me.language || known.split('-')[0] === me.language.split('-')[0]);
  if (lang && me.language !== '' && getPrefs().lang !== lang) await setLanguage(lang);
}

export interface Choice {
  theme?: Theme;
  language?: Lang;
}

/** Keeps a choice on this device, at once. */
export function keepHere({ theme, language }: Choice): void {
  if (theme) setPrefs({ theme });
  if (language) void setLanguage(language);
}

/** Keeps a choice on this device at once, and with the account as soon as the server answers. */
export function useSetting(): (change: Choice) => void {
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: async (change: Choice) => {
      const me = queries.getQueryData(meQuery.queryKey);
      if (!me) return;
      queries.setQueryData(meQuery.queryKey, await body(api.PATCH('/v1/me', { body: change, params: { header: match(me.version) } })));
    },
  });
  return (change) => {
    keepHere(change);
    save.mutate(change);
  };
}

export async function signIn(login: string, password: string): Promise<void> {
  await api.POST('/v1/login', { body: { login, password } });
}

export async function signOut(): Promise<void> {
  await api.POST('/v1/logout', {});
}

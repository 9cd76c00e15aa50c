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

export interface Choice {
  theme?: Theme;
  language?: Lang;
}

/** What was chosen before anybody signed in: it belongs to whoever does. */
let waiting: Choice = {};

function apply({ theme, language }: Choice): void {
  if (theme) setPrefs({ theme });
  if (language) void setLanguage(language);
}

/** Keeps a choice on this device, at once; whoever signs in next takes it into their account. */
export function keepHere(choice: Choice): void {
  waiting = { ...waiting, ...choice };
  apply(choice);
}

const saveChoice = (me: Me, change: Choice): Promise<Me> => body(api.PATCH('/v1/me', { body: change, params: { header: match(me.version) } }));

/**
 * The account's settings win over what this browser remembers, except for what was chosen a moment ago beside the
 * login: that becomes the account's.
 */
export async function adoptSettings(me: Me): Promise<Me> {
  const chosen = waiting;
  waiting = {};
  const now = chosen.theme || chosen.language ? await saveChoice(me, chosen).catch(() => me) : me;
  if (now.theme === 'light' || now.theme === 'dark' || now.theme === 'system') setPrefs({ theme: now.theme });
  const lang = languages.find((known) => known === now.language || known.split('-')[0] === now.language.split('-')[0]);
  if (lang && getPrefs().lang !== lang) await setLanguage(lang);
  return now;
}

/** Keeps a choice on this device at once, and with the account as soon as the server answers. */
export function useSetting(): (change: Choice) => void {
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: async (change: Choice) => {
      const me = queries.getQueryData(meQuery.queryKey);
      if (!me) return;
      queries.setQueryData(meQuery.queryKey, await saveChoice(me, change));
    },
  });
  return (change) => {
    apply(change);
    save.mutate(change);
  };
}

export async function signIn(login: string, password: string): Promise<void> {
  await api.POST('/v1/login', { body: { login, password } });
}

export async function signOut(): Promise<void> {
  await api.POST('/v1/logout', {});
}

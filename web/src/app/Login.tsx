import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { adoptSettings, meQuery, signIn } from '../lib/session';
import { LoginPage } from '../modules/login/LoginPage';

const route = getRouteApi('/login');

export function Login() {
  const { next, expired } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  return (
    <LoginPage
      expired={expired ?? false}
      signIn={async ({ name, password }) => {
        await signIn(name, password);
        queries.clear();
        queries.setQueryData(meQuery.queryKey, await adoptSettings(await queries.fetchQuery(meQuery)));
        await router.navigate({ to: next ?? '/', replace: true });
      }}
    />
  );
}

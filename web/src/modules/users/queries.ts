import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, type LoginGrantIn } from '../../api/client';

const LIMIT = 100;

export const usersQuery = infiniteQueryOptions({
  queryKey: ['users'],
  queryFn: ({ pageParam }) => body(api.GET('/v1/users', { params: { query: { cursor: pageParam, limit: LIMIT } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next,
});

export const tokensQuery = infiniteQueryOptions({
  queryKey: ['tokens'],
  queryFn: ({ pageParam }) => body(api.GET('/v1/tokens', { params: { query: { cursor: pageParam, limit: LIMIT } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next,
});

export const grantsQuery = (id: string) => queryOptions({ queryKey: ['users', id, 'grants'], queryFn: () => body(api.GET('/v1/users/{id}/grants', { params: { path: { id } } })) });

export interface NewUser {
  name: string;
  login: string;
  country: string;
  password: string;
  role: string;
}

export const createUser = ({ name, login, country, password, role }: NewUser) =>
  body(api.POST('/v1/users', { body: { name, login, country, ...(password ? { password } : {}), ...(role ? { grants: [{ role, scope: 'tenant' as const }] } : {}) } }));

export const disableUser = (id: string) => body(api.POST('/v1/users/{id}/disable', { params: { path: { id } } }));
export const createGrant = (id: string, grant: LoginGrantIn) => body(api.POST('/v1/users/{id}/grants', { params: { path: { id } }, body: grant }));
export const deleteGrant = (id: string, grant: string) => body(api.DELETE('/v1/users/{id}/grants/{grant_id}', { params: { path: { id, grant_id: grant } } }));

export interface NewToken {
  name: string;
  role: string;
  scopes: string[];
}

export const createToken = ({ name, role, scopes }: NewToken) =>
  body(api.POST('/v1/tokens', { body: { name, grants: [{ role, scope: 'tenant' as const }], ...(scopes.length > 0 ? { scopes } : {}) } }));
export const revokeToken = (id: string) => body(api.DELETE('/v1/tokens/{id}', { params: { path: { id } } }));

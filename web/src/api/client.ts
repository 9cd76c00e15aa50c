import createClient from 'openapi-fetch';
import type { paths } from './schema';
import { transport } from './transport';

export type * from './schema';

/** The typed API. Refusals are thrown as Problem by the transport, so an answer that arrives is one that succeeded. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: transport });

/** The body of an answer: `const me = await body(api.GET('/v1/me'))`. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T; // the transport has thrown on everything that is no success
}

/** What If-Match wants: the version of the thing that was shown when the user decided. */
export const match = (version: number): { 'If-Match': string } => ({ 'If-Match': `"${version}"` });

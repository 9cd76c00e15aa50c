import { networkProblem, readProblem } from './problem';
import { uuid } from '../lib/uuid';

const SAFE = /^(GET|HEAD|OPTIONS)$/;
const RETRY_AFTER_MS = [300, 1200];

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * The one way to the server. Every request says that it comes from our page (a foreign site cannot set the header),
 * in which language it wants to be answered, and, where it changes something, under which key: the same key on each
 * retry, so that a reply lost on the way never does a thing twice. Any refusal is thrown as a Problem.
 */
export async function transport(request: Request): Promise<Response> {
  request.headers.set('X-Fettle', '1');
  request.headers.set('Accept-Language', document.documentElement.lang);
  if (!SAFE.test(request.method) && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', uuid());
  }
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(request.clone(), { credentials: 'same-origin' });
      if (response.ok || response.status === 304) return response;
      throw await readProblem(response);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a refusal, or the caller gave up
      const wait = RETRY_AFTER_MS[attempt];
      if (wait === undefined || !navigator.onLine) throw networkProblem();
      await pause(wait);
    }
  }
}

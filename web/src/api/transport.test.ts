import { afterEach, describe, expect, it, vi } from 'vitest';
import { isProblem, type Problem } from './problem';
import { transport } from './transport';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers });
const request = (method: string) => new Request('http://desk.test/v1/cases', { method, ...(method === 'GET' ? {} : { body: '{}' }) });

function serve(...replies: (Response | Error)[]) {
  const sent: Request[] = [];
  vi.stubGlobal('fetch', async (sentRequest: Request) => {
    sent.push(sentRequest);
    const reply = replies.shift();
    if (reply instanceof Error) throw reply;
    return reply;
  });
  return sent;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('transport', () => {
  it('says where a request comes from and, where it changes something, under which key', async () => {
    const sent = serve(answer(200, {}), answer(201, {}));
    await transport(request('GET'));
    await transport(request('POST'));
    expect(sent.map((one) => one.headers.get('X-Fettle'))).toEqual(['1', '1']);
    expect(sent[0]?.headers.has('Idempotency-Key')).toBe(false);
    expect(sent[1]?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('repeats what got lost under the same key', async () => {
    vi.useFakeTimers();
    const sent = serve(new TypeError('network'), answer(201, { id: 'case_1' }));
    const done = transport(request('POST'));
    await vi.runAllTimersAsync();
    expect((await done).status).toBe(201);
    expect(sent[0]?.headers.get('Idempotency-Key')).toBe(sent[1]?.headers.get('Idempotency-Key'));
  });

  it('gives up as a problem of the network', async () => {
    vi.useFakeTimers();
    const sent = serve(new TypeError('1'), new TypeError('2'), new TypeError('3'));
    const done = transport(request('GET')).catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(isProblem(await done, 'network')).toBe(true);
    expect(sent).toHaveLength(3);
  });

  it('throws a refusal with its code, its fields and the number for support, and does not repeat it', async () => {
    const sent = serve(
      answer(422, { code: 'desk.intake', title: 'Not understood', errors: [{ pointer: '/site/country', code: 'shape', title: 'Two letters' }], request_id: 'r1' }),
    );
    const problem = (await transport(request('POST')).catch((error: unknown) => error)) as Problem;
    expect(problem).toMatchObject({ status: 422, code: 'desk.intake', title: 'Not understood', supportId: 'r1' });
    expect(problem.field('/site/country')).toBe('Two letters');
    expect(problem.field('/text')).toBeUndefined();
    expect(sent).toHaveLength(1);
  });

  it('makes a problem even of a page that a proxy answers', async () => {
    serve(new Response('<h1>Bad gateway</h1>', { status: 502 }));
    const problem = (await transport(request('GET')).catch((error: unknown) => error)) as Problem;
    expect(problem).toMatchObject({ status: 502, code: 'http.502', fields: [] });
  });
});

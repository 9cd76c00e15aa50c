import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Hint, useHints } from './hints';

/** A stream that the test speaks through. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 1;
  constructor(readonly url: string) {
    super();
    FakeSource.opened.push(this);
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
  say(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

const stream = (): FakeSource => {
  const last = FakeSource.opened.at(-1);
  if (!last) throw new Error('no stream is open');
  return last;
};

/** A screen, as pages are: it shows a case, and looks again when it hears of it. */
function Screen({ id, fetched, heard }: { id: string; fetched: (id: string) => void; heard: (hint: Hint | null) => void }): null {
  const queries = useQueryClient();
  useQuery({ queryKey: ['case', id], queryFn: () => (fetched(id), id), staleTime: Infinity });
  useHints(`case:${id}`, (hint) => {
    heard(hint);
    void queries.invalidateQueries({ queryKey: ['case', id] });
  });
  return null;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const passing = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

it('fetches everything again, once and not at once, when hints may have been lost', async () => {
  const fetched = vi.fn();
  const heard = vi.fn();
  const root = createRoot(document.createElement('div'));
  const screens = ['a', 'b'].map((id) => createElement(Screen, { key: id, id, fetched, heard }));
  await act(async () => root.render(createElement(QueryClientProvider, { client: new QueryClient() }, screens)));
  await passing(1);
  expect(FakeSource.opened).toHaveLength(1);
  expect(fetched.mock.calls).toEqual([['a'], ['b']]);

  stream().say('hint', { topic: 'case:b', id: 'b', version: 2 });
  await passing(5_000);
  expect(fetched.mock.calls.slice(2)).toEqual([['b']]);

  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  for (let twice = 0; twice < 2; twice++) stream().say('missed', {});
  await passing(900);
  expect(fetched).toHaveBeenCalledTimes(3);
  await passing(200);
  expect(heard.mock.calls.slice(1)).toEqual([[null], [null]]);
  expect(fetched.mock.calls.slice(3)).toEqual([['a'], ['b']]);

  await act(async () => root.unmount());
  await passing(1);
  expect(stream().readyState).toBe(FakeSource.CLOSED);
});

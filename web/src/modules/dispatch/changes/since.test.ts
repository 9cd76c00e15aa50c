import { afterEach, describe, expect, it } from 'vitest';
import { HOUR } from '../clock';
import { lookedAt, noteLook, sinceOf, spans } from './since';

const now = Date.parse('2026-11-24T09:30:00Z');

describe('since when changes are told', () => {
  afterEach(() => localStorage.clear());
  it('is never longer ago than the server keeps, and never ahead', () => {
    for (const span of spans) {
      for (const looked of [undefined, 0, now - 3 * HOUR, now]) {
        const since = sinceOf(span, now, 'Europe/Berlin', looked);
        expect(since).toBeGreaterThan(now - 7 * 24 * HOUR);
        expect(since).toBeLessThanOrEqual(now);
      }
    }
  });
  it('begins the day where the node is', () => {
    expect(new Date(sinceOf('today', now, 'Asia/Shanghai', undefined)).toISOString()).toBe('2026-11-23T16:00:00.000Z');
  });
  it('goes by the last look at that node, where there was one', () => {
    expect(lookedAt('node_a', now)).toBeUndefined();
    noteLook('node_a', now - HOUR);
    noteLook('node_b', now - 2 * HOUR);
    expect([lookedAt('node_a', now), lookedAt('node_b', now), lookedAt('node_c', now)]).toEqual([now - HOUR, now - 2 * HOUR, undefined]);
    expect(lookedAt('node_a', now + 8 * 24 * HOUR)).toBeUndefined();
  });
  it('bears what others have left in the store', () => {
    for (const odd of ['', '7', 'null', '{"node_a":"yesterday"}', '{']) {
      localStorage.setItem('fettle.board.looked', odd);
      expect(lookedAt('node_a', now)).toBeUndefined();
    }
  });
});

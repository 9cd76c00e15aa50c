import { describe, expect, it } from 'vitest';
import { readRoute } from './route';

describe('readRoute', () => {
  it('knows the public pages', () => {
    expect(readRoute('/p/', '')).toEqual({ page: 'home' });
    expect(readRoute('/p', '')).toEqual({ page: 'home' });
    expect(readRoute('/p/check', '?serial=A%2F1')).toEqual({ page: 'check', serial: 'A/1' });
    expect(readRoute('/p/ask', 'brand=north')).toEqual({ page: 'ask', serial: '', brand: 'north' });
    expect(readRoute('/p/c/case_01.ff', '')).toEqual({ page: 'case', link: 'case_01.ff' });
  });
  it('says so when it does not', () => {
    for (const path of ['/p/c', '/p/nothing', '/p/check2']) expect(readRoute(path, '').page, path).toBe('unknown');
  });
});

import { describe, expect, it } from 'vitest';
import { matchCommands } from './commands';
import { createFormats, durationParts, localeFor, minorDigits } from './format';
import { fieldOf } from './form';
import { resolveKey } from './keys';
import { chosenLang } from './prefs';
import { readLabel } from './qr';
import { type Clock, readClock } from './sla';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 8, minute)).toISOString();
const clock = (change: Partial<Clock> = {}): Clock => ({ state: 'running', startedAt: at(0), dueAt: at(100), ...change });
const levelAt = (minute: number, change?: Partial<Clock>) => readClock(clock(change), Date.parse(at(minute))).level;

describe('readClock', () => {
  it('goes from green to red as its time runs out', () => {
    expect([0, 49, 50, 74, 75, 99, 100, 500].map((minute) => levelAt(minute))).toEqual(['good', 'good', 'neutral', 'neutral', 'warn', 'warn', 'over', 'over']);
  });
  it('stands still when it is paused or has ended', () => {
    expect(levelAt(500, { state: 'paused' })).toBe('paused');
    expect(levelAt(500, { state: 'met', endedAt: at(20) })).toBe('met');
    expect(readClock(clock({ state: 'breached', endedAt: at(130) }), Date.parse(at(900)))).toEqual({ level: 'over', left: -30 * 60_000 });
  });
});

describe('formats', () => {
  const en = createFormats('en-GB', 'Europe/Berlin');
  it('shows an instant in the zone that is asked for', () => {
    expect(en.instant('2026-03-29T00:30:00Z')).toBe('29 Mar, 01:30');
    expect(en.instant('2026-03-29T00:30:00Z', 'Asia/Shanghai')).toBe('29 Mar, 08:30');
    expect(en.instantFull('2026-03-29T01:30:00Z')).toContain('03:30');
  });
  it('shows money in the minor units of its currency', () => {
    expect([minorDigits('EUR'), minorDigits('JPY'), minorDigits('KWD')]).toEqual([2, 0, 3]);
    expect(en.money({ minor: 123456, currency: 'EUR' }).replace(/\s/g, ' ')).toBe('EUR 1,234.56');
    expect(en.money({ minor: -1500, currency: 'JPY' }).replace(/\s/g, ' ')).toBe('-JPY 1,500');
  });
  it('names the two largest units of a duration', () => {
    expect(durationParts(130 * 60_000)).toEqual([[2, 'hour'], [10, 'minute']]);
    expect(durationParts(-50 * 3_600_000)).toEqual([[2, 'day'], [2, 'hour']]);
    expect(durationParts(5_000)).toEqual([[1, 'minute']]);
  });
  it('takes the variant of a language that the browser prefers', () => {
    expect(localeFor('en', ['de-DE', 'en-US'])).toBe('en-US');
    expect(localeFor('zh-CN', ['en-US'])).toBe('zh-CN');
  });
});

describe('readLabel', () => {
  it('reads serials, GS1 links and links with a serial', () => {
    expect(readLabel(' AC-24-0071834 ')).toEqual({ serial: 'AC-24-0071834' });
    expect(readLabel('https://id.example.com/01/06901234567892/21/AC%2D24')).toEqual({ serial: 'AC-24', link: 'https://id.example.com/01/06901234567892/21/AC%2D24' });
    expect(readLabel('https://fettle.example/p/check?serial=X9%20K')).toEqual({ serial: 'X9 K' });
  });
  it('refuses what is no label', () => {
    for (const text of ['', 'abc', 'https://example.com/', 'WIFI:S:net;P:secret;;', 'a b c d e']) expect(readLabel(text), text).toBeNull();
  });
});

describe('keys', () => {
  const map = { j: () => undefined, 'g c': () => undefined, c: () => undefined };
  it('prefers a sequence to its last letter', () => {
    expect(resolveKey(map, 'c', 'g')).toBe('g c');
    expect(resolveKey(map, 'c', null)).toBe('c');
    expect(resolveKey(map, 'g', null)).toBeNull();
  });
});

describe('matchCommands', () => {
  const commands = ['Open cases', 'Cases', 'Close the case', 'Parts'].map((label) => ({ id: label, label, group: 'go' as const, run: () => undefined }));
  it('wants every word and puts what begins with the query first', () => {
    expect(matchCommands(commands, 'case').map(({ label }) => label)).toEqual(['Cases', 'Open cases', 'Close the case']);
    expect(matchCommands(commands, 'case clo').map(({ label }) => label)).toEqual(['Close the case']);
    expect(matchCommands(commands, '')).toHaveLength(4);
  });
});

describe('small rules', () => {
  it('finds the field that a pointer means', () => {
    expect(fieldOf('/requester/phone', ['phone', 'name'])).toBe('phone');
    expect(fieldOf('/site/country', ['land'], { '/site/country': 'land' })).toBe('land');
    expect(fieldOf('/other', ['phone'])).toBeUndefined();
  });
  it('chooses a language that we have', () => {
    const prefs = { theme: 'system', navFolded: false, letterKeys: true } as const;
    expect(chosenLang({ ...prefs, lang: null }, 'zh-TW')).toBe('zh-CN');
    expect(chosenLang({ ...prefs, lang: null }, 'de-DE')).toBe('en');
    expect(chosenLang({ ...prefs, lang: 'en' }, 'zh-CN')).toBe('en');
  });
});

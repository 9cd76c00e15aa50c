import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const here = join(process.cwd(), 'src/locales');
const source = join(process.cwd(), 'src');
const namespaces = readdirSync(join(here, 'en')).map((file) => file.replace('.json', ''));

type Texts = { [key: string]: string | Texts };

/** Every text of a language as "namespace:path" → text. */
function catalogue(lang: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (texts: Texts, path: string) => {
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text === 'string') found.set(`${path}${key}`, text);
      else walk(text, `${path}${key}.`);
    }
  };
  for (const file of readdirSync(join(here, lang))) {
    walk(JSON.parse(readFileSync(join(here, lang, file), 'utf8')) as Texts, `${file.replace('.json', '')}:`);
  }
  return found;
}

const plural = /_(zero|one|two|few|many|other)$/;
const stem = (key: string) => key.replace(plural, '');
const stems = (texts: Map<string, string>) => new Set([...texts.keys()].map(stem));
const placeholders = (text: string) => [...new Set(text.match(/\{\{\s*\w+\s*\}\}/g) ?? [])].toSorted().join(' ');

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'locales' ? [] : files(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$|schema\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** Keys that the code names: whole ones, and the fixed beginnings of those it puts together. */
function used(): { keys: Map<string, string>; prefixes: Set<string> } {
  const keys = new Map<string, string>();
  const prefixes = new Set<string>();
  const literal = new RegExp(`['"\`]((?:${namespaces.join('|')}):[A-Za-z0-9_.]+)(\\$\\{|['"\`])`, 'g');
  for (const file of files(source)) {
    for (const [, key, end] of readFileSync(file, 'utf8').matchAll(literal)) {
      if (key && end === '${') prefixes.add(key);
      else if (key) keys.set(key, file);
    }
    for (const [, key] of readFileSync(file, 'utf8').matchAll(new RegExp(`\`((?:${namespaces.join('|')}):)\\$\\{`, 'g'))) if (key) prefixes.add(key);
  }
  return { keys, prefixes };
}

const en = catalogue('en');
const zh = catalogue('zh-CN');

describe('the catalogues', () => {
  it('hold the same keys in every language', () => {
    expect([...stems(zh)].toSorted()).toEqual([...stems(en)].toSorted());
  });

  it('hold the plural forms that each language has', () => {
    for (const [lang, texts] of [['en', en], ['zh-CN', zh]] as const) {
      const wanted = new Intl.PluralRules(lang).resolvedOptions().pluralCategories;
      const counted = [...texts.keys()].filter((key) => plural.test(key)).map(stem);
      for (const key of new Set(counted)) for (const form of wanted) expect(texts.has(`${key}_${form}`), `${lang} ${key}_${form}`).toBe(true);
    }
  });

  it('use the same placeholders in every language', () => {
    const wanted = new Map([...en].map(([key, text]) => [stem(key), placeholders(text)]));
    for (const [key, text] of zh) expect(placeholders(text), key).toBe(wanted.get(stem(key)));
  });

  it('leave no text empty or untranslated', () => {
    for (const [key, text] of [...en, ...zh]) expect(text.trim(), key).not.toBe('');
    const same = [...zh].filter(([key, text]) => en.get(key) === text && /[a-z]{3}/i.test(text) && !/^[A-Z0-9 .+/-]+$/.test(text));
    expect(same.map(([key]) => key)).toEqual([]);
  });

  it('use full-width punctuation beside Chinese characters', () => {
    const narrow = [...zh].filter(([, text]) => /[\u4e00-\u9fff][,:;?!(]|[,;?!)][\u4e00-\u9fff]/.test(text.replaceAll('{{', '').replaceAll('}}', '')));
    expect(narrow.map(([key]) => key)).toEqual([]);
  });

  it('hold every key that the code uses', () => {
    const known = stems(en);
    const missing = [...used().keys].filter(([key]) => !known.has(key)).map(([key, file]) => `${key} in ${file}`);
    expect(missing).toEqual([]);
  });

  it('hold no key that the code does not use', () => {
    const { keys, prefixes } = used();
    const idle = [...stems(en)].filter((key) => !keys.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix)));
    expect(idle).toEqual([]);
  });
});

import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type desk from '../locales/desk.en';
import type dispatch from '../locales/dispatch.en';
import type office from '../locales/office.en';
import type onecase from '../locales/onecase.en';
import type pub from '../locales/public.en';

type Catalogue = typeof desk & typeof dispatch & typeof office & typeof pub & typeof onecase;
type Stem<K extends string> = K extends `${infer Base}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? Base : K;
type Paths<Texts> = { [K in keyof Texts & string]: Texts[K] extends string ? Stem<K> : `${K}.${Paths<Texts[K]>}` }[keyof Texts & string];

/** Every key of the English catalogue as "namespace:path": the compiler refuses the others. */
export type Key = { [N in keyof Catalogue & string]: `${N}:${Paths<Catalogue[N]>}` }[keyof Catalogue & string];

export type T = (key: Key, values?: Record<string, string | number>) => string;

/** The translator for the language in force, and that language. */
export function useT(): { t: T; lang: string; has: (key: string) => key is Key } {
  const { t, i18n } = useTranslation();
  const translate = useCallback<T>((key, values) => String(t(key as never, values as never)), [t]);
  // A code from the server may be newer than this page: ask before translating it.
  const has = useCallback((key: string): key is Key => i18n.exists(key), [i18n]);
  return { t: translate, lang: i18n.language, has };
}

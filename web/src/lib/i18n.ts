import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chosenLang, type Lang, setPrefs } from './prefs';

type Bundle = { default: Record<string, object> };
export type Loaders = Record<Lang, () => Promise<Bundle>>;

/** What has been asked for so far: the words that every page needs first, then those of some pages. */
const sets: Loaders[] = [];
const loaded = new Map<Loaders, Set<Lang>>();

async function fetchSet(set: Loaders, lang: Lang): Promise<void> {
  const known = loaded.get(set) ?? new Set<Lang>();
  if (known.has(lang)) return;
  const { default: namespaces } = await set[lang]();
  for (const [name, texts] of Object.entries(namespaces)) i18next.addResourceBundle(lang, name, texts);
  loaded.set(set, known.add(lang));
}

const load = (lang: Lang) => Promise.all(sets.map((set) => fetchSet(set, lang)));

/** Fetches a page together with the words that only it and its like need. */
export async function withWords<Page>(set: Loaders, page: Promise<Page>): Promise<Page> {
  if (!sets.includes(set)) sets.push(set);
  const [it] = await Promise.all([page, fetchSet(set, currentLang())]);
  return it;
}

function mark(lang: Lang): void {
  document.documentElement.lang = lang;
}

/** Starts i18next with one language only; the other is fetched when it is chosen. */
export async function startI18n(from: Loaders): Promise<void> {
  sets.push(from);
  const lang = chosenLang();
  await i18next.use(initReactI18next).init({
    lng: lang,
    fallbackLng: false,
    appendNamespaceToMissingKey: true, // a missing text is plain to see, and the journeys look for it
    resources: {},
    defaultNS: 'common',
    interpolation: { escapeValue: false }, // React escapes
    react: { useSuspense: false },
  });
  await load(lang);
  mark(lang);
}

export async function setLanguage(lang: Lang): Promise<void> {
  await load(lang);
  setPrefs({ lang });
  await i18next.changeLanguage(lang);
  mark(lang);
}

export function currentLang(): Lang {
  return i18next.language as Lang;
}

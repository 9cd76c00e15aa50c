import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chosenLang, type Lang, setPrefs } from './prefs';

type Bundle = { default: Record<string, object> };
export type Loaders = Record<Lang, () => Promise<Bundle>>;

let loaders: Loaders;

async function load(lang: Lang): Promise<void> {
  if (i18next.hasResourceBundle(lang, 'common')) return;
  const { default: namespaces } = await loaders[lang]();
  for (const [name, texts] of Object.entries(namespaces)) i18next.addResourceBundle(lang, name, texts);
}

function mark(lang: Lang): void {
  document.documentElement.lang = lang;
}

/** Starts i18next with one language only; the other is fetched when it is chosen. */
export async function startI18n(from: Loaders): Promise<void> {
  loaders = from;
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

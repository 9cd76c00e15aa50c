// Looks at the state that a page is in: axe, texts, width; and keeps a screenshot for a person to look at.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './paths.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const screens = join(root, 'var/screens');
const namespaces = readdirSync(join(root, 'web/src/locales/en')).map((file) => file.replace('.json', '')).join('|');

async function violations(page, except) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const result = await page.evaluate(({ values, off }) => window.axe.run(document, { runOnly: { type: 'tag', values }, rules: Object.fromEntries(off.map((id) => [id, { enabled: false }])) }), { values: rules, off: except });
  return result.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `axe ${id}: ${help}: ${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`));
}

/** Codes of the API, as pages show those that they have no words for. */
const codes = /\b(?:desk|dispatch|field|orders|parts|remedy|settlement|sla|warranty|work)\.[a-z]+(?:_[a-z]+)+\b/g;

/** Keys that no catalogue has show as "namespace:key". */
async function untranslated(page) {
  const text = await page.evaluate(() => document.body.innerText);
  const keys = new RegExp(`\\b(?:${namespaces}):[a-z][\\w.]+`, 'g');
  return [...text.matchAll(keys), ...text.matchAll(codes)].map(([key]) => `untranslated ${key}`);
}

/** A page must never scroll sideways as a whole. */
async function overflow(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return over > 0 ? [`the page is ${over} px wider than the window`] : [];
}

async function structure(page, variant) {
  const lang = await page.getAttribute('html', 'lang');
  if (lang !== variant.lang) return [`the page speaks ${lang}`];
  const { h1, main } = await page.evaluate(() => ({ h1: document.querySelectorAll('h1').length, main: document.querySelectorAll('main').length }));
  return h1 === 1 && main === 1 ? [] : [`${h1} h1 and ${main} main on one page`];
}

/** All that is wrong with the page as it stands now, but for what rules of axe in `except` would say; a screenshot lies in var/screens. */
export async function look(page, variant, name, { full = false, except = [] } = {}) {
  mkdirSync(screens, { recursive: true });
  await page.waitForFunction(() => !document.querySelector('[data-state=loading]'));
  await page.waitForTimeout(150); // what is drawn after the last answer
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(screens, `${name}-${variant.name}.png`), fullPage: full });
  const found = [...(await violations(page, except)), ...(await untranslated(page)), ...(await overflow(page)), ...(await structure(page, variant)), ...page.complaints.splice(0)];
  return found.map((what) => `${name} [${variant.name}] ${what}`);
}

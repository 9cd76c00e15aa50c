// One Chromium for the whole run; a fresh context, with its own storage, for every variant.
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags });

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** Every way in which a screen can be looked at: theme × language × size. */
export const allVariants = ['light', 'dark'].flatMap((theme) =>
  ['en', 'zh-CN'].flatMap((lang) => [wide, phone].map((viewport) => ({ theme, lang, viewport, name: `${theme}-${lang}-${viewport.width}` }))),
);

/** Each theme, language and size with each of the others, in half as many looks; FETTLE_SOAK=1 takes them all. */
const pairs = ['light-en-1440', 'light-zh-CN-390', 'dark-en-390', 'dark-zh-CN-1440'];
export const variants = process.env.FETTLE_SOAK ? allVariants : allVariants.filter(({ name }) => pairs.includes(name));

/** One of them by its name. */
export const variant = (name) => allVariants.find((one) => one.name === name);

/** A variant on a phone that is held across: wide enough for the board, and worked by fingers. */
export const across = (name) => ({ ...variant(name), name: name.replace(/\d+$/, 'across'), viewport: { width: phone.height, height: phone.width }, mobile: true });

/** Opens a page that speaks the variant's language in its theme, and notes whatever it complains about. */
export async function openPage(browser, { viewport, lang, theme, mobile = false }, { storageState, permissions = [] } = {}) {
  const context = await browser.newContext({
    viewport,
    locale: lang === 'en' ? 'en-GB' : 'zh-CN',
    timezoneId: 'Europe/Berlin',
    colorScheme: theme,
    hasTouch: mobile || viewport.width < 800,
    isMobile: mobile,
    reducedMotion: 'reduce',
    storageState,
    permissions,
  });
  await context.addInitScript((prefs) => {
    if (!localStorage.getItem('fettle.prefs')) localStorage.setItem('fettle.prefs', JSON.stringify(prefs));
  }, { theme, lang });
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is logged by the browser itself; the page shows it, and journeys look at that.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) page.complaints.push(`console: ${message.text()}`);
    if (message.text().startsWith('no words for')) page.complaints.push(message.text());
  });
  page.setDefaultTimeout(30_000); // two cores may be busy with other tests
  return page;
}

/** Does the work for each item, two at a time: as many as the smallest machine has cores. Findings come back in order. */
export async function eachOf(items, work) {
  const results = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all([worker(), worker()]);
  return results.flat();
}

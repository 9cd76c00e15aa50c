// What a plan did by itself, on the demo, behind whose boards lie some nights: what came of each is told, the last one first, by the server's counts.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { demoPassword, enter } from '../lib/demo.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { expect } from '../lib/steps.mjs';

export const needs = 'demo';

const login = 'dispatcher-wuhan';
const counts = ['moved', 'booked', 'proposed', 'refused'];
const numbers = (text) => new Set(text.match(/\d+/g)?.map(Number));

/** Of the nodes that plan themselves the one whose nights have done most, which is by chance and may be nothing, and the nights. */
async function busiest(call) {
  const { items } = await call('GET', '/v1/nodes?limit=200');
  const engines = await Promise.all(items.map(({ id }) => call('GET', `/v1/board/${id}/engine`).catch(() => ({ nights: [] }))));
  const done = ({ nights }) => nights.reduce((sum, night) => sum + night.moved + night.booked, 0);
  return engines.filter(({ autonomy }) => autonomy === 'plan').toSorted((a, b) => done(b) - done(a))[0];
}

async function looked(browser, url, one, { node, nights }) {
  const page = await openPage(browser, one);
  await enter(page, url, login);
  await page.goto(`${url}/dispatch?node=${node}`);
  await page.getByRole('button', { name: /^(Plans itself|自动排程)$/ }).click();
  const told = page.locator('[data-nights]');
  await told.locator('summary').click();
  const lines = [await told.locator('p').first().textContent(), ...(await told.locator('li').allTextContents())];
  expect(lines.length === nights.length && lines.length > 1, `${lines.length} nights are told, and ${nights.length} were planned`);
  for (const [index, night] of nights.entries()) {
    const said = numbers(lines[index]);
    for (const what of counts) expect(night[what] === 0 || said.has(night[what]), `"${lines[index]}" does not say that ${night[what]} were ${what}`);
  }
  await told.scrollIntoViewIfNeeded();
  const found = await look(page, one, 'board-nights');
  await page.context().close();
  return found;
}

export default async function deskNights({ browser, site }) {
  const call = await session(site.url, login, demoPassword);
  const engine = await busiest(call);
  expect(engine, 'no node of the demo plans itself');
  // The account's language is the server's to keep, so languages are looked at one after the other.
  const found = [];
  for (const lang of ['en', 'zh-CN']) {
    const { version } = await call('GET', '/v1/me');
    await call('PATCH', '/v1/me', { language: lang }, { 'If-Match': `"${version}"` });
    found.push(...(await eachOf(variants.filter((one) => one.lang === lang), (one) => looked(browser, site.url, one, engine))));
  }
  return found;
}

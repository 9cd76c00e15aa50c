// A plan that gives way: asked for by an agent, after work in vain, and when the case came back.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { password } from '../lib/server.mjs';
import { session } from '../lib/seed.mjs';
import { expect, signedIn } from '../lib/steps.mjs';
import { freshCase, until, visitDecided, visited } from '../lib/visits.mjs';

export const needs = 'server';

const again = /^(Propose again|重新提出方案)$/;

async function walk(browser, { url, seeded }, variant) {
  const call = await session(url, 'admin', password);
  const { id } = await freshCase(call, seeded, `AGAIN-${variants.indexOf(variant)}`);
  const plan = () => call('GET', `/v1/cases/${id}/plan`);
  const work = await visitDecided(call, id);
  const found = [];
  const page = await openPage(browser, variant, { storageState: await signedIn(browser, url, variant) });
  const see = async (name) => found.push(...(await look(page, variant, name, { full: true })));
  await page.goto(`${url}/cases/${id}`);
  const card = page.getByRole('region', { name: /^(Fix plan|处理方案)$/ });
  await card.getByText(/^(Chosen|Chosen instead|已采纳|改选)$/).first().waitFor();
  await see('again-decided');

  // Asked for: what was decided gives way to a proposal, and its work is given up.
  await card.getByRole('button', { name: again }).click();
  await card.getByRole('button', { name: /^(Accept the plan|采纳方案)$/ }).waitFor();
  await until(async () => (await call('GET', `/v1/work-orders/${work.id}`)).state === 'cancelled', 'the end of the work');
  await see('again-asked');

  // In vain: the plan knows of it, and says so.
  const second = await visitDecided(call, id);
  await visited(call, second.id, 'not_fixed');
  await until(async () => (await plan()).facts.tried?.length === 1, 'a plan that knows of the failure');
  await page.reload();
  await card.getByText(/^(Tried on this case|本服务请求已尝试)/).waitFor();
  await see('again-failed');

  // Done, taken for solved, and back: there is a proposal again.
  const third = await visitDecided(call, id);
  await visited(call, third.id, 'fixed');
  await until(async () => (await call('GET', `/v1/cases/${id}`)).state === 'resolved', 'the end of the case');
  await page.reload();
  await page.getByRole('button', { name: /^(More actions|更多操作)$/ }).click();
  await page.getByRole('menuitem', { name: /^(Reopen|重新打开)$/ }).click();
  await until(async () => (await plan()).state === 'proposed', 'a plan for the case that came back');
  await page.reload();
  await card.getByText(/^(Tried on this case|本服务请求已尝试)/).waitFor();
  await card.getByText(/No way is left|没有可选的方案/).waitFor();
  expect((await plan()).facts.tried.length === 2, 'the plan forgot what was tried');
  await see('again-back');
  await page.context().close();
  return found;
}

export default ({ browser, site }) => eachOf(variants, (variant) => walk(browser, site, variant));

// A technician is lent to another node, and it ends again, by hand and by itself: refused where something is missing, shown where they are a guest.
import { eachOf, openPage, variant, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signedIn, signIn } from '../lib/steps.mjs';
import { freshCase, until, visitDecided } from '../lib/visits.mjs';

export const needs = 'server';

const wide = variant('light-en-1440');
/** Five days ahead at the nodes, which are in China: no other journey plans there. */
const dayAhead = () => new Date(Date.now() + 128 * 3_600_000).toISOString().slice(0, 10);

/** A second node of the operator that nobody works at. */
async function secondNode(call) {
  const { items } = await call('GET', '/v1/nodes');
  const parent = items.find(({ kind }) => kind === 'headquarters').id;
  const point = { lat_micro: 30_550_000, lon_micro: 114_320_000 };
  const node = await call('POST', '/v1/nodes', { code: 'wuchang', parent, kind: 'local_node', ownership: 'own', name: 'Wuchang', country: 'CN', zone: 'Asia/Shanghai', point });
  await call('POST', `/v1/nodes/${node.id}/open`);
  return node;
}

/** 张伟 is promised for a visit at home. */
async function visitAtHome(call, seeded, day) {
  const { id } = await freshCase(call, seeded, 'AC-24-0076001');
  const { id: work_order } = await visitDecided(call, id);
  const technician = (await call('GET', `/v1/technicians?node=${seeded.node.id}`)).items.find(({ name }) => name === '张伟').id;
  // The work order is ready a moment before dispatch knows of it.
  await until(() => call('POST', '/v1/appointments', { work_order, technician, start_at: `${day}T10:00:00+08:00` }).catch(() => null), 'the booking');
  const booked = await until(async () => (await call('GET', `/v1/cases/${id}/appointments`)).items.find(({ state }) => state === 'scheduled'), 'the appointment');
  return { id, technician, booked };
}

async function lendingOf(page) {
  await page.getByRole('button', { name: 'Lend technicians' }).click();
  const drawer = page.getByRole('dialog', { name: 'Lend technicians' });
  await drawer.getByLabel('Technician', { exact: true }).selectOption('张伟');
  return drawer;
}

async function lending(page) {
  const drawer = await lendingOf(page);
  await drawer.getByRole('button', { name: 'Save' }).waitFor();
  return drawer;
}

async function lend(page) {
  const drawer = await lending(page);
  await drawer.getByText('Not lent to any node.').waitFor();
  await drawer.getByRole('button', { name: 'Another node' }).click();
  await drawer.getByLabel(/^Price per visit/).fill('ten');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('An amount, such as 12.50').waitFor();
  const found = await look(page, wide, 'lend-refused');
  await drawer.getByLabel('Node', { exact: true }).selectOption('Wuchang');
  await drawer.getByLabel(/^Price per visit/).fill('15');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Where 张伟 may be sent is saved.').waitFor();
  return found;
}

async function looks(browser, one, { url, path, here }) {
  const page = await openPage(browser, one, { storageState: await signedIn(browser, url, one) });
  await page.goto(url + path);
  await page.getByText(/10:\d\d.*(Hankou|在Hankou)/).first().waitFor();
  const found = await look(page, one, 'board-guests');
  await page.goto(url + here);
  await page.getByRole('button', { name: /^(Lend technicians|借调工程师)$/ }).click();
  await page.getByRole('textbox', { name: /^(Price per visit|每次上门价格)/ }).waitFor();
  found.push(...(await look(page, one, 'lend')), ...page.complaints);
  await page.context().close();
  return found;
}

/** A lend to a node that is closed ends, and its home sees why. */
async function endsByItself(page, call, { technician, node, here }) {
  const person = () => call('GET', `/v1/technicians/${technician}`);
  await call('PUT', `/v1/technicians/${technician}/lends`, { lends: [{ node: node.id, price: { minor: 1_500, currency: 'CNY' } }] });
  await call('POST', `/v1/nodes/${node.id}/close`);
  await until(async () => (await person()).lends_ended?.[0]?.reason === 'closed_node', 'the end of the lend');
  expect((await person()).lends === undefined, 'lent to a node that is closed');
  await page.goto(here);
  const drawer = await lendingOf(page);
  await drawer.getByText(/^No longer lent to Wuchang: closed on /).waitFor();
  const found = await look(page, wide, 'lend-ended');
  await page.keyboard.press('Escape');
  return found;
}

export default async function deskGuests({ browser, site }) {
  const { url, seeded } = site;
  const call = await session(url, 'admin', password);
  const node = await secondNode(call);
  const day = dayAhead();
  const { id, technician, booked } = await visitAtHome(call, seeded, day);
  const here = `/dispatch?node=${seeded.node.id}&day=${day}`;
  const path = `/dispatch?node=${node.id}&day=${day}`;
  const page = await openPage(browser, wide);
  await signIn(page, url);
  await page.goto(url + here);
  const found = await lend(page);

  // The other node sees that the time is taken, and nothing to pick there.
  await page.goto(url + path);
  await page.getByText('from Hankou').first().waitFor();
  await page.getByText(/10:\d\d.* at Hankou/).first().waitFor();
  expect((await page.locator('[data-bar]').count()) === 0, 'a visit of another node is on the board');
  const view = JSON.stringify(await call('GET', `/v1/board/${node.id}?day=${day}`));
  expect(![id, booked.id, booked.work_order].some((secret) => view.includes(secret)), 'the other node is told of the case');
  found.push(...(await eachOf(variants, (one) => looks(browser, one, { url, path, here }))));

  await page.goto(url + here);
  const drawer = await lending(page);
  await drawer.getByRole('button', { name: 'Lend no more: Wuchang' }).click();
  await drawer.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Where 张伟 may be sent is saved.').waitFor();
  expect((await call('GET', `/v1/technicians/${technician}`)).lends === undefined, 'the lend has not ended');
  await page.goto(url + path);
  await page.getByText('No technician belongs to this node.').waitFor();
  found.push(...(await endsByItself(page, call, { technician, node, here: url + here })));
  await call('POST', `/v1/appointments/${booked.id}/cancel`, {});
  found.push(...page.complaints);
  await page.context().close();
  return found;
}

// A time that is cheaper for the network gets its customer a reward: set, offered, taken, told, given when the visit is done.
import { eachOf, openPage, variant, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { outpostOf } from '../lib/outpost.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signedIn, signIn } from '../lib/steps.mjs';
import { freshCase, standing, until, visitDecided, visited } from '../lib/visits.mjs';

export const needs = 'server';

const wide = variant('light-en-1440');
const engine = /^(Planned by people|人工排程)$/;
const village = { lat_micro: 30_700_000, lon_micro: 114_310_000 }; // some 19 km from where the technician begins
const HOUR = 3_600_000;
/** The first day at the node, which is in China, of which ten o'clock is a day ahead: within what is promised to the brand. */
const dayAhead = () => new Date(Date.now() + (8 + 24 + 14) * HOUR).toISOString().slice(0, 10);

const amount = (lang, { minor, currency }) => new Intl.NumberFormat(lang === 'en' ? 'en-GB' : lang, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', trailingZeroDisplay: 'stripIfInteger' }).format(minor / 100);
const back = (lang, reward) => (lang === 'en' ? `${amount(lang, reward)} back` : `返还 ${amount(lang, reward)}`);

/** Somebody goes to the village that day anyway. */
async function anyway(call, seeded, node, day) {
  const { id } = await freshCase(call, seeded, 'REWARD-FIRST', '430090', undefined, village);
  const { id: work_order } = await visitDecided(call, id);
  const technician = (await call('GET', `/v1/technicians?node=${node.id}`)).items[0].id;
  await until(() => call('POST', '/v1/appointments', { work_order, technician, start_at: `${day}T10:00:00+08:00` }).catch(() => null), 'the booking');
  await standing(call, id);
  return id;
}

/** The node begins to promise rewards; what cannot be meant is refused at its field. */
async function switchOn(browser, url, node) {
  const page = await openPage(browser, wide);
  await signIn(page, url);
  await page.goto(`${url}/dispatch?node=${node.id}`);
  await page.getByRole('button', { name: engine }).click();
  const setting = page.locator('[data-steering]');
  await setting.getByText('In the last 30 days no time was taken with a reward.').waitFor();
  await setting.locator('input[name=share]').fill('50');
  await setting.locator('input[name=most]').fill('0');
  await setting.getByRole('button', { name: 'Save' }).click();
  await setting.getByText('At least 1').waitFor();
  const found = await look(page, wide, 'reward-refused');
  await setting.locator('input[name=most]').fill('30');
  await setting.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Rewards of 50% of the saving, at most ¥30').first().waitFor();
  found.push(...page.complaints);
  await page.context().close();
  return found;
}

/** What was taken stands on the board, and beside the setting. */
async function onBoard(page, one, { path, appointment, reward }) {
  await page.goto(path);
  await page.getByRole('button', { name: engine }).click();
  await page.locator('[data-steering] [data-came]').waitFor();
  await page.locator('[data-steering]').scrollIntoViewIfNeeded();
  const found = await look(page, one, 'reward-setting');
  await page.keyboard.press('Escape');
  if (one.viewport.width < 800) return found; // a list there, without the details of what stands
  await page.locator(`[data-bar="${appointment.id}"]`).click();
  await page.getByText(back(one.lang, reward), { exact: true }).waitFor();
  found.push(...(await look(page, one, 'reward-board')));
  return found;
}

async function walk(browser, { url, seeded }, one, { call, node, day }) {
  const { id, link } = await freshCase(call, seeded, `REWARD-${variants.indexOf(one)}`, '430090', undefined, village);
  const work = await visitDecided(call, id);
  const found = [];
  const page = await openPage(browser, one, { storageState: await signedIn(browser, url, one) });
  const see = async (name) => found.push(...(await look(page, one, name, { full: true })));
  await page.goto(`${url}/cases/${id}`);
  const booking = page.locator('#booking');
  await booking.getByRole('button').first().click();
  // Others ask at the same time: each takes a window of its own.
  const promised = booking.getByRole('listitem').filter({ hasText: /back|返还/ }).nth(variants.indexOf(one) % 4);
  await promised.waitFor();
  await promised.locator('button').first().click();
  await page.getByText(/less than the earliest time|比最早的时段节省成本/).waitFor();
  await see('reward-offers');
  await page.keyboard.press('Escape');

  await promised.getByRole('button').last().click();
  const appointment = await standing(call, id);
  const { reward } = appointment;
  expect(reward?.minor > 0 && reward.minor <= 3_000 && reward.minor % 100 === 0, `the appointment promises ${JSON.stringify(reward)}`);
  await page.locator('li[data-chosen]').getByText(back(one.lang, reward), { exact: true }).waitFor();
  await see('reward-appointment');

  await page.goto(`${url}/p/c/${link}`);
  await page.getByText(one.lang === 'en' ? `You get ${amount('en', reward)} back when the visit is done` : `服务完成后返还 ${amount(one.lang, reward)}`).waitFor();
  await see('reward-follow');
  found.push(...(await onBoard(page, one, { path: `${url}/dispatch?node=${node.id}&day=${new Date(Date.parse(appointment.start_at) + 8 * HOUR).toISOString().slice(0, 10)}`, appointment, reward, day })));

  await visited(call, work.id, 'fixed', new Date(), appointment.id);
  const given = ({ items }) => items.find(({ rule }) => rule === 'steering_reward');
  const line = await until(async () => given(await call('GET', `/v1/cases/${id}/charges`)), 'the reward among the charges');
  expect(line.amount.minor === -reward.minor && line.payer === 'customer', `the line is ${JSON.stringify(line)}`);
  await page.goto(`${url}/cases/${id}`);
  await page.getByText(/^(Promised for the time that was chosen|因所选时段承诺的返还)$/).waitFor();
  await see('reward-charged');
  await call('POST', `/v1/cases/${id}/close`);
  await page.context().close();
  return found;
}

export default async function deskReward({ browser, site }) {
  const { url, seeded } = site;
  const call = await session(url, 'admin', password);
  const node = await outpostOf(call, seeded, { code: 'caidian', name: 'Caidian', prefix: '43009', technician: '宋佳', week: 'Mo-Su 08:00-18:00' });
  await call('POST', '/v1/stock/receipts', { node: node.id, lines: [{ part: seeded.part.id, quantity: 9 }], reference: 'DN-REWARD' });
  const day = dayAhead();
  const first = await anyway(call, seeded, node, day);
  const found = await switchOn(browser, url, node);
  found.push(...(await eachOf(variants, (one) => walk(browser, site, one, { call, node, day }))));
  const { steered } = await call('GET', `/v1/board/${node.id}/engine`);
  expect(steered.length === 1 && steered[0].taken === variants.length && steered[0].granted.minor > 0 && steered[0].saved.minor >= 2 * steered[0].granted.minor, `what came of it is ${JSON.stringify(steered)}`);
  await call('POST', `/v1/cases/${first}/cancel`); // the queue is as it was
  return found;
}

// The board worked by a finger, on a phone held across: a visit is taken up by resting on it, carried, put down, undone, moved and put back.
import { across, openPage, variant } from '../lib/browser.mjs';
import { cellOn, middleOf, told } from '../lib/carry.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signedIn } from '../lib/steps.mjs';
import { fingerOf } from '../lib/touch.mjs';
import { freshCase, standing, until, visitDecided } from '../lib/visits.mjs';

export const needs = 'server';

const HOUR = 3_600_000;
/** Six days ahead at the node, which is in China: no other journey plans there. */
const dayAhead = () => new Date(Date.now() + 8 * HOUR + 144 * HOUR).toISOString().slice(0, 10);
const ghosts = (page) => page.locator('[data-ghost]').count();
const saidBy = (page, pattern) => page.waitForFunction((text) => new RegExp(text).test(document.querySelector('[data-said]')?.textContent ?? ''), pattern);

/** Where the page has been scrolled, its head lies over what has gone below it, which axe takes for small. */
const scrolled = { except: ['target-size'] };

async function boardOn(browser, site, one, path) {
  const page = await openPage(browser, one, { storageState: await signedIn(browser, site.url, one) });
  await page.goto(site.url + path);
  return page;
}

/** A tap and a swipe carry nothing; the swipe scrolls what lies below the finger. */
async function swiped(page, job) {
  const finger = await fingerOf(page);
  const from = await middleOf(job);
  await finger.down(from);
  await finger.moveTo({ x: from.x, y: from.y - 60 });
  expect((await ghosts(page)) === 0, 'a swipe took the visit up');
  await finger.lift();
  await page.waitForFunction(() => document.querySelector('[data-job]').closest('section[aria-label]').parentElement.scrollTop > 0 || scrollY > 0 || document.querySelector('main').scrollTop > 0);
}

/** From the tray to somebody's morning. */
async function placed(page, one, { call, id, job, day }) {
  const finger = await fingerOf(page);
  await job.scrollIntoViewIfNeeded();
  await cellOn(page, '张伟', '09:00'); // brings both into view
  const from = await middleOf(job);
  const to = await cellOn(page, '张伟', '09:00');
  await finger.rest(from);
  expect((await ghosts(page)) === 1, 'a finger that rests on a visit does not take it up');
  await finger.moveTo(to);
  await told(page, /Fits: |可以安排/);
  await told(page, /09:00 – 11:00/);
  const found = await look(page, one, 'board-touch-ghost', scrolled);
  await finger.lift();
  await saidBy(page, '^(Booked|已安排)');
  const booked = await standing(call, id);
  expect(Date.parse(booked.start_at) === Date.parse(`${day}T09:00:00+08:00`), `a finger promised ${booked.start_at}`);
  return [...found, ...(await look(page, one, 'board-touch-placed', scrolled))];
}

/** What was put down is taken back within ten seconds. */
async function undone(page, { call, id, job }) {
  await page.getByRole('button', { name: /^(Undo|撤销)$/ }).tap();
  await saidBy(page, '^(Undone|已撤销)');
  await page.getByRole('button', { name: 'Dismiss' }).last().tap(); // it lies over the tray, where a finger is to rest
  await job.waitFor();
  await until(async () => (await call('GET', `/v1/cases/${id}/appointments`)).items.every(({ state }) => state === 'cancelled'), 'the cancellation');
}

/** To somebody else; then nowhere: beside the board, and where the device takes the finger away. */
async function moved(page, { call, id }) {
  const finger = await fingerOf(page);
  const before = await standing(call, id);
  const bar = page.locator(`[data-bar="${before.id}"][data-cargo]`);
  await bar.waitFor();
  const to = await cellOn(page, '刘洋', '10:00');
  await finger.rest(await middleOf(bar));
  await finger.moveTo({ x: (await middleOf(bar)).x, y: to.y });
  await told(page, /刘洋/);
  await told(page, /Not possible|Fits|可以安排|无法安排/);
  await finger.cancel();
  expect((await ghosts(page)) === 0, 'the visit is carried on without a finger');
  await finger.rest(await middleOf(bar));
  await finger.moveTo({ x: 20, y: 20 });
  await finger.lift();
  await saidBy(page, '^(Put back|已放回)');
  const stays = await standing(call, id);
  expect(stays.version === before.version && stays.technician === before.technician, 'a visit that was put down beside the board has moved');
  const { x, y } = await middleOf(bar);
  await finger.rest({ x, y });
  await finger.moveTo({ x: x - 58, y });
  await told(page, /Fits: |可以安排/);
  await finger.lift();
  await saidBy(page, '^(Moved|已改约)');
  await until(async () => (await standing(call, id)).version > before.version, 'the move');
}

/** Upright there is no board to carry over: a finger that rests takes nothing up, and the list is scrolled as ever. */
async function upright(browser, site, path) {
  const one = variant('light-en-390');
  const page = await boardOn(browser, site, one, path);
  await page.getByRole('button', { name: 'Show the list of what needs you' }).tap();
  const job = page.locator('[data-job]').first();
  await job.waitFor();
  const finger = await fingerOf(page);
  await finger.rest(await middleOf(job));
  expect((await page.locator('[data-carried]').count()) === 0, 'a visit is carried where there is no board');
  await finger.lift();
  await page.setViewportSize({ width: 390, height: 520 }); // so that there is something to scroll
  const from = await middleOf(job);
  const before = await page.evaluate(() => scrollY);
  await finger.down(from);
  await finger.moveTo({ x: from.x, y: Math.max(80, from.y - 200) });
  await finger.lift();
  await page.waitForFunction((was) => scrollY !== was, before);
  await page.context().close();
}

export default async function deskTouch({ browser, site }) {
  const call = await session(site.url, 'admin', password);
  const day = dayAhead();
  const path = `/dispatch?node=${site.seeded.node.id}&day=${day}`;
  const found = [];
  for (const [index, name] of ['light-en-1440', 'dark-zh-CN-1440'].entries()) {
    const one = across(name);
    const { id } = await freshCase(call, site.seeded, `AC-24-007700${index}`);
    const { id: workOrder } = await visitDecided(call, id);
    const page = await boardOn(browser, site, one, path);
    const job = page.locator(`[data-job="${workOrder}"]`);
    await job.waitFor();
    found.push(...(await look(page, one, 'board-touch')));
    if (index === 0) await swiped(page, job);
    const about = { call, id, job, day };
    found.push(...(await placed(page, one, about)));
    if (index === 0) {
      await undone(page, about);
      await placed(page, one, about);
      await moved(page, about);
    }
    found.push(...page.complaints);
    await page.context().close();
    const { id: appointment, version } = await standing(call, id);
    await call('POST', `/v1/appointments/${appointment}/cancel`, { reason: 'customer_wish' }, { 'If-Match': `"${version}"` });
  }
  await upright(browser, site, path);
  return found;
}

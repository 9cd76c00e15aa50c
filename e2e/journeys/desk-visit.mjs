// A visit from the plan to the proof: chosen, booked, driven to, recorded, charged, proven and checked offline.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPage, variant } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { outpostOf } from '../lib/outpost.mjs';
import { newFolder, run } from '../lib/process.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signIn } from '../lib/steps.mjs';
import { freshCase, standing } from '../lib/visits.mjs';

export const needs = 'server';

const wide = variant('light-en-1440');

const coolsNot = { symptom: 'no_cool', language: 'en', text: 'The bedroom unit blows warm air only.' };

/** The local day of an instant. */
const dayOf = (instant) => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10);

const dayAfter = (day) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

export default async function deskVisit({ browser, site }) {
  const { url, seeded } = site;
  const call = await session(url, 'admin', password);
  const node = await outpostOf(call, seeded, { code: 'jiangxia', name: 'Jiangxia', prefix: '43020', technician: '何静', week: 'Mo-Su 08:00-20:00', level: 4 });
  const { id } = await freshCase(call, seeded, 'AC-24-0079001', '430200', coolsNot);
  const page = await openPage(browser, wide);
  const found = [];
  const toast = (text) => page.getByText(text).first().waitFor();
  await signIn(page, url);
  await page.goto(`${url}/cases/${id}`);

  // Another way than the first needs a reason.
  await page.getByRole('button', { name: 'Choose On-site visit' }).click();
  await page.getByRole('dialog').getByLabel('Why not the first option?').selectOption('customer_wish');
  await page.getByRole('dialog').getByRole('button', { name: 'Choose' }).click();
  await toast('The plan is decided; the work begins.');
  await page.getByText('Chosen instead').waitFor();

  // The page's one primary button leads to the times that can be kept.
  await page.getByRole('button', { name: 'Book a time' }).click();
  await page.getByRole('button', { name: 'Ask for times' }).click();
  await page.getByRole('button', { name: /^Book \w{3}/ }).first().waitFor();
  found.push(...(await look(page, wide, 'visit-offers', { full: true })));

  // A slot is held while the customer decides: let go, held again, booked, called off.
  const ask = async () => {
    await page.getByRole('button', { name: 'Ask for times' }).click();
    await page.getByRole('button', { name: /^Hold \w{3}/ }).first().waitFor();
  };
  const hold = async () => {
    await page.getByRole('button', { name: /^Hold \w{3}/ }).first().click();
    await page.getByRole('button', { name: 'Book it' }).waitFor();
  };
  await hold();
  await page.getByRole('listitem').getByText(/^Held until /).waitFor();
  found.push(...(await look(page, wide, 'visit-held', { full: true })));
  await page.getByRole('button', { name: 'Let go' }).click();
  await toast('Let go. The slot is free again.');
  await ask();
  await hold();
  await page.getByRole('button', { name: 'Book it' }).click();
  await page.getByRole('button', { name: 'Dispatch', exact: true }).waitFor();
  await page.getByRole('button', { name: 'More about the appointment' }).click();
  await page.getByRole('menuitem', { name: 'Call off' }).click();
  await page.getByRole('dialog').getByLabel('Why?').selectOption('customer_wish');
  await page.getByRole('dialog').getByRole('button', { name: 'Call off' }).click();
  await ask();
  await page.getByRole('button', { name: /^Book \w{3}/ }).first().click();
  await toast('Booked. The parts are being reserved.');
  await page.getByRole('button', { name: 'Dispatch', exact: true }).waitFor();

  // On the board, by keyboard alone: the visit is found, opened, and moved to the next day.
  const booked = await standing(call, id);
  const bar = `#bar-${booked.id}`;
  const first = dayOf(booked.start_at);
  await page.goto(`${url}/dispatch?node=${node.id}&day=${first}`);
  await page.locator(bar).waitFor();
  await page.locator(bar).focus();
  await page.keyboard.press('Enter');
  const visit = page.getByRole('complementary', { name: 'Visit' });
  await visit.getByText('This technician at this time').or(visit.getByRole('heading', { name: 'Parts' })).first().waitFor();
  found.push(...(await look(page, wide, 'visit-details')));
  await page.keyboard.press('Escape');
  expect(await page.locator(bar).evaluate((element) => element === document.activeElement), 'the focus did not return to the bar');
  await page.keyboard.press('m');
  const move = page.getByRole('dialog', { name: 'Move the visit' });
  await move.getByLabel('Day').fill(dayAfter(first));
  await move.getByLabel('Window').selectOption({ label: '10:00 – 12:00' });
  found.push(...(await look(page, wide, 'visit-move')));
  await move.getByRole('button', { name: 'Move', exact: true }).click();
  await toast(/^Moved: /);
  await page.waitForFunction(() => document.querySelector('[data-said]')?.textContent?.startsWith('Moved: '));
  const second = dayOf((await standing(call, id)).start_at);
  expect(second === dayAfter(first), `the visit is on ${second}, not on the day after ${first}`);

  await page.goto(`${url}/cases/${id}`);
  for (const turn of ['Dispatch', 'Accept', 'On the way', 'On site']) await page.getByRole('button', { name: turn, exact: true }).click();
  await toast('On site.');

  // The board shows the visit on the day on which somebody really came.
  const came = dayOf((await standing(call, id)).service_start_at);
  await page.goto(`${url}/dispatch?node=${node.id}&day=${came}`);
  await page.locator(bar).click();
  found.push(...(await look(page, wide, 'visit-board')));
  await visit.getByRole('link', { name: /^Open the case/ }).click();

  await page.getByRole('button', { name: 'Record the visit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Minutes of work').fill('50');
  await dialog.getByLabel('Kilometres driven').fill('12.5');
  await dialog.getByLabel('Acceptance', { exact: true }).selectOption('refused');
  await dialog.getByLabel('Notes').fill('Cleaned the drain, refilled the gas.');
  found.push(...(await look(page, wide, 'visit-record')));
  await dialog.getByRole('button', { name: 'Keep the record' }).click();
  await toast('The visit is recorded.');

  // Record, charges and proof follow by events.
  await page.getByRole('region', { name: 'Visit record' }).waitFor();
  await page.getByRole('table', { name: 'Charges' }).waitFor();
  await page.getByRole('button', { name: 'Download the proof: Service record' }).waitFor();
  found.push(...(await look(page, wide, 'visit-done', { full: true })));

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the proof: Service record' }).click()]);
  const folder = newFolder();
  const file = join(folder, 'proof.json');
  await download.saveAs(file);
  expect(JSON.parse(readFileSync(file, 'utf8')).checkpoint, 'the downloaded proof holds no checkpoint');
  await run(folder, ['verify', file]);

  // Finance takes the charges back, for good: the work is reversed, and every line stands once more the other way round.
  const lines = page.getByRole('table', { name: 'Charges' }).locator('tbody tr');
  const before = await lines.count();
  await page.getByRole('button', { name: 'Take the charges back' }).click();
  await dialog.getByLabel('Why?').selectOption({ index: 1 });
  found.push(...(await look(page, wide, 'visit-reverse')));
  await dialog.getByRole('button', { name: 'Take the charges back' }).click();
  await page.getByText('Reversed').first().waitFor();
  await lines.nth(2 * before - 1).waitFor();
  found.push(...(await look(page, wide, 'visit-reversed', { full: true })));

  found.push(...page.complaints);
  await page.context().close();
  return found;
}

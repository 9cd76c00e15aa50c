// The dispatcher's board: visits carried by mouse and by keys, taken back, refused, undone; and two dispatchers at once.
import { readFileSync } from 'node:fs';
import { eachOf, openPage, variant, variants } from '../lib/browser.mjs';
import { carry, cellOn, told } from '../lib/carry.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signedIn, signIn } from '../lib/steps.mjs';
import { freshCase, standing, until, visitDecided } from '../lib/visits.mjs';

export const needs = 'server';

const wide = variant('light-en-1440');
const other = variant('dark-zh-CN-1440');
const HOUR = 3_600_000;
/** Tomorrow at the node, which is in China: no window there is over. */
const tomorrow = () => new Date(Date.now() + 8 * HOUR + 24 * HOUR).toISOString().slice(0, 10);
const at = (day, clock) => Date.parse(`${day}T${clock}:00+08:00`);

const bars = (page) => page.locator('[data-bar]');
const said = (page, pattern) => page.waitForFunction((text) => new RegExp(text).test(document.querySelector('[data-said]')?.textContent ?? ''), pattern);

async function byMouse(page, call, { id, job, day }) {
  const found = [];
  await carry(page, job, await cellOn(page, '张伟', '10:00'));
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect((await page.locator('[data-ghost]').count()) === 0, 'Escape did not put the visit back');
  expect((await bars(page).count()) === 0, 'a visit that was put back is on the board');

  await carry(page, job, await cellOn(page, '张伟', '10:00'));
  await told(page, 'Fits: ');
  await told(page, 'Promises 10:00 – 12:00');
  found.push(...(await look(page, wide, 'board-ghost')));
  await page.mouse.up();
  await said(page, '^Booked: 张伟');
  const booked = await standing(call, id);
  expect(Date.parse(booked.start_at) === at(day, '10:00'), `the visit is promised from ${booked.start_at}, not from 10:00`);

  // Undone within ten seconds it is nobody's again.
  await page.getByRole('button', { name: 'Undo' }).click();
  await said(page, '^Undone');
  await job.waitFor();
  await until(async () => (await call('GET', `/v1/cases/${id}/appointments`)).items.every((one) => one.state === 'cancelled'), 'the cancellation');
  await carry(page, job, await cellOn(page, '张伟', '10:00'));
  await page.mouse.up();
  await said(page, '^Booked: 张伟');
  await standing(call, id);
  await page.locator('[data-bar^="apt_"][data-cargo]').waitFor();
  return found;
}

async function byKeys(page, call, { id, day }) {
  const found = [];
  const before = await standing(call, id);
  await page.getByRole('button', { name: 'Skip to the board' }).focus();
  await page.keyboard.press('Enter');
  const onBar = () => page.waitForFunction(() => document.activeElement?.matches('[data-bar]'));
  await onBar();
  await page.keyboard.press('m');
  await page.getByRole('dialog', { name: 'Move the visit' }).waitFor();
  await page.keyboard.press('Escape');
  await onBar();
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Escape');
  await said(page, '^Put back');
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => /刘洋/.test(document.querySelector('[data-carrying-said]')?.textContent ?? ''));
  await page.waitForFunction(() => /Not possible|Fits/.test(document.querySelector('[data-carrying-said]')?.textContent ?? ''));
  found.push(...(await look(page, wide, 'board-keys')));
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await said(page, '^Moved: 张伟');
  const after = await standing(call, id, ({ start_at: start }) => start !== before.start_at);
  expect(Date.parse(after.start_at) > at(day, '10:00') && Date.parse(after.start_at) <= at(day, '11:00'), `keys moved the visit to ${after.start_at}`);
  await page.waitForFunction(() => document.activeElement?.matches('[data-bar]'));
  return found;
}

/** Where the shift ends nobody begins an hour's work; the visit goes back to where it was, with the reason. */
async function refusedDrop(page, call, { id }) {
  const before = await standing(call, id);
  await carry(page, bars(page).first(), await cellOn(page, '张伟', '19:45'));
  await told(page, 'Not possible. 张伟: it does not fit into the shift');
  const found = await look(page, wide, 'board-ghost-refused');
  await page.mouse.up();
  await said(page, '^Put back: ');
  await page.getByText(/^Put back: /).last().waitFor();
  found.push(...(await look(page, wide, 'board-refused')));
  const after = await standing(call, id);
  expect(after.start_at === before.start_at && after.version === before.version, 'a refused drop changed the visit');
  await page.getByRole('button', { name: 'Dismiss' }).last().click();
  return found;
}

/** One dispatcher sees what the other does; who comes too late is shown both versions, and decides. */
async function twoAtOnce(browser, page, call, { url, path, id }) {
  const second = await openPage(browser, other);
  await signIn(second, url, 'agent-zh');
  await second.goto(url + path);
  await bars(second).first().waitFor();
  const first = await bars(second).first().getAttribute('aria-label');
  await bars(page).first().focus();
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Enter');
  await said(page, '^Moved: ');
  await second.waitForFunction((text) => document.querySelector('[data-bar]')?.getAttribute('aria-label') !== text, first);

  // The second one's board hears no more, so that it shows what was.
  await second.route(/\/v1\/board\/[^/?]+(\?.*)?$/, (route) => route.abort());
  const before = await standing(call, id);
  await bars(page).first().focus();
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Enter');
  const theirs = await standing(call, id, ({ version }) => version > before.version);
  await bars(second).first().focus();
  await second.keyboard.press('Alt+ArrowLeft');
  await second.keyboard.press('ArrowLeft');
  await second.keyboard.press('Enter');
  const clash = second.getByRole('dialog', { name: /期间已被更改/ });
  await clash.getByText('您的安排').waitFor();
  await clash.getByText('当前状态').first().waitFor();
  const found = await look(second, other, 'board-clash');
  await second.unrouteAll();
  await clash.getByRole('button', { name: '按我的安排移动' }).click();
  await standing(call, id, ({ version, start_at: start }) => version > theirs.version && start < theirs.start_at);
  found.push(...second.complaints);
  await second.context().close();
  return found;
}

const plan = /^(Plan…|排程…)$/;
const ask = /^(Work it out|计算)$/;

/** A plan on trial: compared with now, left alone, adopted, and taken back. */
async function whatIf(page, call, { id, workOrder }) {
  const drawer = page.getByRole('dialog', { name: 'Plan, and see first' });
  const open = async () => {
    await page.getByRole('button', { name: plan }).click();
    await drawer.getByRole('switch', { name: 'Promised visits may go to somebody else' }).click();
    await drawer.getByRole('button', { name: ask }).click();
    await drawer.getByRole('table').waitFor();
  };
  let told = 0;
  page.on('request', (request) => {
    if (/\/plan\/[\w-]{36}$/.test(request.url())) told++; // a small plan is there before the answer
  });
  await open();
  expect(told > 0, 'nobody asked how far the plan has come');
  const visits = await drawer.getByRole('row', { name: /Visits/ }).getByRole('cell').allTextContents();
  expect(Number(visits[1]) === Number(visits[0]) + 1, `the plan compares ${visits.join(', ')} visits`);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Plan…'); // the focus is where it was
  const appointments = async () => (await call('GET', `/v1/cases/${id}/appointments`)).items;
  expect((await appointments()).length === 0, 'a plan on trial booked a visit');

  await open();
  await drawer.getByRole('button', { name: /^Adopt \d+ change/ }).click();
  await page.getByText(/changes? adopted\./).first().waitFor();
  await page.locator(`[data-job="${workOrder}"]`).waitFor({ state: 'detached' });
  await until(async () => (await appointments()).some(({ state }) => state !== 'cancelled'), 'the appointment that was adopted');
  await page.getByText(/changes? adopted\./).locator('xpath=..').getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/changes? taken back\./).first().waitFor();
  await page.locator(`[data-job="${workOrder}"]`).waitFor();
  await until(async () => (await appointments()).every(({ state }) => state === 'cancelled'), 'what was taken back');
  return [];
}

/** Name, what to add to the address, and what to do before looking; the same on the board and in the list that stands for it. */
const states = (workOrder) => [
  ['week', '&scale=week', async () => undefined],
  ['hour', '&scale=hour', async () => undefined],
  ['map', '&map=true', async (page) => page.locator('svg[role=img]').waitFor()],
  ['map-list', '&map=true', async (page) => page.getByRole('button', { name: /Show as list|以列表显示/ }).click()],
  ['visit', '', async (page) => {
    await page.locator('[data-bar], article li button').first().click();
    await page.getByRole('heading', { name: /Who else could|还有谁可以/ }).waitFor();
  }],
  ['open-visit', '', async (page, phone) => {
    if (phone) await page.getByRole('button', { name: /Show the list of what needs you|展开待处理列表/ }).click();
    await page.locator(`[data-why="${workOrder}"]`).click();
    await page.getByRole('heading', { name: /Best places|最佳安排/ }).waitFor();
  }],
  ['without-people', '', async (page) => {
    await page.getByRole('button', { name: /^Planned by people$|^人工排程$/ }).click();
    await page.getByRole('radio', { name: /^Nothing|^不自动处理/ }).waitFor();
  }],
  ['plan', '', async (page) => {
    await page.getByRole('button', { name: plan }).click();
    await page.getByRole('dialog').getByRole('button', { name: ask }).waitFor();
  }],
  ['planned', '', async (page) => {
    await page.getByRole('button', { name: plan }).click();
    await page.getByRole('dialog').getByRole('button', { name: ask }).click();
    await page.getByRole('dialog').getByRole('table').waitFor();
  }],
  ['changes', '', async (page) => {
    await page.getByRole('button', { name: /^(What changed|变更记录)$/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^Show on the board|^在看板上显示/ }).first().waitFor();
  }],
  ['place', '', async (page, phone) => {
    if (phone) await page.getByRole('button', { name: /Show the list of what needs you|展开待处理列表/ }).click();
    await page.locator(`[data-place="${workOrder}"]`).click();
    await page.getByRole('dialog').getByText(/Fits|Not possible|可以安排|无法安排/).first().waitFor();
  }],
];

/** How far the plan looks after itself is said, changed, and kept; nobody else's choice is written over. */
async function withoutPeople(page, call, node) {
  const chosen = async () => (await call('GET', `/v1/board/${node}/engine`)).autonomy;
  const label = (text) => page.getByRole('button', { name: text, exact: true });
  await label('Planned by people').click();
  await page.getByRole('radio', { name: /^Keep promises\s*A visit/ }).click();
  await label('Keeps promises').waitFor();
  expect((await chosen()) === 'keep', `the board keeps promises, and the server says ${await chosen()}`);
  const found = await look(page, wide, 'board-autonomy');
  await page.keyboard.press('Escape');
  await page.reload();
  await label('Keeps promises').click();
  await page.getByRole('radio', { name: /^Nothing/ }).click();
  await label('Planned by people').waitFor();
  expect((await chosen()) === 'people', 'people plan again, and the server does not say so');
  await page.keyboard.press('Escape');
  return found;
}

/** What has changed is told on balance and step by step, and shown on the board. */
async function whatChanged(page, call, { id }) {
  const { id: appointment } = await standing(call, id);
  await page.getByRole('button', { name: 'What changed' }).click();
  const drawer = page.getByRole('dialog', { name: 'What changed' });
  const mine = drawer.getByRole('listitem').filter({ has: page.locator(`a[href$="/cases/${id}"]`) }).first();
  await mine.getByText('Booked', { exact: true }).waitFor();
  await mine.getByText(/^.*Other window, .*: A person decided it$/).first().waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), drawer.getByRole('link', { name: 'Save as CSV' }).click()]);
  const table = readFileSync(await file.path(), 'utf8');
  expect(/^changes-since-\d{8}T\d{4}Z\.csv$/.test(file.suggestedFilename()) && table.includes(appointment), `the table ${file.suggestedFilename()} does not tell of ${appointment}`);
  await mine.getByRole('button', { name: /^Show/ }).click();
  await drawer.waitFor({ state: 'detached' });
  await page.locator(`#bar-${appointment}[data-open]`).waitFor();
  await page.keyboard.press('Escape');
}

/** The line that tells of a better plan, and the plan. */
async function proposed(browser, one, { url, path }) {
  const page = await openPage(browser, one, { storageState: await signedIn(browser, url, one) });
  await page.goto(url + path);
  const line = page.locator('[data-proposed]');
  await line.waitFor();
  const found = await look(page, one, 'board-proposed');
  await line.getByRole('button', { name: /^(Look|查看)$/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^(Adopt \d+ change|采用 \d+)/ }).waitFor();
  found.push(...(await look(page, one, 'board-proposed-plan')));
  await page.context().close();
  return found;
}

/** Who keeps promises is told of a better plan in one line; it is looked at, and left until the next night. */
async function betterPlan(browser, page, call, { url, path, seeded, day }) {
  const found = [];
  const { id } = await freshCase(call, seeded, 'AC-24-0075003');
  const { id: workOrder } = await visitDecided(call, id);
  await page.locator(`[data-job="${workOrder}"]`).waitFor();
  await call('POST', '/v1/appointments', { work_order: workOrder, start_at: new Date(at(day, '14:00')).toISOString() });
  const { technician } = await standing(call, id);
  // Whoever has it gets dear, so that the other one is better.
  const dear = async (minor) => call('PATCH', `/v1/technicians/${technician}`, { visit: { minor, currency: 'CNY' } }, { 'If-Match': `"${(await call('GET', `/v1/technicians/${technician}`)).version}"` });
  await dear(9_000);
  await call('PUT', `/v1/board/${seeded.node.id}/engine`, { autonomy: 'keep' }, { 'If-Match': '*' });
  await page.getByRole('heading', { level: 1 }).click(); // whatever was open above the board is not
  const line = page.locator('[data-proposed]');
  await line.waitFor({ timeout: 90_000 });
  found.push(...(await eachOf(variants, (one) => proposed(browser, one, { url, path }))));
  await line.getByRole('button', { name: 'Not now' }).click();
  await line.waitFor({ state: 'detached' });
  await dear(0);
  await call('PUT', `/v1/board/${seeded.node.id}/engine`, { autonomy: 'people' }, { 'If-Match': '*' });
  return found;
}

/** Each state in each theme, language and size. */
async function looks(browser, one, { url, path, workOrder }) {
  const page = await openPage(browser, one, { storageState: await signedIn(browser, url, one) });
  const found = [];
  for (const [name, more, act] of states(workOrder)) {
    await page.goto(url + path + more);
    await page.locator('[data-bar], article li button').first().waitFor();
    await act(page, one.viewport.width < 800);
    found.push(...(await look(page, one, `board-${name}`)));
  }
  await page.context().close();
  return found;
}

export default async function deskBoard({ browser, site }) {
  const { url, seeded } = site;
  const call = await session(url, 'admin', password);
  const { id } = await freshCase(call, seeded, 'AC-24-0075001');
  const { id: workOrder } = await visitDecided(call, id);
  const day = tomorrow();
  const path = `/dispatch?node=${seeded.node.id}&day=${day}`;
  const page = await openPage(browser, wide);
  await signIn(page, url);
  await page.goto(url + path);
  const job = page.locator(`[data-job="${workOrder}"]`);
  await job.waitFor();
  const found = await look(page, wide, 'board-open');
  const about = { id, job, day, url, path };
  found.push(...(await byMouse(page, call, about)));
  found.push(...(await byKeys(page, call, about)));
  found.push(...(await refusedDrop(page, call, about)));
  found.push(...(await twoAtOnce(browser, page, call, about)));
  const { id: another } = await freshCase(call, seeded, 'AC-24-0075002');
  const { id: open } = await visitDecided(call, another);
  await page.locator(`[data-job="${open}"]`).waitFor();
  found.push(...(await whatIf(page, call, { id: another, workOrder: open })));
  await whatChanged(page, call, about);
  found.push(...(await withoutPeople(page, call, seeded.node.id)));
  found.push(...(await betterPlan(browser, page, call, { ...about, seeded })));
  found.push(...page.complaints);
  await page.context().close();
  found.push(...(await eachOf(variants, (one) => looks(browser, one, { url, path, workOrder: open }))));
  return found;
}

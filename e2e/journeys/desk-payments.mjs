// A month's statement from its close to its last payment: paid in parts, taken back and paid again, and what remains is seen on the way.
import { readFileSync } from 'node:fs';
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { password } from '../lib/server.mjs';
import { session } from '../lib/seed.mjs';
import { expect, signedIn, signIn } from '../lib/steps.mjs';
import { freshCase, until, visitDecided, visited } from '../lib/visits.mjs';

export const needs = 'server';

const closing = /^(Close the period|关账)/;
const sending = /^(Send|发送)/;
const invoicing = /^(Invoice|开票)/;

/** The middle of a month that is over. */
function monthsAgo(count) {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 15, 4));
}

/** The statement of a month in which somebody was at one case. */
async function statementOf(call, seeded, back) {
  const { id } = await freshCase(call, seeded, `PAY-${back}`);
  const work = await visitDecided(call, id);
  await visited(call, work.id, 'fixed', monthsAgo(back));
  const month = monthsAgo(back).toISOString().slice(0, 7);
  return until(async () => (await call('GET', '/v1/statements')).items.find((one) => one.from_on.startsWith(month)), `the statement of ${month}`);
}

const titleOf = (brand, back, { lang }) =>
  `${brand.name} · ${new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(monthsAgo(back))} · CNY`;

const takingBack = /^(Take back|冲销)/;

/** Takes the part back that was paid, is refused where somebody was faster, and pays again. */
async function takeBack({ page, row, dialog, see, call, statement }) {
  const line = (amount) => dialog.getByRole('listitem').filter({ hasText: amount });
  const take = async (amount, reason) => {
    await line(amount).getByRole('button', { name: takingBack }).click();
    await dialog.getByRole('combobox').selectOption(reason);
  };
  const submit = () => dialog.getByRole('button', { name: takingBack }).click();
  await row.locator('[data-row-link]').click();
  await line('60.50').getByRole('button', { name: takingBack }).click();
  await submit();
  await dialog.locator('[aria-invalid=true]').waitFor(); // not without a reason
  await see(page, 'statement-take-back');
  await dialog.getByRole('combobox').selectOption('returned');
  await submit();
  await line('60.50').getByText(/The bank returned it|银行退回/).waitFor();
  expect((await line('60.50').getByRole('button').count()) === 0, 'what was taken back can be taken back again');
  await see(page, 'statement-taken-back');

  const { items } = await call('GET', `/v1/statements/${statement.id}/payments`);
  const rest = items.find(({ seq }) => seq === 2);
  await take(/(Paid on|付款)(?!.*60\.50)/, 'twice');
  await call('POST', `/v1/statements/${statement.id}/payments/${rest.seq}/reverse`, { reason: 'wrong_amount' });
  await submit();
  await dialog.getByRole('alert').first().waitFor();
  await see(page, 'statement-take-back-refused');
  await page.keyboard.press('Escape');
  await dialog.getByText(/The amount was wrong|金额有误/).waitFor();
  await page.keyboard.press('Escape');
  await row.getByText(/^(Invoiced|已开票)$/).waitFor();
}

/** What a brand sees: its orders without a request that is refused, and who took a payment back without a name. */
async function asBrand(browser, { url, seeded }, variant) {
  const call = await session(url, 'brand', password);
  const { version } = await call('GET', '/v1/me');
  await call('PATCH', '/v1/me', { language: variant.lang }, { 'If-Match': `"${version}"` });
  const page = await openPage(browser, variant);
  const found = [];
  const refused = [];
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith('/v1/me')) refused.push(`${response.status()} ${response.url()}`);
  });
  await signIn(page, url, 'brand');
  await page.goto(`${url}/cases`);
  await page.waitForSelector('table tbody tr');
  await page.goto(`${url}/cases/${seeded.cases[0].id}`);
  await page.waitForSelector('aside dd');
  found.push(...(await look(page, variant, 'brand-case')));
  await page.goto(`${url}/orders`);
  await page.waitForSelector('table tbody tr');
  found.push(...(await look(page, variant, 'brand-orders')));
  await page.goto(`${url}/statements`);
  await page.getByRole('button', { name: titleOf(seeded.brand, 1, variant), exact: true }).click();
  const list = page.getByRole('dialog').getByRole('list', { name: /Payments|付款/ });
  await list.getByText(/The bank returned it|银行退回/).waitFor();
  const said = await list.innerText();
  expect(/Service desk|客服/.test(said) && !/Lindqvist|林美/.test(said), `the brand reads ${said}`);
  expect((await list.getByRole('button').count()) === 0, 'a brand is offered to take payments back');
  found.push(...(await look(page, variant, 'brand-statement')));
  await page.context().close();
  return [...found, ...refused.map((one) => `brand [${variant.name}] was answered ${one}`)];
}

async function walk(browser, { url, seeded }, variant, back) {
  const call = await session(url, 'admin', password);
  const statement = await statementOf(call, seeded, back);
  const found = [];
  const see = async (page, name) => found.push(...(await look(page, variant, name)));
  const page = await openPage(browser, variant, { storageState: await signedIn(browser, url, variant) });
  await page.goto(`${url}/statements`);
  const row = page.locator('tr').filter({ has: page.getByRole('button', { name: titleOf(seeded.brand, back, variant), exact: true }) });
  const dialog = page.getByRole('dialog');

  const take = async (move) => {
    await row.getByRole('button', { name: move }).click();
    if (move === closing) await see(page, 'statement-close');
    await dialog.getByRole('button', { name: move }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await take(closing);
  await take(sending);
  await row.getByText(/^(Sent|已发送)$/).waitFor();
  const brand = await session(url, 'brand', password);
  await brand('POST', `/v1/statements/${statement.id}/agree`);
  await page.reload();
  await take(invoicing);

  // Nothing is no payment, and more than remains is refused with its reason.
  const part = /^(Book a part|登记部分付款)/;
  await row.getByRole('button', { name: part }).click();
  await see(page, 'statement-part');
  const amount = dialog.getByLabel(/^(Amount in|金额)/);
  const book = dialog.getByRole('button', { name: part });
  await amount.fill('0');
  await book.click();
  await dialog.locator('[aria-invalid=true]').waitFor();
  await amount.fill('99999');
  await book.click();
  await dialog.getByRole('alert').first().waitFor();
  await see(page, 'statement-part-refused');

  await amount.fill('60.50');
  await book.click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByText(/^(Part paid|部分付款)$/).waitFor();

  // Its lines say what has been paid and what remains.
  await row.locator('[data-row-link]').click();
  await dialog.getByRole('list', { name: /Payments|付款/ }).getByText(/60\.50/).waitFor();
  const { remaining } = await call('GET', '/v1/statements').then(({ items }) => items.find(({ id }) => id === statement.id));
  expect(remaining.minor === statement.total.minor - 6_050, `${remaining.minor} remains of ${statement.total.minor}`);
  await see(page, 'statement-lines');
  await page.keyboard.press('Escape');

  await row.getByRole('button', { name: /^(Mark as paid|标记已付)/ }).click();
  await dialog.getByRole('button', { name: /^(Mark as paid|标记已付)/ }).click();
  await row.getByText(/^(Paid|已付清)$/).waitFor();
  await see(page, 'statement-paid');

  await takeBack({ page, row, dialog, see, call, statement });
  await row.getByRole('button', { name: /^(Mark as paid|标记已付)/ }).click();
  await dialog.getByRole('button', { name: /^(Mark as paid|标记已付)/ }).click();
  await row.getByText(/^(Paid|已付清)$/).waitFor();

  // Narrowed to what nobody has, the list says so and offers the way back; the table is that of the list.
  await page.goto(`${url}/statements?stage=paid&period=${statement.from_on.slice(0, 7)}`);
  await row.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^(Save as CSV|导出 CSV)$/ }).click()]);
  const table = readFileSync(await download.path(), 'utf8').trim().split('\r\n');
  expect(table.length === 2 && table[1].startsWith(`${statement.id},paid,brand,`), `the table is ${table}`);
  await page.getByRole('button', { name: /^(Disputed|有异议)$/ }).click();
  await page.locator('[data-state=empty]').waitFor();
  await see(page, 'statements-none-fits');
  await page.getByRole('button', { name: /^(Clear the filters|清除筛选)$/ }).click();
  await row.waitFor();
  expect(new URL(page.url()).search === '', 'the filters are still in the address');
  await page.context().close();
  return found;
}

export default async function deskPayments({ browser, site }) {
  const found = await eachOf(variants, (variant) => walk(browser, site, variant, 1 + variants.indexOf(variant)));
  for (const one of [variants[0], variants.at(-1)]) found.push(...(await asBrand(browser, site, one))); // one after the other: they share an account
  return found;
}

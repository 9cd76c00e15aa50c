// Every page of the desk in every theme, language and size, on a real server.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { signedIn } from '../lib/steps.mjs';

export const needs = 'server';

const filled = 'main table tbody tr, [data-state=empty]';

/** Name, path, what shows that it is there, and what to do before looking. */
const states = ({ seeded }) => [
  ['queue', '/cases', 'table tbody tr'],
  ['queue-empty', '/cases?state=waiting', '[data-state=empty]'],
  ['queue-unknown', '/cases?q=ZZZZ-ZZZZ', 'main [role=status]'],
  ['case', `/cases/${seeded.cases[0].id}`, 'aside dd'],
  ['case-menu', `/cases/${seeded.cases[0].id}`, 'aside dd', async (page) => {
    await page.getByRole('button', { name: /More actions|更多操作/ }).click();
    await page.waitForSelector('[role=menuitem]');
  }],
  ['case-all-options', `/cases/${seeded.cases[1].id}`, 'ol strong', async (page) => page.getByRole('button', { name: /Show all|显示全部/ }).click()],
  ['case-unit', `/cases/${seeded.cases[0].id}`, 'aside dd', async (page) => {
    await page.getByRole('button', { name: /Identify the unit|It is another unit|识别设备|更正设备/ }).click();
    await page.waitForSelector('aside form input');
    await page.evaluate(() => scrollTo(0, 0)); // what is half under the sticky header would count as too small a target
  }],
  ['case-missing', '/cases/case_00000000000000000000000000', 'h1'],
  ['new-case', '/cases/new', 'form select', async (page) => {
    await page.getByRole('button', { name: /Open the case|创建服务请求/ }).click();
    await page.waitForSelector('[aria-invalid=true]');
  }],
  ['orders', '/orders', 'table tbody tr'],
  ['orders-import', '/orders', 'table tbody tr', async (page) => {
    await page.getByRole('button', { name: /Import orders|导入委托单/ }).click();
    await page.waitForSelector('[role=dialog] form');
  }],
  ['orders-refuse', '/orders?state=accepted', 'table tbody tr', async (page) => {
    await page.getByRole('button', { name: /^(Refuse order|拒绝委托单)/ }).first().click();
    await page.waitForSelector('[role=dialog] form');
  }],
  ['dispatch', '/dispatch', '[role=rowheader], article h2'],
  ['dispatch-filtered', '/dispatch?need=risk', 'main [aria-pressed=true]'],
  ['dispatch-week', '/dispatch?scale=week', '[role=rowheader], article h2'],
  ['dispatch-folded', '/dispatch', '[role=rowheader], article h2', async (page) => page.getByRole('button', { name: /(Fold|Show) the list of what needs you|(收起|展开)待处理列表/ }).click()],
  ['insight', '/insight', 'canvas'],
  ['insight-table', '/insight', 'canvas', async (page) => page.getByRole('button', { name: /Show as table|以表格显示/ }).click()],
  ['capacity', '/capacity', 'canvas'],
  ['capacity-table', '/capacity?weeks=2', 'canvas', async (page) => page.getByRole('button', { name: /Show as table|以表格显示/ }).click()],
  ['capacity-nobody', '/capacity?skill=nobody-has-this', 'main [data-state=empty]'],
  ['statements', '/statements', filled],
  ['users', '/users', 'table tbody tr'],
  ['users-new', '/users', 'table tbody tr', async (page) => {
    await page.getByRole('button', { name: /New user|新建用户/ }).click();
    await page.waitForSelector('[role=dialog] form');
  }],
  ['mail', '/mail', filled],
  ['dead-letters', '/dead-letters', filled],
  ['not-found', '/nothing-here', 'h1'],
];

async function visit(browser, site, variant) {
  const page = await openPage(browser, variant, { storageState: await signedIn(browser, site.url, variant) });
  const found = [];
  for (const [name, path, sign, act] of states(site)) {
    try {
      await page.goto(site.url + path);
      await page.waitForSelector(sign);
      await act?.(page);
      found.push(...(await look(page, variant, `desk-${name}`)));
    } catch (error) {
      found.push(`desk-${name} [${variant.name}] ${error.message.split('\n').slice(0, 3).join(' ')}`);
    }
  }
  await page.context().close();
  return found;
}

/** What a page shows when the server refuses or cannot be reached: never a blank, never a loss. */
async function troubles(browser, site, variant) {
  const page = await openPage(browser, variant, { storageState: await signedIn(browser, site.url, variant) });
  await page.route('**/v1/cases?**', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unavailable', title: '503', status: 503, request_id: 'req_e2e' }) }));
  await page.goto(`${site.url}/cases`);
  await page.locator('main [role=alert]').waitFor({ timeout: 20_000 });
  const found = await look(page, variant, 'desk-queue-error');
  await page.unroute('**/v1/cases?**');
  await page.getByRole('button', { name: /Try again|重试/ }).click();
  await page.waitForSelector('table tbody tr');
  await page.context().setOffline(true);
  await page.getByText(/You are offline|当前处于离线/).waitFor();
  found.push(...(await look(page, variant, 'desk-queue-offline')));
  await page.context().close();
  return found;
}

async function loginStates(browser, site, variant) {
  const page = await openPage(browser, variant);
  await page.goto(`${site.url}/login?expired=true`);
  await page.waitForSelector('form');
  const found = await look(page, variant, 'login');
  await page.locator('input[name=name]').fill('agent');
  await page.locator('input[name=password]').fill('wrong');
  await page.locator('button[type=submit]').click();
  await page.waitForSelector('[role=alert]');
  found.push(...(await look(page, variant, 'login-wrong')));
  await page.context().close();
  return found;
}

export default async function deskStates({ browser, site }) {
  const pages = await eachOf(variants, (variant) => visit(browser, site, variant));
  const bad = await eachOf(variants, (variant) => troubles(browser, site, variant));
  const logins = await eachOf([variants[0], variants.at(-1)], (variant) => loginStates(browser, site, variant));
  return [...pages, ...bad, ...logins];
}

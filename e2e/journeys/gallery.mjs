// Every component in every state, without a server behind it.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';

export const needs = 'gallery';

/** Opens something above the page, looks, and closes it again. */
const above = [
  ['palette', async (page) => page.keyboard.press('Control+k'), '[role=dialog] [role=option]'],
  ['shortcuts', async (page) => page.keyboard.press('?'), '[role=dialog]'],
  ['why', async (page) => page.getByRole('button', { name: /Why\?|为什么/ }).click(), '.mantine-Popover-dropdown[aria-label]'],
  ['drawer', async (page) => page.getByRole('button', { name: /Change the customer|修改客户/ }).click(), '[role=dialog]'],
  ['confirm', async (page) => page.getByRole('button', { name: /Erase the person|删除个人信息/ }).click(), '[role=dialog]'],
  ['account', async (page) => page.getByRole('button', { name: /Mei Lindqvist/ }).click(), '[role=menu] [role=menuitem]'],
  ['language', async (page) => page.getByRole('button', { name: /^(Language|语言)$/ }).click(), '[role=menu] [role=menuitemradio]'],
  ['columns', async (page) => page.getByRole('button', { name: /^(Columns|列)$/ }).click(), '[role=menu] [role=menuitemcheckbox]'],
];

async function visit(browser, base, variant) {
  const page = await openPage(browser, variant);
  const found = [];
  await page.goto(`${base}/gallery`);
  await page.waitForSelector('table');
  found.push(...(await look(page, variant, 'gallery', { full: true })));
  for (const [name, open, sign] of above) {
    await open(page);
    await page.waitForSelector(sign);
    found.push(...(await look(page, variant, `gallery-${name}`)));
    await page.keyboard.press('Escape');
    await page.waitForSelector(sign, { state: 'detached' });
  }
  await page.getByRole('button', { name: /Show a message|显示消息/ }).click();
  await page.getByRole('button', { name: /Show an error|显示错误/ }).click();
  await page.context().setOffline(true);
  await page.evaluate(() => scrollTo(0, 0));
  found.push(...(await look(page, variant, 'gallery-toasts-offline')));
  await page.context().close();
  return found;
}

export default async function gallery({ browser, base }) {
  return eachOf(variants, (variant) => visit(browser, base, variant));
}

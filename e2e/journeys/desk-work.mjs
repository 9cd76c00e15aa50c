// An agent's hour: sign in, find what is due, decide, answer, note, resolve, take it back, change language and theme, sign out.
import { openPage, variant } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { expect, signIn } from '../lib/steps.mjs';

export const needs = 'server';

const wide = variant('light-en-1440');

export default async function deskWork({ browser, site }) {
  const { url, seeded } = site;
  const page = await openPage(browser, wide);
  const found = [];
  const toast = (text) => page.getByText(text).first().waitFor();

  await page.goto(`${url}/cases/${seeded.cases[2].id}`);
  await page.waitForURL(/\/login\?next=/);
  await signIn(page, url);
  await page.goto(`${url}/cases`);
  await page.waitForSelector('table tbody tr');

  // The keyboard alone reaches the second row and opens it.
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const reference = (await page.locator(':focus').textContent()).slice(0, 9);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/cases\/case_/);
  await page.getByText(reference, { exact: true }).first().waitFor();

  // Its one primary button accepts the plan; work follows by events.
  const target = seeded.cases[2];
  await page.goto(`${url}/cases/${target.id}`);
  await page.waitForSelector('ol strong');
  expect((await page.getByText('Seit gestern tropft das Innengerät.').count()) === 1, 'the customer’s words are not on the page');
  await page.getByRole('button', { name: 'Accept the plan' }).first().click();
  await toast('The plan is decided; the work begins.');
  await page.getByRole('heading', { name: 'Work' }).waitFor();
  found.push(...(await look(page, wide, 'work-accepted', { full: true })));

  // A note among us and an answer to the customer.
  await page.keyboard.press('n');
  await page.keyboard.type('Asked for a photo.');
  await page.keyboard.press('Control+Enter');
  await toast('Note kept.');
  await page.locator('ol').getByText('Asked for a photo.').waitFor();
  await page.locator('main').click({ position: { x: 4, y: 4 } });
  await page.keyboard.press('r');
  await page.keyboard.type('Guten Tag, bitte senden Sie uns ein Foto.');
  await page.keyboard.press('Control+Enter');
  await toast('Answer sent.');
  await page.locator('ol').getByText('Guten Tag, bitte senden Sie uns ein Foto.').waitFor();

  // Somebody else opens the door: named, wrongly at first, and taken off by mistake.
  await page.getByRole('button', { name: 'Add a person' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel('Name').fill('Hilde Haus');
  await drawer.getByLabel('Phone').fill('12');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.locator('[aria-invalid=true]').waitFor();
  found.push(...(await look(page, wide, 'work-person')));
  await drawer.getByLabel('Phone').fill('+49 30 5550177');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await toast('On site: saved.');
  await page.getByText('+49305550177').waitFor();
  await page.getByRole('button', { name: 'Somebody else: On site' }).click();
  expect((await drawer.getByLabel('Name').inputValue()) === '', 'somebody else begins with the name of who was there');
  await drawer.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Remove: On site' }).click();
  await toast('On site: removed.');
  await page.getByText('+49305550177').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('+49305550177').waitFor();
  await page.setViewportSize(variant('light-en-390').viewport);
  found.push(...(await look(page, variant('light-en-390'), 'work-people', { full: true })));
  await page.setViewportSize(wide.viewport);

  // Resolved, and taken back while it can be.
  await page.getByRole('button', { name: 'More actions' }).click();
  const resolve = page.getByRole('menuitem', { name: 'Resolve' });
  if (await resolve.count()) await resolve.click();
  else {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Resolve' }).click();
  }
  await toast('Case resolved.');
  found.push(...(await look(page, wide, 'work-resolved')));
  await page.getByRole('button', { name: 'Undo' }).click();
  await toast('Taken back.');

  // The palette finds a case by its reference.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(seeded.cases[0].reference);
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(seeded.cases[0].id));

  // Language and theme hold across a reload, because the account keeps them.
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  await page.getByRole('button', { name: '主题' }).click();
  await page.getByRole('menuitemradio', { name: '深色' }).click();
  await page.reload();
  await page.getByRole('heading', { name: '处理方案' }).waitFor();
  expect((await page.getAttribute('html', 'data-mantine-color-scheme')) === 'dark', 'the theme was forgotten');
  found.push(...(await look(page, { ...wide, lang: 'zh-CN', name: 'dark-zh-CN-1440' }, 'work-switched', { full: true })));

  // A session that ends leads to the login and back to where one was.
  await page.context().clearCookies();
  await page.getByRole('link', { name: '服务委托单' }).click();
  await page.waitForURL(/\/login\?/);
  await page.getByText('您已退出登录').waitFor();
  await signIn(page, url);

  await page.getByRole('button', { name: /的账户/ }).click();
  await page.getByRole('menuitem', { name: '退出登录' }).click();
  await page.waitForURL(/\/login$/);
  found.push(...page.complaints);
  await page.context().close();
  return found;
}

// A customer without an account: check, ask, follow, urge, rate.
import { fileURLToPath } from 'node:url';
import { eachOf, openPage, variant as named, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect } from '../lib/steps.mjs';

export const needs = 'server';

const label = fileURLToPath(new URL('../fixtures/label.png', import.meta.url));
const submit = (page) => page.locator('form button[type=submit]').click();

async function states(browser, { url, seeded }, variant) {
  const page = await openPage(browser, variant);
  const found = [];
  const at = async (name, path, act) => {
    await page.goto(url + path);
    await page.waitForSelector('h1');
    await act?.();
    found.push(...(await look(page, variant, `public-${name}`)));
  };
  await at('home', '/p/');
  await at('check', `/p/check?serial=${seeded.serials[0]}`, async () => {
    await page.locator('select[name=brand] option[value=borealis]').waitFor({ state: 'attached' });
    await page.selectOption('select[name=brand]', 'borealis');
    await submit(page);
    await page.waitForSelector('dl');
  });
  await at('check-unknown', '/p/check?serial=NO-SUCH-1', async () => {
    await page.locator('select[name=brand] option[value=borealis]').waitFor({ state: 'attached' });
    await page.selectOption('select[name=brand]', 'borealis');
    await submit(page);
    await page.getByText(/not known|没有找到/).waitFor();
  });
  await at('ask-wrong', '/p/ask', async () => {
    await submit(page);
    await page.waitForSelector('[aria-invalid=true]');
  });
  await at('follow', `/p/c/${seeded.cases[1].link}`, async () => page.waitForSelector('ol li'));
  await at('follow-nothing', '/p/c/case_1.00', async () => page.getByText(/opens no request|没有对应的/).waitFor());
  await at('nothing', '/p/nothing');
  await page.context().close();
  return found;
}

async function wholeWay(browser, { url }, variant, words) {
  const page = await openPage(browser, variant);
  const found = [];
  await page.goto(`${url}/p/ask?brand=borealis`);
  await page.waitForSelector('form');
  await page.setInputFiles('input[type=file]', label);
  await page.waitForFunction(() => document.querySelector('input[name=serial]').value === 'AC-24-0071830');
  await page.locator('select[name=brand] option[value=borealis]').waitFor({ state: 'attached' });
  await page.fill('textarea[name=text]', words.text);
  await page.fill('input[name=name]', words.name);
  await page.fill('input[name=phone]', '+86 27 5550 0177');
  await page.selectOption('select[name=country]', 'CN');
  await page.fill('input[name=city]', '武汉');
  await submit(page);
  await page.getByText(words.received).waitFor();
  found.push(...(await look(page, variant, 'public-asked')));
  await page.getByRole('link', { name: words.follow }).click();
  await page.waitForSelector('ol li');
  const link = new URL(page.url()).pathname.split('/').at(-1);

  await page.getByRole('button', { name: words.urge }).click();
  await page.getByText(words.urged).waitFor();

  const call = await session(url, 'agent', password);
  const id = link.split('.')[0];
  const { version } = await call('GET', `/v1/cases/${id}`);
  await call('POST', `/v1/cases/${id}/resolve`, undefined, { 'If-Match': `"${version}"` });
  await page.reload();
  await page.waitForSelector('fieldset');
  await page.locator('fieldset label').nth(4).click();
  await page.fill('textarea[name=comment]', words.text);
  found.push(...(await look(page, variant, 'public-rate')));
  await page.getByRole('button', { name: words.send }).click();
  await page.getByText(words.thanks).waitFor();
  const rated = await call('GET', `/v1/cases/${id}`);
  expect(rated.rating?.stars === 5, `the rating arrived as ${JSON.stringify(rated.rating)}`);
  found.push(...page.complaints);
  await page.context().close();
  return found;
}

const en = { text: 'It drips.', name: 'Tom Baker', received: 'Your reference is', follow: 'Follow the request', urge: 'Urge this request', urged: 'We have noted', send: 'Send the rating', thanks: 'Thank you' };
const zh = { text: '空调漏水。', name: '李晓燕', received: '您的编号是', follow: '查看进度', urge: '催办', urged: '已记录您的催办', send: '提交评价', thanks: '感谢您的评价' };

export default async function publicPages({ browser, site }) {
  const found = await eachOf(variants, (variant) => states(browser, site, variant));
  found.push(...(await wholeWay(browser, site, named('light-en-1440'), en)));
  found.push(...(await wholeWay(browser, site, named('dark-zh-CN-390'), zh)));
  return found;
}

// A visit that nobody can take says which rule would have to give way, for whom, by how much and at what price; and giving way serves it.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { outpostOf } from '../lib/outpost.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signedIn } from '../lib/steps.mjs';
import { freshCase, until, visitDecided } from '../lib/visits.mjs';

export const needs = 'server';

const words = {
  en: { title: 'What would have to give way', rule: '赵敏: it does not fit into the shift', by: /by \d+m/, cost: /costs CNY\s\d/, nobody: 'Nobody can take it that day as things stand.', list: 'Show the list of what needs you' },
  'zh-CN': { title: '需要放宽什么', rule: '赵敏：排不进班次', by: /放宽 \d+ ?分钟/, cost: /费用 CNY\s\d/, nobody: '按目前安排，当天无人可以承接。', list: '展开待处理列表' },
};

/** Opens the reasons of the visit and compares them with what the server says. */
async function reasonsOf(browser, url, one, { path, workOrder, told }) {
  const say = words[one.lang];
  const page = await openPage(browser, one, { storageState: await signedIn(browser, url, one) });
  await page.goto(url + path);
  if (one.viewport.width < 800) await page.getByRole('button', { name: say.list }).click();
  await page.locator(`[data-why="${workOrder}"]`).click();
  const section = page.locator('section', { has: page.getByRole('heading', { name: say.title, exact: true }) }).last();
  await section.getByText(say.rule).first().waitFor();
  const lines = await section.getByRole('listitem').allTextContents();
  expect(lines.length === Math.min(3, told.relaxations.length), `${lines.length} rules are shown, and the server tells of ${told.relaxations.length}`);
  for (const pattern of [say.by, say.cost]) expect(pattern.test(lines[0]), `"${lines[0]}" does not say ${pattern}`);
  await page.getByText(say.nobody).waitFor();
  const found = await look(page, one, 'board-giveway');
  await page.context().close();
  return found;
}

export default async function deskGiveway({ browser, site }) {
  const { url, seeded } = site;
  const call = await session(url, 'admin', password);
  // Half an hour on duty, and an hour's work.
  const node = await outpostOf(call, seeded, { code: 'qingshan', name: 'Qingshan', prefix: '43007', technician: '赵敏', week: 'Mo-Su 09:00-09:30' });
  const { id } = await freshCase(call, seeded, 'AC-24-0078001', '430070');
  const { id: workOrder, node: at } = await visitDecided(call, id);
  expect(at === undefined || at === node.id, `the visit is at ${at}, not at ${node.id}`);
  const told = await until(async () => call('GET', `/v1/board/${node.id}/open/${workOrder}/reasons`).then((one) => !one.fits && one, () => null), 'the reasons');
  expect(told.relaxations.length > 0, `nothing would serve the visit: ${JSON.stringify(told)}`);
  const [first] = told.relaxations;
  expect(first.rule === 'shift' && first.by > 0 && first.unit === 'seconds' && first.cost.minor > 0, `the cheapest is ${JSON.stringify(first)}`);
  const path = `/dispatch?node=${node.id}`;
  return eachOf(variants, (one) => reasonsOf(browser, url, one, { path, workOrder, told }));
}

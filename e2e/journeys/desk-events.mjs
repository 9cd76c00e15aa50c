// What happens on a day, said by a dispatcher: a visit takes longer, roads are slow, parts come late, in the window and after it.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signedIn } from '../lib/steps.mjs';
import { until, visitDecided } from '../lib/visits.mjs';

export const needs = 'server';

const DAY = 86_400_000;
const ahead = (days) => new Date(Date.now() + DAY / 3 + days * DAY).toISOString().slice(0, 10);

/** A model whose drain pump is likely the cure, so that a part is held for each of its visits. */
async function modelWithPart(call, { line, part, brand, node }) {
  const model = await call('POST', '/v1/models', { line: line.id, code: 'ECO-50', names: { en: 'Breeze Eco 50', zh: '清风 Eco 50' } });
  await call('POST', `/v1/models/${model.id}/parts`, { part: part.id, quantity: 1, hints: { drips: 700 } });
  await call('POST', '/v1/stock/receipts', { node: node.id, lines: [{ part: part.id, quantity: 20 }] });
  return { model, brand };
}

/** A visit with a part, promised to the first technician from an hour of a day on. */
async function promised(call, { model, brand }, node, serial, day, clock) {
  await call('POST', '/v1/units', { model: model.id, serial, sold_on: '2026-05-03', sold_in: 'CN' });
  const site = { country: 'CN', city: '武汉', postcode: '430022', street: '江汉路 118 号' };
  const requester = { name: '周凯', phone: '+86 27 5550 0171', email: `${serial.toLowerCase()}@example.com` };
  const { id } = await call('POST', '/v1/public/requests', { brand: brand.code, work_type: 'repair', symptom: 'drips', language: 'zh', text: '空调漏水。', serial, requester, site });
  const { id: workOrder } = await visitDecided(call, id);
  const { technicians } = await call('GET', `/v1/board/${node.id}`);
  const wish = { work_order: workOrder, technician: technicians[0].technician, start_at: `${day}T${clock}:00+08:00` };
  await until(() => call('POST', '/v1/appointments', wish).catch(() => null), 'the visit to be planned');
  const standing = async () => (await call('GET', `/v1/cases/${id}/appointments`)).items.find(({ state }) => !['pending', 'cancelled'].includes(state));
  return (await until(standing, 'the appointment')).id;
}

async function walk(browser, { url, seeded: { node } }, variant, call, made) {
  const n = variants.indexOf(variant);
  const day = ahead(n + 2);
  const id = await promised(call, made, node, `EVENT-${n}`, day, '10:00');
  const phone = variant.viewport.width < 800;
  const page = await openPage(browser, variant, { storageState: await signedIn(browser, url, variant) });
  const found = [];
  const see = async (name) => found.push(...(await look(page, variant, `events-${name}`)));
  const button = (name) => page.getByRole('button', { name });
  const mine = async () => (await call('GET', `/v1/board/${node.id}?day=${day}`)).technicians.flatMap((lane) => lane.appointments).find((bar) => bar.id === id);
  await page.goto(`${url}/dispatch?node=${node.id}&day=${day}`);
  const open = async () => {
    await page.locator(phone ? 'article li button' : `[data-bar="${id}"]`).first().click();
    await page.getByRole('heading', { name: /^(Parts|备件)$/ }).waitFor();
  };
  await open();

  // It takes longer.
  const before = await mine();
  await button(/^(Takes until…|做到几点…)$/).click();
  await page.getByLabel(/^(Time|时间)$/).fill('13:30');
  await see('until');
  await button(/^(Note it|记录)$/).click();
  await until(async () => (await mine()).service_end_at === new Date(`${day}T13:30:00+08:00`).toISOString().replace('.000', ''), 'the longer visit');
  expect(before.service_end_at !== (await mine()).service_end_at, 'nothing was noted');

  // Parts come late, in the window: it begins when they are there.
  await page.getByText(/^(Noted: it takes until|已记录：预计做到)/).first().waitFor();
  await button(/^(Parts come late…|备件延误…)$/).click();
  await page.getByLabel(/^(There by|到货时间)$/).fill(day);
  await page.getByLabel(/^(Time|时间)$/).fill('11:00');
  await see('late-ask');
  await button(/^(Note it|记录)$/).click();
  await page.getByText(/^(Late: |延误：)/).waitFor();
  await until(async () => (await mine()).service_start_at >= `${day}T03:00:00Z`, 'a beginning with the parts');

  // After the window: it stays, somebody is needed, and another time is a click away.
  await button(/^(Known better…|更新到货时间…)$/).click();
  await page.getByLabel(/^(Time|时间)$/).fill('15:00');
  await button(/^(Note it|记录)$/).click();
  await page.getByText(/^(Parts come too late|备件到得太晚)$/).first().waitFor();
  await page.getByRole('heading', { name: /^(Where it could go|可改约到)/ }).waitFor();
  await page.getByRole('button', { name: /^(Move|改约) (张伟|刘洋)/ }).first().waitFor();
  const still = await mine();
  expect(still.start_at === before.start_at && still.parts === 'late', `it moved to ${still.start_at}`);
  await see('late-too-late');
  await page.getByRole('button', { name: /^(Move|改约) (张伟|刘洋)/ }).first().click();
  await until(async () => (await mine()).start_at !== before.start_at, 'the move');
  expect((await mine()).service_start_at >= `${day}T07:00:00Z`, 'it was moved to before its parts');

  // They are there after all.
  await page.reload();
  await open();
  await button(/^(They are there|备件已到)$/).click();
  await until(async () => (await mine()).parts === 'held', 'the end of the delay');
  if (phone) await page.keyboard.press('Escape');

  await page.context().close();
  return found;
}

/** Roads are slow for the whole node, so that one after the other says so. */
async function slowRoads(browser, { url, seeded: { node } }, variant, call) {
  const page = await openPage(browser, variant, { storageState: await signedIn(browser, url, variant) });
  const found = [];
  await page.goto(`${url}/dispatch?node=${node.id}`);
  await page.getByRole('button', { name: /^(Slow roads…|道路缓行…)$/ }).click();
  const form = page.getByRole('form', { name: /^(Slow roads|道路缓行)$/ });
  await form.getByLabel(/^(Why|原因)$/).selectOption('snow');
  await form.getByLabel(/^(Ways take longer by|路程延长)/).fill('40');
  found.push(...(await look(page, variant, 'events-slow-ask')));
  await form.getByRole('button', { name: /^(Note it|记录)$/ }).click();
  const list = page.getByRole('list', { name: /^(Slow roads|道路缓行)$/ });
  await list.getByText(/40 ?%/).waitFor();
  expect((await call('GET', `/v1/board/${node.id}`)).slowdowns.length === 1, 'the server knows nothing of it');
  found.push(...(await look(page, variant, 'events-slow')));
  await list.getByRole('button').click();
  await list.waitFor({ state: 'detached' });
  expect((await call('GET', `/v1/board/${node.id}`)).slowdowns.length === 0, 'it has not ended');
  await page.context().close();
  return found;
}

export default async function deskEvents({ browser, site }) {
  const call = await session(site.url, 'admin', password);
  const made = await modelWithPart(call, site.seeded);
  const found = await eachOf(variants, (variant) => walk(browser, site, variant, call, made));
  for (const variant of variants) found.push(...(await slowRoads(browser, site, variant, call)));
  return found;
}

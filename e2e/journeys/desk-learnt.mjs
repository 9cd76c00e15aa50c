// What visits have taught, on the visits of the demo: the page shows what the server has learnt, line by line, bars that agree with their words, and whether plans use it.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { demoPassword, enter } from '../lib/demo.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { expect } from '../lib/steps.mjs';

export const needs = 'demo';

const login = 'dispatcher-wuhan';

/** The node of the dispatcher that has learnt from the most visits. */
async function taught(call) {
  const { items } = await call('GET', '/v1/board');
  const all = await Promise.all(items.map(({ node }) => call('GET', `/v1/experience/${node}`)));
  const visits = ({ works }) => works.reduce((sum, { here }) => sum + here.visits, 0);
  return all.toSorted((a, b) => visits(b) - visits(a))[0];
}

/** Each line's bar and words, as they are drawn: which way the bar goes from the middle, how long it is, and the share that is said. */
const drawn = (page) =>
  page.locator('[data-learnt] table:not([data-finish]) tbody tr').evaluateAll((rows) =>
    rows.map((row) => {
      const picture = row.querySelector('td span[aria-hidden]').getBoundingClientRect();
      const bar = row.querySelector('i').getBoundingClientRect();
      const middle = picture.left + picture.width / 2;
      const [, said, visits] = [...row.children].map((cell) => cell.textContent);
      const percent = /(\d+)/.exec(said);
      return { name: row.children[0].textContent, length: bar.width / picture.width, longer: bar.left >= middle - 1, beyond: bar.left < picture.left - 1 || bar.right > picture.right + 1, percent: percent ? Number(percent[1]) : 0, said, visits: Number(visits.replace(/\D/g, '')) };
    }),
  );

/** The lines as the server's answer has them. */
function expected({ travel, works }) {
  const worked = works.flatMap(({ here, everywhere, technicians = [] }) => {
    const people = technicians.filter(({ factor }) => factor.visits > 0).map(({ factor }) => factor);
    const factor = here.visits > 0 ? here : everywhere;
    return factor.visits > 0 || people.length > 0 ? [factor, ...people] : [];
  });
  return [...(travel.visits > 0 ? [travel] : []), ...worked].map(({ permille, visits }) => ({ by: permille / 1000 - 1, visits }));
}

function compare(lines, wanted) {
  expect(lines.length === wanted.length && lines.length > 3, `${lines.length} lines are drawn, and ${wanted.length} were learnt`);
  const reach = Math.max(0.2, ...wanted.map(({ by }) => Math.abs(by)));
  for (const [index, line] of lines.entries()) {
    // A bar of a pixel or two says nothing of its direction.
    const { by, visits } = wanted[index];
    expect(line.visits === visits, `${line.name}: ${line.visits} visits are said, ${visits} have taught it`);
    expect(line.percent === Math.round(Math.abs(by) * 100), `${line.name}: "${line.said}" is said of ${by}`);
    expect(Math.abs(line.length - Math.abs(by) / reach / 2) < 0.02 && !line.beyond, `${line.name}: a bar of ${line.length.toFixed(3)} for ${by}`);
    expect(Math.abs(by) / reach < 0.06 || line.longer === by > 0, `${line.name}: the bar goes the wrong way for ${by}`);
  }
}

async function looked(browser, url, one, experience) {
  const page = await openPage(browser, one);
  await enter(page, url, login);
  await page.goto(`${url}/capacity?node=${experience.node}`);
  await page.locator('[data-learnt] tbody tr').first().waitFor();
  compare(await drawn(page), expected(experience));
  const shares = await page.locator('[data-finish] tbody td:nth-child(2)').allTextContents();
  const { here, technicians = [] } = experience.finish;
  const said = [here, ...technicians.map(({ share }) => share)].map(({ permille }) => `${Math.round(permille / 10)}`);
  expect(here.visits > 0 && said.length > 1, 'the demo has taught nothing of who finishes');
  expect(shares.length === said.length && shares.every((text, index) => text.replace(/\D/g, '') === said[index]), `${shares.join(', ')} is said of ${said.join(', ')}`);
  await page.locator('[data-learnt]').scrollIntoViewIfNeeded();
  const found = await look(page, one, 'capacity-learnt', { full: true });
  await page.context().close();
  return found;
}

export default async function deskLearnt({ browser, site }) {
  const call = await session(site.url, login, demoPassword);
  const experience = await taught(call);
  expect(experience.works.some(({ here, technicians = [] }) => here.visits > 0 && technicians.length > 0), 'the demo has taught nothing of who works how');
  // The account's language is the server's to keep, so languages are looked at one after the other.
  const found = [];
  for (const lang of ['en', 'zh-CN']) {
    const { version } = await call('GET', '/v1/me');
    await call('PATCH', '/v1/me', { language: lang }, { 'If-Match': `"${version}"` });
    found.push(...(await eachOf(variants.filter((one) => one.lang === lang), (one) => looked(browser, site.url, one, experience))));
  }
  return found;
}

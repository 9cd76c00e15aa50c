// Plans that go by a road service: the board says how much of their ways it has measured, and when it falls silent, since when and what stands in for it.
import { eachOf, openPage, variants } from '../lib/browser.mjs';
import { look } from '../lib/look.mjs';
import { session } from '../lib/seed.mjs';
import { password } from '../lib/server.mjs';
import { expect, signedIn } from '../lib/steps.mjs';
import { until } from '../lib/visits.mjs';

export const needs = 'roads';

const words = {
  en: { measured: ({ measured, modelled }) => `Ways: OSRM, ${measured} of ${measured + modelled} measured`, failed: /^OSRM does not answer since \d+ \w+, \d\d:\d\d: \d+ ways by the model$/ },
  'zh-CN': { measured: ({ measured, modelled }) => `路程：OSRM，${measured + modelled} 段中 ${measured} 段实测`, failed: /^OSRM 自 \S+ \d\d:\d\d 起没有应答：\d+ 段按模型估算$/ },
};

/** Somebody's day begins at another place, so that there is one more to ask for. */
async function startFrom(call, node, index, point) {
  const { id, version } = (await call('GET', `/v1/technicians?node=${node}`)).items[index];
  await call('PATCH', `/v1/technicians/${id}`, { start: point }, { 'If-Match': `"${version}"` });
}

/** What every variant's board says of its ways, looked at. */
const sayAll = (browser, site, name, text) =>
  eachOf(variants, async (one) => {
    const page = await openPage(browser, one, { storageState: await signedIn(browser, site.url, one) });
    await page.goto(`${site.url}/dispatch?node=${site.seeded.node.id}`);
    await page.getByText(text(words[one.lang])).first().waitFor();
    const found = await look(page, one, name);
    await page.context().close();
    return found;
  });

export default async function deskRoads({ browser, site }) {
  const { seeded, roads } = site;
  const call = await session(site.url, 'admin', password);
  const board = async () => (await call('GET', `/v1/board/${seeded.node.id}`)).roads;
  await startFrom(call, seeded.node.id, 0, { lat_micro: 30_620_000, lon_micro: 114_250_000 });
  const answered = await until(async () => board().then((now) => now.measured > 0 && now.modelled === 0 && now), 'the measured ways');
  expect(answered.service === 'osrm' && !answered.code && roads.asked() > 0, `the board has its ways from ${JSON.stringify(answered)}`);
  const found = await sayAll(browser, site, 'board-roads', (say) => say.measured(answered));

  // It falls silent while boards are open: who looks on sees it, without asking.
  const [first] = variants;
  const page = await openPage(browser, first, { storageState: await signedIn(browser, site.url, first) });
  await page.goto(`${site.url}/dispatch?node=${seeded.node.id}`);
  await page.getByText(words[first.lang].measured(answered)).waitFor();
  roads.silence();
  const before = Date.now();
  await startFrom(call, seeded.node.id, 1, { lat_micro: 30_480_000, lon_micro: 114_410_000 });
  const failed = await until(async () => board().then((now) => now.code && now), 'the failure');
  expect(failed.code === 'roads_silent' && failed.modelled > 0, `the board says ${JSON.stringify(failed)}`);
  expect(Date.parse(failed.failed_since) >= before - 1_000 && Date.parse(failed.failed_since) <= Date.now() + 1_000, `it is silent since ${failed.failed_since}`);
  await page.getByText(words[first.lang].failed).waitFor();
  found.push(...page.complaints);
  await page.context().close();
  return [...found, ...(await sayAll(browser, site, 'board-roads-silent', (say) => say.failed))];
}

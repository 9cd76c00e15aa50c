// node e2e/run.mjs [name …]: runs the journeys, all or those named, and says what is wrong with each state they reach.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './lib/browser.mjs';
import { startDemo } from './lib/demo.mjs';
import { startGallery } from './lib/gallery.mjs';
import { root } from './lib/paths.mjs';
import { built } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { startOnRoads } from './lib/roads.mjs';

const wanted = process.argv.slice(2);
const names = readdirSync(new URL('journeys/', import.meta.url))
  .map((file) => file.replace('.mjs', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .toSorted();
const journeys = await Promise.all(names.map(async (name) => ({ name, ...(await import(`./journeys/${name}.mjs`)) })));

const starters = { gallery: startGallery, server: () => startServer(), roads: startOnRoads, demo: startDemo };
if (journeys.some(({ needs }) => needs !== 'gallery') && !built()) {
  console.error('bin/fettle is missing: run make build first');
  process.exit(1);
}

/** Pictures of what was open when a journey broke off. */
async function keepScreens(running, name) {
  const pages = running.contexts().flatMap((context) => context.pages());
  const files = pages.map((_, index) => join(root, `var/screens/failed-${name}-${index}.png`));
  await Promise.all(pages.map((page, index) => page.screenshot({ path: files[index] }).catch(() => undefined)));
  await Promise.all(running.contexts().map((context) => context.close()));
  return files.map((file) => `see ${file}`);
}

const browser = await launch();
let passed = 0;
let failed = 0;
for (const need of Object.keys(starters)) {
  const mine = journeys.filter(({ needs }) => needs === need);
  if (mine.length === 0) continue;
  const site = await starters[need]();
  for (const journey of mine) {
    const from = Date.now();
    const found = await journey.default({ browser, base: site.url, site }).catch(async (error) => [error.stack, ...(await keepScreens(browser, journey.name))]);
    if (found.length === 0) passed++;
    else failed++;
    console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${journey.name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
    for (const what of [...new Set(found)]) console.log(`     ${what}`);
  }
  await site.stop();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

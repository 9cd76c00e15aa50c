// node e2e/run.mjs [name …]: runs the journeys, all or those named, and says what is wrong with each state they reach.
import { readdirSync } from 'node:fs';
import { launch } from './lib/browser.mjs';
import { built, startDemo } from './lib/demo.mjs';
import { startGallery } from './lib/gallery.mjs';

const wanted = process.argv.slice(2);
const names = readdirSync(new URL('journeys/', import.meta.url))
  .map((file) => file.replace('.mjs', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .toSorted();
const journeys = await Promise.all(names.map(async (name) => ({ name, ...(await import(`./journeys/${name}.mjs`)) })));

const starters = { gallery: startGallery, demo: startDemo };
if (journeys.some(({ needs }) => needs === 'demo') && !built()) {
  console.error('bin/fettle is missing: run make build first');
  process.exit(1);
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
    const found = await journey.default({ browser, base: site.url, site }).catch((error) => [error.stack]);
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

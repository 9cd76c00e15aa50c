// Fails when what a browser must fetch first is over its budget. Sizes are gzip bytes of JS + CSS, fonts aside.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const KB = 1000;

const sizes = new Map();
const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  return sizes.get(file);
};

/** Every file that loading `keys` pulls in, without what only an interaction loads. */
function closure(keys, found = new Set()) {
  for (const key of keys) {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the manifest has no ${key}`);
    if (found.has(chunk.file)) continue;
    found.add(chunk.file);
    for (const css of chunk.css ?? []) found.add(css);
    closure(chunk.imports ?? [], found);
  }
  return found;
}

const sum = (files) => [...files].filter((file) => /\.(js|css)$/.test(file)).reduce((total, file) => total + size(file), 0);
const boot = size('boot.js');
const keys = Object.keys(manifest);
const texts = (entry) => keys.filter((key) => new RegExp(`locales/${entry}\\.[\\w-]+\\.ts$`).test(key)).toSorted((a, b) => size(manifest[b].file) - size(manifest[a].file))[0];

const shell = closure(['index.html', texts('desk')]);
const rows = [
  ['desk shell, one language', sum(shell) + boot, 260 * KB],
  ['public pages, one language', sum(closure(['public.html', texts('public')])) + boot, 230 * KB],
];
const pages = keys.filter((key) => /^src\/modules\/.+Page\.tsx$/.test(key));
for (const key of pages) rows.push([`page ${key.replace(/^src\/modules\//, '')}`, sum(closure([key])) - sum([...closure([key])].filter((file) => shell.has(file))), 60 * KB]);
for (const key of keys.filter((name) => /src\/lib\/chart/.test(name))) rows.push(['charts, loaded when shown', size(manifest[key].file), 230 * KB]);

const first = 'src/modules/cases/QueuePage.tsx';
if (manifest[first]) rows.push(['desk first load (shell and queue)', sum(closure(['index.html', texts('desk'), first])) + boot, 320 * KB]);

let over = 0;
for (const [what, bytes, budget] of rows) {
  const bad = bytes > budget;
  if (bad) over++;
  process.stdout.write(`${bad ? 'OVER' : '  ok'} ${(bytes / KB).toFixed(1).padStart(7)} of ${String(budget / KB).padStart(3)} kB  ${what}\n`);
}
process.exit(over > 0 ? 1 : 0);

// node e2e/bench/board.mjs: how smoothly the dispatcher's board opens, drags and scrolls in headless Chromium, in the shipped build on the real server;
// only the board's own answers are made up, to be as large as they are to be.
import { launch, openPage, variant } from '../lib/browser.mjs';
import { anyTry, bigBoard } from '../lib/bigboard.mjs';
import { startServer } from '../lib/server.mjs';
import { signIn } from '../lib/steps.mjs';

const SIZES = [
  { technicians: 60, visits: 800, scale: 'day', days: 1 },
  { technicians: 60, visits: 800, scale: 'week', days: 7 },
  { technicians: 300, visits: 5_000, scale: 'day', days: 1 },
  { technicians: 300, visits: 5_000, scale: 'week', days: 7 },
];
const LIMITS = { drag: 20, scroll: 34, task: 200 };
const first = '2026-11-02';

/** How long the page's main thread has computed, in milliseconds; that others use the machine as well does not count. */
async function computed(client) {
  const { metrics } = await client.send('Performance.getMetrics');
  return 1_000 * metrics.find(({ name }) => name === 'TaskDuration').value;
}

/** Counts the frames and the long tasks of what is done meanwhile. */
async function measured(page, client, act) {
  await page.evaluate(() => {
    const run = { frames: [], tasks: [], last: 0, on: true };
    const frame = (at) => {
      if (run.last) run.frames.push(at - run.last);
      run.last = at;
      if (run.on) requestAnimationFrame(frame);
    };
    run.observer = new PerformanceObserver((list) => run.tasks.push(...list.getEntries().map(({ duration }) => duration)));
    run.observer.observe({ type: 'longtask' });
    requestAnimationFrame(frame);
    window.run = run;
  });
  const before = await computed(client);
  await act();
  const spent = (await computed(client)) - before;
  const seen = await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    window.run.on = false;
    window.run.observer.disconnect();
    return { frames: window.run.frames, tasks: window.run.tasks };
  });
  return { ...seen, spent };
}

const share = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

function told({ frames, tasks, spent }) {
  const sorted = frames.toSorted((a, b) => a - b);
  return { count: frames.length, p50: share(sorted, 0.5), p95: share(sorted, 0.95), max: sorted.at(-1) ?? 0, task: Math.max(0, ...tasks), each: spent / Math.max(1, frames.length) };
}

/** The first visit that is whole in view. */
async function grabbable(page) {
  const port = await page.locator('[data-board-port]').boundingBox();
  for (const one of await page.locator('[data-cargo^=visit]').all()) {
    const box = await one.boundingBox();
    if (box.x > port.x + 200 && box.y > port.y + 60 && box.x + box.width < port.x + port.width - 20 && box.y + box.height < port.y + port.height - 20) return box;
  }
  throw new Error('no visit is in view');
}

/** A visit carried over the board for some seconds, up and down and along. */
async function drag(page) {
  const bar = await grabbable(page);
  const port = await page.locator('[data-board-port]').boundingBox();
  const middle = { x: port.x + port.width / 2 + 80, y: port.y + port.height / 2 };
  await page.mouse.move(bar.x + 6, bar.y + 8);
  await page.mouse.down();
  for (let step = 0; step < 200; step++) {
    const turn = step / 16;
    await page.mouse.move(middle.x + Math.sin(turn) * (port.width / 2 - 200), middle.y + Math.cos(turn * 0.7) * (port.height / 2 - 90));
    await page.waitForTimeout(10);
  }
  const carried = await page.locator('[data-ghost]').count();
  await page.keyboard.press('Escape');
  await page.mouse.up();
  if (carried !== 1) throw new Error('nothing was carried');
}

/** The wheel, three thousand pixels a second: down and up again, then along and back. */
async function scroll(page) {
  const port = await page.locator('[data-board-port]').boundingBox();
  await page.mouse.move(port.x + port.width / 2, port.y + port.height / 2);
  for (const [x, y] of [[0, 50], [0, -50], [50, 0], [-50, 0]]) {
    for (let step = 0; step < 60; step++) {
      await page.mouse.wheel(x, y);
      await page.waitForTimeout(16);
    }
  }
}

/** Opens the board; returns the longest task that it took, in milliseconds. */
async function opened(page, site, size) {
  const board = bigBoard({ ...size, node: site.seeded.node.id, first });
  await page.unrouteAll();
  await page.route(/\/v1\/board\/[^/?]+(\?.*)?$/, (route) => route.fulfill({ json: board }));
  await page.route('**/v1/board/*/try', (route) => route.fulfill({ json: anyTry(route.request().postDataJSON()) }));
  await page.goto(`${site.url}/dispatch?node=${site.seeded.node.id}&day=${first}&scale=${size.scale}`);
  await page.waitForSelector('[data-bar]');
  await page.waitForTimeout(1_500); // what is fetched once more as the hints begin
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(Math.max(...list.getEntries().map(({ duration }) => duration)))).observe({ type: 'longtask', buffered: true });
        setTimeout(() => resolve(0), 200);
      }),
  );
}

const site = await startServer();
const browser = await launch();
const page = await openPage(browser, variant('light-en-1440'));
await signIn(page, site.url);
const client = await page.context().newCDPSession(page);
await client.send('Performance.enable', { timeDomain: 'threadTicks' });
let bad = 0;
for (const size of SIZES) {
  const task = await opened(page, site, size);
  const drawn = await page.locator('[data-bar]').count();
  if (task > LIMITS.task) bad++;
  console.log(`${task > LIMITS.task ? 'OVER' : '  ok'} ${size.technicians} × ${size.visits}, ${size.scale}: open, longest task ${task.toFixed(0)} ms (≤ ${LIMITS.task})`);
  for (const [what, act, limit] of [['drag', drag, LIMITS.drag], ['scroll', scroll, LIMITS.scroll]]) {
    const { count, p50, p95, max, task, each } = told(await measured(page, client, () => act(page)));
    const missed = p95 > limit || task > LIMITS.task;
    if (missed) bad++;
    console.log(`${missed ? 'OVER' : '  ok'} ${size.technicians} × ${size.visits}, ${size.scale}: ${what} p50 ${p50.toFixed(1)} p95 ${p95.toFixed(1)} (≤ ${limit}) max ${max.toFixed(1)} ms of ${count} frames; longest task ${task.toFixed(0)} ms; computing ${each.toFixed(1)} ms a frame; ${drawn} bars drawn`);
  }
}
await browser.close();
await site.stop();
process.exit(bad > 0 ? 1 : 0);

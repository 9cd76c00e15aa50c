// What the desk's first page costs a browser that has never been here: every byte that the server sends for it, heads of replies included.
import { openPage, variant as named } from '../lib/browser.mjs';
import { expect, signedIn } from '../lib/steps.mjs';

export const needs = 'server';

const BUDGET = 320_000; // fonts aside, as in web/scripts/size.mjs: a page is read before they come

// The language with the larger texts, and an account whose settings no other journey changes.
const variant = named('dark-zh-CN-1440');

/** Opens the path with an empty cache; returns each reply with the bytes that it took on the wire. */
async function load(browser, url, storageState) {
  const page = await openPage(browser, variant, { storageState });
  const wire = await page.context().newCDPSession(page);
  const replies = new Map();
  wire.on('Network.responseReceived', ({ requestId, type, response }) => replies.set(requestId, { type, url: response.url, coding: response.headers['Content-Encoding'] ?? '', bytes: 0 }));
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (replies.has(requestId)) replies.get(requestId).bytes = encodedDataLength;
  });
  await wire.send('Network.enable');
  await page.goto(url);
  await page.waitForSelector('table tbody tr');
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(1_000); // what is fetched once the queue stands: the stream of hints keeps the network from being idle
  const found = page.complaints;
  await page.context().close();
  return { replies: [...replies.values()], found };
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

/** "Script 260.1, Stylesheet 30.2 …", to see what grew. */
function parts(replies) {
  const sums = new Map();
  for (const { type, bytes } of replies) sums.set(type, (sums.get(type) ?? 0) + bytes);
  return [...sums].toSorted(([, a], [, b]) => b - a).map(([type, bytes]) => `${type} ${kilobytes(bytes)}`).join(', ');
}

export default async function firstLoad({ browser, site }) {
  const { replies, found } = await load(browser, `${site.url}/cases`, await signedIn(browser, site.url, variant));
  const counted = replies.reduce((sum, { type, bytes }) => sum + (type === 'Font' ? 0 : bytes), 0);
  expect(replies.some(({ type, bytes }) => type === 'Script' && bytes > 50_000), 'no script was measured: was something cached?');
  console.log(`     ${kilobytes(counted)} kB, fonts aside, in ${replies.length} replies (${parts(replies)})`);
  if (counted > BUDGET) found.push(`the first load is ${kilobytes(counted)} of ${kilobytes(BUDGET)} kB`);
  for (const { url, bytes, coding } of replies) if (/\.(js|css)$/.test(url) && bytes > 4_000 && coding !== 'gzip') found.push(`${url} came in ${bytes} bytes, not packed`);
  return found;
}

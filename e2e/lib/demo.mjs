// The demo, on a database of its own, with some days behind it.
import { newFolder, start } from './process.mjs';

const DAYS = 8;

/** Everybody's password there. */
export const demoPassword = 'fettle-demo';

/** Signs a page in by the API: the form is other journeys'. */
export async function enter(page, url, login) {
  await page.goto(`${url}/login`);
  await page.evaluate(async (body) => fetch('/v1/login', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Fettle': '1' }, body }), JSON.stringify({ login, password: demoPassword }));
}

export const startDemo = () => start(newFolder(), ['demo', '--days', String(DAYS)]);

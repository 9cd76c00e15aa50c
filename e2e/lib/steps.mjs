// Steps that several journeys take.
import { openPage } from './browser.mjs';
import { loginFor, password } from './server.mjs';

/** Signs in by the form, as a person would. */
export async function signIn(page, base, login = 'agent') {
  await page.goto(`${base}/login`);
  await page.locator('input[name=name]').fill(login);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

/** The cookies of a signed-in browser, to begin a journey behind the login. */
export async function signedIn(browser, base, variant) {
  const page = await openPage(browser, variant);
  await signIn(page, base, loginFor(variant));
  const { cookies } = await page.context().storageState();
  await page.context().close();
  return { cookies, origins: [] };
}

/** Fails the journey with a sentence, instead of a stack. */
export function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

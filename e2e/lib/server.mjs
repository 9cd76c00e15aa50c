// A served installation with a few cases, filled through the API.
import { newFolder, run, start } from './process.mjs';
import { seed, session } from './seed.mjs';

export const password = 'correct horse battery';
/** Login, name, roles, language of the account. */
const users = [
  ['admin', 'Ada Admin', 'admin,quality,integrator,agent,dispatcher,parts,finance', 'en'],
  ['agent', 'Mei Lindqvist', 'agent,dispatcher,finance,quality,admin', 'en'],
  ['agent-zh', '林美', 'agent,dispatcher,finance,quality,admin', 'zh-CN'],
];

/** The login whose account speaks the variant's language. */
export const loginFor = ({ lang }) => (lang === 'en' ? 'agent' : 'agent-zh');

/** The variables are the operator's, such as FETTLE_ROADS_URL. */
export async function startServer(env = {}) {
  const folder = newFolder();
  await run(folder, ['migrate']);
  for (const [login, name, roles] of users) await run(folder, ['user', 'add', '--role', roles, '--login', login, '--name', name], `${password}\n`);
  const site = await start(folder, ['serve'], env);
  for (const [login, , , language] of users) {
    const call = await session(site.url, login, password);
    const { version } = await call('GET', '/v1/me');
    await call('PATCH', '/v1/me', { language }, { 'If-Match': `"${version}"` });
  }
  return { ...site, seeded: await seed(site.url, 'admin', password) };
}

// A served installation with a few cases, filled through the API.
import { newFolder, run, start } from './process.mjs';
import { seed } from './seed.mjs';

export const password = 'correct horse battery';
const users = [
  ['admin', 'Ada Admin', 'admin,quality,integrator,agent'],
  ['agent', 'Mei Lindqvist', 'agent,dispatcher,finance,quality,admin'],
];

export async function startServer() {
  const folder = newFolder();
  await run(folder, ['migrate']);
  for (const [login, name, roles] of users) await run(folder, ['user', 'add', '--role', roles, '--login', login, '--name', name], `${password}\n`);
  const site = await start(folder, 'serve');
  return { ...site, seeded: await seed(site.url, 'admin', password) };
}

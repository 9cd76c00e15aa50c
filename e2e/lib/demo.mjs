// Starts the real binary with its demo on a database of its own and a free port; ends it by its process.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';

const READY_MS = 120_000;
const binary = join(root, 'bin/fettle');

export const built = () => existsSync(binary);

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function ready(url, child) {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`bin/fettle demo ended with ${child.exitCode}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`bin/fettle demo was not ready within ${READY_MS / 1000} s`);
}

export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-e2e-'));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary, ['demo'], { cwd: folder, env: { ...process.env, FETTLE_ADDR: address, FETTLE_DB: join(folder, 'demo.db') }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const url = `http://${address}`;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(url, child);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${said.slice(-2000)}`);
  }
  return { url, stop, said: () => said };
}

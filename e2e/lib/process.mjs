// Starts the real binary on a database of its own and a free port, and ends it by its process.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';

const READY_MS = 120_000;
export const binary = process.env.FETTLE_BIN ?? join(root, 'bin/fettle');
export const built = () => existsSync(binary);

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Runs one command of the binary to its end. */
export function run(folder, args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, ['--db', join(folder, 'fettle.db'), ...args], { cwd: folder });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.stdin.end(input);
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`fettle ${args.join(' ')} ended with ${code}: ${said.slice(-1000)}`))));
  });
}

export const newFolder = () => mkdtempSync(join(tmpdir(), 'fettle-e2e-'));

async function ready(url, child) {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`it was not ready within ${READY_MS / 1000} s`);
}

/** Starts `fettle serve` or `fettle demo`, with what is told besides, in the folder; `stop` ends it and removes the folder. */
export async function start(folder, [command, ...more], told = {}) {
  const address = `127.0.0.1:${await freePort()}`;
  const env = { ...process.env, ...told, FETTLE_ADDR: address, FETTLE_DB: join(folder, 'fettle.db') };
  const child = spawn(binary, [command, ...more], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-20_000)));
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
    throw new Error(`fettle ${command}: ${error.message}\n${said}`);
  }
  return { url, stop, said: () => said };
}

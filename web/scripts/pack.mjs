// Writes a .gz beside every text file of the build that gains by it, so that the server never compresses while it serves. It runs when
// vite has ended: vite still writes file names into chunks after the last hook of its plugins. Equal builds give equal bytes: zlib's
// gzip header names no file and no time.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const LEAST_BYTES = 1_000; // below, it fits one packet anyhow

for (const name of readdirSync(dist, { recursive: true }).filter((file) => /^[^.].*\.(js|css|html|svg|json)$/.test(file))) {
  const plain = readFileSync(new URL(name, dist));
  const packed = gzipSync(plain, { level: 9 });
  if (plain.length >= LEAST_BYTES && packed.length < plain.length) writeFileSync(new URL(`${name}.gz`, dist), packed);
}

// Serves the gallery build from var/gallery on a free port, as the binary serves the desk.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from './paths.mjs';

const folder = join(root, 'var/gallery');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

export async function startGallery() {
  execFileSync('npm', ['run', '-s', 'build:gallery'], { cwd: join(root, 'web'), stdio: ['ignore', 'ignore', 'inherit'] });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    const page = path.startsWith('/p/') ? 'public.html' : 'index.html';
    const file = extname(path) && existsSync(join(folder, path)) ? join(folder, path) : join(folder, page);
    // The same style and script policy as the server's: nothing inline.
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:" });
    response.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}

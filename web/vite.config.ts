import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** During `vite dev` the public pages live under /p/ as they do behind the server. */
function publicPages(): Plugin {
  return {
    name: 'fettle-public-pages',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url?.startsWith('/p/')) request.url = '/public.html';
        next();
      });
    },
  };
}

const both = /[\\/]node_modules[\\/](react|react-dom|scheduler|i18next|react-i18next|use-sync-external-store|openapi-fetch|@tanstack[\\/](react-query|query-core))[\\/].*js$/;
/**
 * Every reply has a head of almost 1 kB, so the libraries that a page needs at once come in two chunks: what both pages need, and what the
 * desk needs besides. What pages read from their addresses comes in one more; these files need no others. The rest of our own code is left
 * to the bundler: groups of it would import each other in circles.
 */
const libraries = [
  { name: 'base', test: both, tags: ['$initial' as const], priority: 1 },
  { name: 'desk-base', test: /[\\/]node_modules[\\/].*js$/, tags: ['$initial' as const] },
  { name: 'addresses', test: /[\\/]modules[\\/]\w+[\\/]search\.ts$/, tags: ['$initial' as const] },
];

const api = process.env.FETTLE_ADDR ?? '127.0.0.1:8080';

export default defineConfig(({ mode }) => ({
  plugins: [react(), publicPages()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  // The gallery of component states is compiled in for development and for `build:gallery` only.
  define: { __GALLERY__: JSON.stringify(mode !== 'production') },
  build: {
    target: 'es2022',
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: { desk: 'index.html', public: 'public.html' }, output: { codeSplitting: { groups: libraries } } },
  },
  server: { proxy: { '/v1': { target: `http://${api}` } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/lib/test-setup.ts'] },
}));

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
    rolldownOptions: { input: { desk: 'index.html', public: 'public.html' } },
  },
  server: { proxy: { '/v1': { target: `http://${api}` } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/lib/test-setup.ts'] },
}));

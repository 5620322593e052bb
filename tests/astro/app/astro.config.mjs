// The application that the tests of the integration drive. `main` is what most people write;
// `strict` keeps sessions in a store, has other paths, and Astro's own Content-Security-Policy.
import node from '@astrojs/node';
import gatehouse from '@gatehouse/astro';
import { defineConfig } from 'astro/config';

const variant = process.env.APP_VARIANT ?? 'main';

const protect = [
  '/dashboard/**',
  '/api/data',
  { pages: '/admin', roles: ['admin'] },
  { pages: '/organization', organization: 'required' },
];

const variants = {
  main: { gatehouse: { protect } },
  strict: {
    gatehouse: {
      protect,
      routes: { base: '/account' },
      session: { strategy: 'store', store: '/src/store.ts' },
      csp: true,
    },
    astro: { security: { csp: { directives: ["form-action 'self'"] } } },
  },
};

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  outDir: `./dist/${variant}`,
  integrations: [gatehouse(variants[variant].gatehouse)],
  // Before any click, as eager as Astro can be: nothing of ours may happen by it.
  prefetch: { prefetchAll: true, defaultStrategy: 'hover' },
  // Several of these run at a time, each with its own.
  cacheDir: process.env.APP_CACHE ?? './node_modules/.astro',
  vite: { cacheDir: process.env.APP_CACHE ?? './node_modules/.vite' },
  ...variants[variant].astro,
});

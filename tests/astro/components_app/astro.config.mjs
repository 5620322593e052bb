// Every component in every place it may stand: on a page, as an island, on a prerendered page.
import node from '@astrojs/node';
import gatehouse from '@gatehouse/astro';
import { defineConfig } from 'astro/config';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  integrations: [gatehouse()],
  // As a strict Content-Security-Policy wants it.
  build: { inlineStylesheets: 'never' },
});

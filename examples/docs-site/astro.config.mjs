import node from '@astrojs/node';
import gatehouse from '@gatehouse/astro';
import { defineConfig } from 'astro/config';

// Static: pages are files, made once. Islands and pages with `prerender = false` know who reads.
export default defineConfig({
  output: 'static',
  adapter: node({ mode: 'standalone' }),
  integrations: [gatehouse({ protect: ['/internal/**'] })],
});

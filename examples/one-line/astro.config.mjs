import node from '@astrojs/node';
import gatehouse from '@gatehouse/astro';
import { defineConfig } from 'astro/config';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  integrations: [gatehouse()],
});

import node from '@astrojs/node';
import { defineConfig, envField } from 'astro/config';

// Secrets are read when the server runs, never compiled into dist/.
const secret = (options = {}) =>
  envField.string({ context: 'server', access: 'secret', ...options });

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  // Stylesheets stay files: the Content-Security-Policy needs no exception for inline ones.
  build: { inlineStylesheets: 'never' },
  // Astro compares Origin with an address taken from the request; src/middleware.ts compares it
  // with the configured one instead.
  security: { checkOrigin: false },
  devToolbar: { enabled: false },
  env: {
    schema: {
      SCALEKIT_ENVIRONMENT_URL: secret({ url: true }),
      SCALEKIT_CLIENT_ID: secret(),
      SCALEKIT_CLIENT_SECRET: secret({ min: 16 }),
      SCALEKIT_REDIRECT_URI: secret({ url: true }),
    },
  },
});

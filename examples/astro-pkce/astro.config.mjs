import node from '@astrojs/node';
import { defineConfig, envField } from 'astro/config';

// Read when the server runs. None of them is secret in the strict sense: this client has no secret.
const setting = (options = {}) =>
  envField.string({ context: 'server', access: 'secret', ...options });

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  security: { checkOrigin: false }, // src/middleware.ts compares with the configured origin instead
  devToolbar: { enabled: false },
  env: {
    schema: {
      SCALEKIT_ENVIRONMENT_URL: setting({ url: true }),
      SCALEKIT_CLIENT_ID: setting(),
      SCALEKIT_REDIRECT_URI: setting({ url: true }),
    },
  },
});

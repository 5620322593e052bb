// Hosts that are not a Node process: the application builds for them, no secret goes along, and
// what signs people in uses nothing but what every runtime has.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import vm from 'node:vm';
import * as esbuild from 'esbuild';
import { Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { Person } from '../black_box/person.js';
import { projectFolder } from './app_process.js';
import { build, type Built } from './builds.js';

// Host → the folder of tests/astro/versions that has its adapter, and where a build of it lies.
const HOSTS = {
  vercel: { installed: '7', output: '.vercel/output' },
  netlify: { installed: 'netlify', output: '.netlify' },
  cloudflare: { installed: 'cloudflare', output: 'dist' },
} as const;

const SECRETS = {
  GATEHOUSE_URL: 'https://auth.of-the-build.example',
  GATEHOUSE_CLIENT_ID: 'client-of-the-build',
  GATEHOUSE_CLIENT_SECRET: 'secret-of-the-build-of-32-characters',
  GATEHOUSE_COOKIE_SECRET: 'cookie-secret-of-the-build-of-32-characters',
};

const configuration = (host: string): string => `
import adapter from '@astrojs/${host}';
import gatehouse from '@gatehouse/astro';
import { defineConfig } from 'astro/config';
export default defineConfig({
  output: 'server',
  adapter: adapter(),
  integrations: [gatehouse({ protect: ['/dashboard/**'], lint: 'warn' })],
});
`;

function* textsUnder(folder: string): Generator<[string, string]> {
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || !/\.(m?js|json|html)$/.test(file.name)) continue;
    if (file.parentPath.includes('node_modules')) continue; // of others, copied as they are
    const path = join(file.parentPath, file.name);
    yield [path, readFileSync(path, 'utf8')];
  }
}

describe('built for other hosts', () => {
  for (const [host, { installed, output }] of Object.entries(HOSTS)) {
    const isThere = existsSync(join(projectFolder(installed), `node_modules/@astrojs/${host}`));
    const skip = !isThere && `not installed: tools/astro_matrix ${installed}`;
    test(`${host} has the routes, and no secret`, { skip }, async () => {
      const files = { 'astro.config.mjs': configuration(host) };
      const built: Built = await build(installed, files, SECRETS);
      try {
        assert.ok(!built.hasFailed, built.log.slice(-3000));
        let hasRoutes = false;
        for (const [path, text] of textsUnder(join(built.folder, output))) {
          assert.ok(!/(secret|client)-of-the-build/.test(text), `${path} holds a secret`);
          hasRoutes ||= text.includes('backchannel-logout');
        }
        assert.ok(hasRoutes, 'the build has none of our routes');
      } finally {
        built.remove();
      }
    });
  }
});

describe('a runtime with nothing but the standard of the web', () => {
  let gatehouse: Gatehouse;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
  });
  after(async () => await gatehouse?.stop());

  const APP = 'https://app.example.com';
  const SEED = `
[[users]]
email = "ada@acme.test"
given_name = "Ada"
family_name = "Lovelace"
[[organizations]]
name = "Acme"
members = [{ email = "ada@acme.test" }]
[[applications]]
name = "Edge"
type = "ENV"
redirect_uris = ["${APP}/auth/callback"]
post_logout_redirect_uris = ["${APP}"]
`;

  test('signs a person in, and knows them afterwards', async () => {
    const { result, settle } = await loadedInIsolation();
    const { AuthClient, WebAuth } = result;
    settle(); // from here on requests are served
    const { client_id, client_secret } = gatehouse.ready;
    const auth = new WebAuth({
      client: new AuthClient(gatehouse.url, client_id, client_secret),
      appUrl: APP,
      cookieSecrets: ['the secret of an application at the edge'],
    });
    const begun = await auth.login(new Request(`${APP}/auth/login?returnTo=/dashboard`));
    assert.equal(begun.status, 302);
    const person = new Person(gatehouse, 'ada@acme.test');
    const back = await person.authorize(begun.headers.get('location') ?? '');
    const done = await auth.callback(new Request(back, { headers: { cookie: cookiesOf(begun) } }));
    assert.equal(done.headers.get('location'), `${APP}/dashboard`);
    const request = new Request(`${APP}/`, { headers: { cookie: cookiesOf(done) } });
    const { session } = await auth.authenticate(request);
    assert.equal(session?.user.name, 'Ada Lovelace');
    const stranger = await auth.authenticate(new Request(`${APP}/`));
    assert.equal(stranger.session, undefined);
  });

  test('no file that runs with the application names a module of Node, or a global of its', () => {
    const folders = ['sdk/dist/esm', 'astro/dist/runtime', 'astro/dist/routes'];
    let files = 0;
    for (const folder of folders) {
      for (const [path, text] of textsUnder(join(ROOT, 'packages', folder))) {
        ++files;
        const code = text.replace(/^\s*\/\/.*$/gm, '');
        assert.doesNotMatch(code, /(from|import\(|require\()\s*['"]node:/, path);
        assert.doesNotMatch(code, /\b(Buffer|__dirname|__filename)\b/, path);
        assert.doesNotMatch(code, /(?<!globalThis\.)\bprocess\.(env|version|argv|exit)/, path);
      }
    }
    assert.ok(files > 50, `${files} files`);
  });
});

function cookiesOf(response: Response): string {
  const lines = response.headers.getSetCookie().filter((line) => !/max-age=0/i.test(line));
  return lines.map((line) => line.slice(0, line.indexOf(';'))).join('; ');
}

interface Exports {
  AuthClient: typeof import('@gatehouse/sdk/auth').AuthClient;
  WebAuth: typeof import('@gatehouse/sdk/web').WebAuth;
}

// The two entries in one file, in a global scope that has no more than a worker's. While it loads,
// neither chance nor time may be asked for: workers refuse that outside of a request.
async function loadedInIsolation(): Promise<{ result: Exports; settle(): void }> {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `export { AuthClient } from '@gatehouse/sdk/auth';
export { WebAuth } from '@gatehouse/sdk/web';`,
      resolveDir: join(ROOT, 'tests/packages'),
    },
    bundle: true,
    platform: 'neutral',
    conditions: ['worker', 'import'],
    format: 'iife',
    globalName: 'gatehouse',
    write: false,
  });
  let isLoading = true;
  const notYet = (): never => {
    throw new Error('this is not allowed before the first request');
  };
  const scope = {
    ...Object.fromEntries(WEB.map((name) => [name, Reflect.get(globalThis, name) as unknown])),
    crypto: new Proxy(crypto, {
      get: (real, name) => {
        const value: unknown = Reflect.get(real, name, real);
        if (typeof value !== 'function') return value;
        return isLoading ? notYet : (value.bind(real) as unknown);
      },
    }),
    setTimeout: (run: () => void, ms: number) => (isLoading ? notYet() : setTimeout(run, ms)),
  };
  const context = vm.createContext(scope);
  vm.runInContext(outputFiles[0]?.text ?? '', context);
  const result = vm.runInContext('gatehouse', context) as Exports;
  return { result, settle: () => void (isLoading = false) };
}

const WEB = ['AbortController', 'AbortSignal', 'Headers', 'ReadableStream', 'Request', 'Response']
  .concat(['TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'Uint8Array', 'ArrayBuffer'])
  .concat(['atob', 'btoa', 'clearTimeout', 'console', 'fetch']);

// The environment is missing something, or has something wrong: it is said at start, in words that
// tell what to do, and the public pages work. Under Scalekit's names it works as under ours.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Variables } from './app_process.js';
import { World } from './world.js';

interface Fault {
  name: string;
  environment: Variables;
  code: string;
}

const FAULTS: Fault[] = [
  { name: 'no address of Gatehouse', environment: { GATEHOUSE_URL: undefined }, code: 'GH101' },
  { name: 'an empty address', environment: { GATEHOUSE_URL: '  ' }, code: 'GH101' },
  {
    name: 'an address without a scheme',
    environment: { GATEHOUSE_URL: 'auth.test' },
    code: 'GH102',
  },
  { name: 'a file address', environment: { GATEHOUSE_URL: 'file:///etc' }, code: 'GH102' },
  { name: 'no client ID', environment: { GATEHOUSE_CLIENT_ID: undefined }, code: 'GH103' },
  {
    name: 'a cookie secret that is too short',
    environment: { GATEHOUSE_COOKIE_SECRET: 'too-short-to-be-good' },
    code: 'GH105',
  },
  {
    name: 'one of two cookie secrets too short',
    environment: { GATEHOUSE_COOKIE_SECRET: `${'long'.repeat(8)},short` },
    code: 'GH105',
  },
  {
    name: 'an application address with a path',
    environment: { GATEHOUSE_APP_URL: 'http://localhost:1/app' },
    code: 'GH107',
  },
  {
    name: 'a redirect URI that is not the callback',
    environment: {
      GATEHOUSE_APP_URL: undefined,
      SCALEKIT_REDIRECT_URI: 'http://localhost:1/api/auth/callback',
    },
    code: 'GH108',
  },
];

const html = { headers: { accept: 'text/html' } };

for (const mode of ['built', 'dev'] as const) {
  describe(`${mode}, with an environment that is wrong`, () => {
    let world: World;
    before(async () => {
      world = await World.open({ mode, astro: mode === 'dev' ? '5' : '7' });
    });
    after(async () => await world?.close());

    for (const { name, environment, code } of mode === 'built' ? FAULTS : FAULTS.slice(4, 6)) {
      test(`${name} is told as ${code}, and public pages work`, async () => {
        await world.restartApp(environment);
        assert.match(world.app.output, new RegExp(code));
        assert.equal((await world.ask('/plain', html)).status, 200);
        const { status, body } = await world.ask('/auth/login', html);
        assert.equal(status, 503);
        assert.match(body, new RegExp(code));
        assert.equal(/<ol>.*<p>(Set|Use|Copy|Write) /s.test(body), mode === 'dev', body);
        const callback = await world.ask('/auth/callback?code=x&state=y', html);
        assert.equal(callback.status, 503);
        // Closed, not open, while nobody can sign in.
        const dashboard = await world.ask('/dashboard', html);
        assert.notEqual(dashboard.status, 200);
        assert.ok(!dashboard.body.includes('Welcome'));
        assert.equal((await world.ask('/api/data', { headers: { accept: '*/*' } })).status, 401);
        for (const value of Object.values(environment)) {
          if (value?.includes('short'))
            assert.ok(!world.app.output.includes(value), 'a secret is told');
        }
      });
    }

    if (mode === 'built') {
      test('no secret at all is told as GH104', async () => {
        const environment = {
          GATEHOUSE_CLIENT_SECRET: undefined,
          GATEHOUSE_COOKIE_SECRET: undefined,
        };
        await world.restartApp(environment);
        assert.match(world.app.output, /GH104/);
        assert.equal((await world.ask('/auth/login', html)).status, 503);
      });

      test('an application address that cannot be known is told as GH106', async () => {
        await world.restartApp({ GATEHOUSE_APP_URL: undefined });
        const headers = { ...html.headers, host: 'app.example.com' };
        const { status, body } = await world.ask('/auth/login', { headers });
        assert.equal(status, 503);
        assert.match(body, /GH106/);
        // On this machine it can.
        const local = await world.ask('/auth/login', html);
        const to = new URL(local.headers.location ?? '');
        assert.equal(to.searchParams.get('redirect_uri'), `${world.appUrl}/auth/callback`);
      });

      test('a wrong client secret ends in one clear page, not in a circle', async () => {
        await world.restartApp({ GATEHOUSE_CLIENT_SECRET: 'test_this_is_not_the_secret_of_it' });
        const page = await world.newPage();
        await page.goto(`${world.appUrl}/dashboard`);
        await world.passGatehouse(page, 'ada@acme.test');
        await page.waitForSelector('[role=alert]');
        assert.match(page.url(), /auth_error=misconfigured/);
        assert.ok(!world.app.output.includes('not_the_secret'), 'the secret is told');
        assert.match(world.app.output, /invalid_client|misconfigured/);
      });

      test('variables under Scalekit’s names do the same', async () => {
        const { client_id, client_secret, environment_url } = world.gatehouse.ready;
        await world.restartApp({
          GATEHOUSE_URL: undefined,
          GATEHOUSE_CLIENT_ID: undefined,
          GATEHOUSE_CLIENT_SECRET: undefined,
          GATEHOUSE_COOKIE_SECRET: undefined,
          GATEHOUSE_APP_URL: undefined,
          SCALEKIT_ENVIRONMENT_URL: `${environment_url}/`,
          SCALEKIT_CLIENT_ID: client_id,
          SCALEKIT_CLIENT_SECRET: client_secret,
          SCALEKIT_REDIRECT_URI: `${world.appUrl}/auth/callback`,
        });
        const page = await world.newPage();
        await world.signIn(page, 'ada@acme.test');
        assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
      });
    } else {
      test('without any secret a development server makes one up', async () => {
        await world.restartApp({
          GATEHOUSE_CLIENT_ID: world.gatehouse.application('Public').client_id,
          GATEHOUSE_CLIENT_SECRET: undefined,
          GATEHOUSE_COOKIE_SECRET: undefined,
        });
        const page = await world.newPage();
        await world.signIn(page, 'ada@acme.test');
        assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
      });
    }
  });
}

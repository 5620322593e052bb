// What users of other integrations complain about, and what goes wrong in applications written by
// the usual guides: each once, so that it cannot come here.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { projectFolder } from './app_process.js';
import { buildFailing } from './builds.js';
import { World } from './world.js';

const HOUR_S = 3600;

interface Who {
  user?: { sub: string; email?: string; name?: string; orgId?: string };
  auth: Record<string, unknown>;
  token: string;
}

for (const astro of ['5', '7'] as const) {
  describe(`a built application on Astro ${astro}`, () => {
    let world: World;
    before(async () => {
      world = await World.open({ astro, hasMovedClock: true });
    });
    after(async () => await world?.close());

    const whoIs = async (page: Page): Promise<Who> =>
      JSON.parse((await world.askAs(page, '/api/who')).body) as Who;

    const signedIn = async (email = 'ada@acme.test'): Promise<Page> => {
      const page = await world.newPage();
      await world.signIn(page, email);
      return page;
    };

    test('locals.auth is there on prerendered pages, and says that nobody is', async () => {
      const { body, headers } = await world.ask('/static');
      assert.match(body, /\[false,false,\[\]\]/);
      assert.equal(headers['set-cookie'], undefined);
    });

    test('building prerendered pages warns of no headers or cookies read', () => {
      const log = readFileSync(join(projectFolder(astro), 'build.main.log'), 'utf8');
      assert.match(log, /static/);
      assert.doesNotMatch(log, /Astro\.request\.headers|headers.*prerender|cookies.*prerender/i);
      assert.doesNotMatch(log, /\[WARN\].*gatehouse/i);
    });

    test('a protected page that is prerendered fails the build, and is named', async () => {
      const log = await buildFailing(astro, {
        'src/pages/dashboard/old.astro': '---\nexport const prerender = true;\n---\n<h1>Old</h1>\n',
      });
      assert.match(log, /GH301/);
      assert.match(log, /src\/pages\/dashboard\/old\.astro/);
    });

    test('the account button stays, and works, when Astro’s router changes the page', async () => {
      const page = await signedIn();
      await page.goto(`${world.appUrl}/router`);
      await page.evaluate(() => void (document.documentElement.dataset['same'] = 'document'));
      await page.click('#to-router');
      await page.waitForURL('**/router?again');
      const button = page.locator('button[aria-label^="Account of"]');
      await button.click();
      assert.ok(await page.isVisible('text=Manage account'));
      // Ordinary pages are still reached as without us.
      await page.goto(`${world.appUrl}/plain`);
      await page.click('a:has-text("Dashboard")');
      await page.waitForURL('**/dashboard');
    });

    test('hovering over anything begins nothing and ends nothing', async () => {
      const page = await signedIn();
      await page.goto(`${world.appUrl}/router`);
      const asked: string[] = [];
      page.on('request', (request) => void asked.push(request.url()));
      for (const one of await page.locator('a:visible, button:visible').all()) {
        await one.hover();
        await page.waitForTimeout(120); // Astro waits before it prefetches
      }
      await page.waitForLoadState('networkidle');
      assert.ok(
        asked.some((url) => url.includes('/dashboard')),
        'nothing was prefetched at all',
      );
      assert.deepEqual(
        asked.filter((url) => /oauth|oidc|logout|switch/.test(url)),
        [],
      );
      assert.equal(await world.nameOn(page), 'Ada Lovelace');
    });

    test('signing in by a click under Astro’s router is one request, without errors', async () => {
      const page = await world.newPage();
      const logins: string[] = [];
      const problems: string[] = [];
      page.on('request', (request) => {
        if (/\/auth\/login|\/oauth\/authorize/.test(request.url())) logins.push(request.url());
      });
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      await page.goto(`${world.appUrl}/router`);
      await page.hover('#sign-in');
      await page.click('#sign-in');
      await page.waitForSelector('input[name=email]');
      assert.equal(logins.length, 2, logins.join('\n'));
      assert.deepEqual(problems, []);
    });

    test('behind a proxy that ends TLS, forms, cookies and addresses are of https', async () => {
      const outside = 'https://app.example.com';
      await world.restartApp({ GATEHOUSE_APP_URL: outside });
      const headers = { host: 'app.example.com', 'x-forwarded-proto': 'https', origin: outside };
      const begun = await world.ask('/auth/login', {
        headers: { ...headers, accept: 'text/html' },
      });
      const to = new URL(begun.headers.location ?? '');
      assert.equal(to.searchParams.get('redirect_uri'), `${outside}/auth/callback`);
      const [cookie = ''] = begun.headers['set-cookie'] ?? [];
      assert.match(cookie, /^__Host-.*; Secure/i);
      for (const inside of ['app.example.com', '127.0.0.1:3000']) {
        const form = { 'sec-fetch-site': 'same-origin', ...headers, host: inside };
        const logout = await world.ask('/auth/logout', { headers: form, form: {} });
        assert.ok([200, 302, 303].includes(logout.status), `${logout.status} ${logout.body}`);
        const action = await world.ask('/action?_action=rename', {
          headers: form,
          form: { name: 'x' },
        });
        assert.notEqual(action.status, 403, action.body);
      }
      const foreign = { ...headers, origin: 'https://evil.test' };
      assert.equal(
        (await world.ask('/action?_action=rename', { headers: foreign, form: {} })).status,
        403,
      );
      await world.restartApp();
    });

    test('Response.redirect() after a cookie is answered, as the guides write it', async () => {
      const page = await world.newPage();
      await page.goto(`${world.appUrl}/guide/login`);
      await world.passGatehouse(page, 'ada@acme.test');
      await page.waitForURL(`${world.appUrl}/guide`);
      assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
      const names = (await page.context().cookies()).map(({ name }) => name);
      for (const name of ['sk-id-token', 'sk-access-token', 'sk-refresh-token']) {
        assert.ok(names.includes(name), name);
      }
    });

    test('a public client, whose refresh tokens rotate, survives parallel requests', async () => {
      await world.restartApp({
        GATEHOUSE_CLIENT_ID: world.gatehouse.application('Public').client_id,
        GATEHOUSE_CLIENT_SECRET: undefined,
      });
      const page = await signedIn('grace@acme.test');
      for (let round = 0; round < 3; ++round) {
        world.clock?.advance(2 * HOUR_S);
        const names = await page.evaluate(async () => {
          const ask = async (): Promise<string | undefined> => {
            const answer = await fetch('/api/who', { cache: 'no-store' });
            return ((await answer.json()) as { user?: { name: string } }).user?.name;
          };
          return await Promise.all(Array.from({ length: 8 }, ask));
        });
        assert.deepEqual(names, Array<string>(8).fill('Grace Lovelace'), `round ${round}`);
      }
      // One that comes late, with the cookies of before, is told nothing that would sign it out.
      const late = await world.sessionCookies(page);
      world.clock?.advance(2 * HOUR_S);
      assert.equal(await world.nameOn(page), 'Grace Lovelace');
      const cookie = late.map(({ name, value }) => `${name}=${value}`).join('; ');
      const answer = await world.ask('/api/who', { headers: { cookie } });
      for (const line of answer.headers['set-cookie'] ?? [])
        assert.doesNotMatch(line, /max-age=0/i);
      assert.equal(await world.nameOn(page), 'Grace Lovelace');
      await world.restartApp();
    });

    test('no cache keeps a page of somebody, or an answer with cookies', async () => {
      const page = await signedIn();
      for (const path of ['/', '/plain', '/api/who', '/dashboard', '/auth/me']) {
        const { headers } = await world.askAs(page, path);
        assert.match(headers['cache-control'] ?? '', /private.*no-store/, path);
      }
      const login = await world.ask('/auth/login', { headers: { accept: 'text/html' } });
      assert.match(login.headers['cache-control'] ?? '', /no-store/);
      const refused = await world.ask('/dashboard', { headers: { accept: 'text/html' } });
      assert.match(refused.headers['cache-control'] ?? '', /no-store/);
    });

    test('what is in locals is plain JSON', async () => {
      const page = await signedIn();
      const { user, auth } = await whoIs(page);
      assert.deepEqual(Object.keys(user ?? {}).sort(), ['email', 'name', 'orgId', 'sub']);
      assert.equal(auth['isSignedIn'], true);
      assert.deepEqual(auth['roles'], ['admin']);
    });

    test('name, address and organization outlive the renewal of the token', async () => {
      const page = await signedIn();
      const before = await whoIs(page);
      assert.equal(before.user?.email, 'ada@acme.test');
      assert.match(before.user?.orgId ?? '', /^org_/);
      for (let round = 0; round < 2; ++round) {
        world.clock?.advance(3 * HOUR_S); // more than an hour without a request
        const after = await whoIs(await reload(page));
        assert.deepEqual(after.user, before.user);
        assert.notEqual(after.token, before.token);
      }
    });

    const reload = async (page: Page): Promise<Page> => {
      await page.goto(`${world.appUrl}/`); // a browser keeps the cookies that askAs() drops
      return page;
    };

    test('everybody gets security headers, and scripts of Astro run under them', async () => {
      const page = await world.newPage();
      for (const path of ['/plain', '/auth/logout', '/nowhere']) {
        const { headers } = await world.ask(path, { headers: { accept: 'text/html' } });
        assert.equal(headers['x-content-type-options'], 'nosniff', path);
        assert.ok(headers['referrer-policy'], path);
        const framing = `${headers['x-frame-options']} ${headers['content-security-policy']}`;
        assert.match(framing, /SAMEORIGIN|DENY|frame-ancestors/, path);
      }
      await page.goto(`${world.appUrl}/plain`);
      assert.equal(await page.getAttribute('body', 'data-ran'), 'yes');
    });

    test('a sign-in is bound to its browser by state, nonce and challenge', async () => {
      const seen = new Set<string>();
      for (let round = 0; round < 2; ++round) {
        const { headers } = await world.ask('/auth/login', { headers: { accept: 'text/html' } });
        const query = new URL(headers.location ?? '').searchParams;
        assert.equal(query.get('code_challenge_method'), 'S256');
        for (const name of ['state', 'nonce', 'code_challenge']) {
          const value = query.get(name) ?? '';
          assert.ok(value.length >= 20 && !seen.has(value), name);
          seen.add(value);
        }
      }
    });

    test('a slash at the end of the address of Gatehouse makes no difference', async () => {
      await world.restartApp({ GATEHOUSE_URL: `${world.gatehouse.url}/` });
      const page = await signedIn();
      assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
      await world.restartApp();
    });

    test('an island on a prerendered page is filled for whoever looks', async () => {
      const page = await signedIn();
      await page.goto(`${world.appUrl}/islands`);
      await page.waitForSelector('button[aria-label="Account of Ada Lovelace"]');
      await page.waitForSelector('#members p');
      const nobody = await world.newPage();
      await nobody.goto(`${world.appUrl}/islands`);
      await nobody.waitForSelector('a:has-text("Sign in")');
      assert.equal(await nobody.locator('#members p').count(), 0);
      const html = (await world.askAs(page, '/islands')).body;
      assert.doesNotMatch(html, /Ada|Account of/);
    });

    test('an action knows who calls it, and refuses who is nobody', async () => {
      const page = await signedIn();
      await page.goto(`${world.appUrl}/action`);
      await page.fill('input[name=name]', 'Countess');
      await page.click('#rename');
      assert.equal(await page.textContent('#result'), 'Ada Lovelace is Countess');
      const nobody = await world.newPage();
      await nobody.goto(`${world.appUrl}/action`);
      await nobody.fill('input[name=name]', 'Nobody');
      await nobody.click('#rename');
      assert.equal(await nobody.textContent('#result'), 'UNAUTHORIZED');
    });

    test('APIs are refused in JSON, pages by a way to sign in, roles by 403', async () => {
      const asData = { accept: 'application/json' };
      assert.equal((await world.ask('/api/data', { headers: asData })).status, 401);
      const post = { headers: { ...asData, 'content-type': 'application/json' }, body: '{}' };
      assert.equal((await world.ask('/api/data', post)).status, 401);
      assert.equal((await world.ask('/api/guarded', { headers: asData })).status, 401);
      const member = await signedIn('plain@acme.test');
      assert.equal((await world.askAs(member, '/api/data', { headers: asData })).status, 200);
      assert.equal((await world.askAs(member, '/api/guarded', { headers: asData })).status, 403);
      assert.equal(
        (await world.askAs(member, '/admin', { headers: { accept: 'text/html' } })).status,
        403,
      );
      const admin = await signedIn('ada@acme.test');
      assert.equal((await world.askAs(admin, '/admin')).status, 200);
      for (const path of [
        '/dashboard',
        '/dashboard/',
        '//dashboard',
        '/DASHBOARD',
        '/%64ashboard',
      ]) {
        const { status, body } = await world.ask(path, { headers: { accept: 'text/html' } });
        assert.ok(status !== 200 || !body.includes('Welcome,'), `${path}: ${status}`);
      }
    });

    test('the page of an error still knows who is signed in, and renews nobody away', async () => {
      const page = await signedIn();
      world.clock?.advance(2 * HOUR_S);
      const response = await page.goto(`${world.appUrl}/fails`);
      assert.equal(response?.status(), 500);
      assert.equal(await world.nameOn(page), 'Ada Lovelace');
    });

    test('nothing of the build holds a secret or an address of this test', () => {
      const dist = join(projectFolder(astro), 'dist/main');
      for (const file of readdirSync(dist, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        const text = readFileSync(join(file.parentPath, file.name), 'utf8');
        assert.ok(!text.includes('of-the-build'), `${file.name} holds a variable of the build`);
      }
    });
  });
}

describe('an application with a store, other paths and a policy of its own', () => {
  let world: World;
  before(async () => {
    world = await World.open({ variant: 'strict', hasMovedClock: true });
  });
  after(async () => await world?.close());

  test('signs in and out under a policy that lets forms go to itself alone', async () => {
    const page = await world.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
    });
    await world.signIn(page, 'ada@acme.test');
    const { body, headers } = await world.askAs(page, '/');
    assert.match(body + JSON.stringify(headers), /form-action 'self'/);
    await world.signOut(page);
    await page.goto(`${world.appUrl}/dashboard`);
    await page.waitForSelector('input[name=email]'); // signed out at Gatehouse, too
    assert.deepEqual(refused, []);
  });

  test('keeps no token in the browser, and forgets everywhere whoever signs out', async () => {
    const page = await world.newPage();
    await world.signIn(page, 'grace@acme.test');
    const cookies = await world.sessionCookies(page);
    assert.equal(cookies.length, 1);
    assert.ok((cookies[0]?.value.length ?? 0) < 300, 'there is more than a key in it');
    world.clock?.advance(2 * HOUR_S);
    assert.equal(await world.nameOn(page), 'Grace Lovelace');
    const kept = await world.sessionCookies(page);
    await world.signOut(page);
    await page.context().addCookies(kept);
    assert.equal(await world.nameOn(page), undefined);
  });
});

// What goes wrong around a sign-in, and what is sent on purpose: each is survived, and nobody gets
// what is not theirs.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Cookie, Page } from 'playwright-core';
import { administer } from './administration.js';
import { expectSignedOut, World } from './world.js';

const HOUR_S = 3600;

let world: World;

const cookieHeader = (cookies: { name: string; value: string }[]): Record<string, string> => ({
  cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
});

// Who an open endpoint sees behind these cookies.
async function whoHas(cookies: { name: string; value: string }[]): Promise<string | undefined> {
  const answer = await world.ask('/api/who', { headers: cookieHeader(cookies) });
  assert.equal(answer.status, 200, answer.body);
  return (JSON.parse(answer.body) as { user?: { name?: string } }).user?.name;
}

describe('cookies that are not what we wrote', () => {
  let page: Page;
  let mine: { name: string; value: string }[];
  before(async () => {
    world = await World.open({ astro: '5' });
    page = await world.newPage();
    await world.signIn(page, 'ada@acme.test');
    mine = await world.sessionCookies(page);
  });
  after(async () => await world?.close());

  const changed = (change: (value: string) => string): typeof mine =>
    mine.map((cookie, index) =>
      index === 0 ? { ...cookie, value: change(cookie.value) } : cookie,
    );

  test('the untouched ones sign in', async () => {
    assert.equal(await whoHas(mine), 'Ada Lovelace');
  });

  test('one changed character anywhere signs nobody in', async () => {
    const { length } = mine[0]?.value ?? '';
    for (const at of [0, 1, 7, Math.floor(length / 2), length - 20, length - 1]) {
      const other = (text: string): string => {
        const character = text[at] === 'A' ? 'B' : 'A';
        return text.slice(0, at) + character + text.slice(at + 1);
      };
      // The last character of base64 may hold bits that nobody reads.
      if (at !== length - 1) assert.equal(await whoHas(changed(other)), undefined, `at ${at}`);
      else await whoHas(changed(other));
    }
  });

  test('truncated ones, and ones with a part missing or twice there, sign nobody in', async () => {
    for (const bytes of [0, 1, 16, 100]) {
      assert.equal(await whoHas(changed((value) => value.slice(0, bytes))), undefined);
    }
    assert.equal(await whoHas(changed((value) => value.slice(0, -4))), undefined);
    assert.equal(await whoHas(changed((value) => value + value)), undefined);
    if (mine.length > 1) assert.equal(await whoHas(mine.slice(1)), undefined);
  });

  test('foreign ones are answered without an error, and cleared away', async () => {
    const name = mine[0]?.name ?? '';
    const foreign = ['', 'null', '{}', '%', '%zz', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.', '"', '=;'];
    for (const value of [...foreign, 'x'.repeat(4000), '\u00e9\u00fc']) {
      const answer = await world.ask('/dashboard', {
        headers: { cookie: `${name}=${value}`, accept: 'text/html' },
      });
      assert.equal(answer.status, 302, `${value}: ${answer.status}`);
      assert.match(answer.headers.location ?? '', /^\/auth\/login\?/);
    }
  });

  test('so many that they are too long together are refused, and nothing breaks', async () => {
    const name = (mine[0]?.name ?? '').replace(/\.0$/, '');
    const heap = Array.from({ length: 60 }, (_, index) => ({
      name: `${name}.${index}`,
      value: 'A'.repeat(200),
    }));
    assert.equal(await whoHas(heap), undefined);
    const huge = heap.map((cookie) => ({ ...cookie, value: 'A'.repeat(3500) }));
    // Node answers 431 and closes, mostly before all of it was sent.
    const refused = await world.ask('/api/who', { headers: cookieHeader(huge) }).then(
      ({ status }) => String(status),
      (error: { code?: string }) => error.code,
    );
    assert.ok(['431', 'ECONNRESET', 'EPIPE'].includes(refused ?? ''), refused);
    assert.equal(await whoHas(mine), 'Ada Lovelace');
  });

  test('a cookie under the name of another one is worth nothing', async () => {
    // A transaction of signing in, in the place of the session.
    const begun = await world.ask('/auth/login', { headers: { accept: 'text/html' } });
    const [line = ''] = begun.headers['set-cookie'] ?? [];
    const value = line.slice(line.indexOf('=') + 1, line.indexOf(';'));
    assert.ok(value.length > 50, 'there is no transaction');
    assert.equal(await whoHas([{ name: mine[0]?.name ?? '', value }]), undefined);
    assert.equal(await whoHas([{ name: 'gh_session', value: mine[0]?.value ?? '' }]), undefined);
    assert.equal(
      await whoHas([{ name: `${mine[0]?.name}x`, value: mine[0]?.value ?? '' }]),
      undefined,
    );
  });

  test('a cookie of another application does not fit, though sealed the same way', async () => {
    await world.restartApp({
      GATEHOUSE_COOKIE_SECRET: 'the secret of another application as long as ours',
    });
    assert.equal(await whoHas(mine), undefined);
    await world.restartApp();
    assert.equal(await whoHas(mine), 'Ada Lovelace');
  });
});

describe('the secret of cookies is rotated', () => {
  const OLD = 'the old secret of the cookies of more than 32 characters';
  const NEW = 'the new secret of the cookies of more than 32 characters';

  before(async () => {
    world = await World.open({ environment: { GATEHOUSE_COOKIE_SECRET: OLD } });
  });
  after(async () => await world?.close());

  test('with the old one behind the new one all stay, without it they sign in anew', async () => {
    const page = await world.newPage();
    await world.signIn(page, 'ada@acme.test');
    await world.restartApp({ GATEHOUSE_COOKIE_SECRET: `${NEW}, ${OLD}` });
    assert.equal(await world.nameOn(page), 'Ada Lovelace');
    await world.restartApp({ GATEHOUSE_COOKIE_SECRET: NEW });
    const later = await world.newPage();
    await world.signIn(later, 'grace@acme.test');
    assert.equal(await world.nameOn(later), 'Grace Lovelace');
    // Sealed by the old one: nobody, without an error; and one way leads back in.
    const cookies = await world.sessionCookies(page);
    const name = await whoHas(cookies);
    if (name !== undefined) assert.equal(name, 'Ada Lovelace'); // written anew in between
    await page.goto(`${world.appUrl}/dashboard`);
    assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
  });

  test('three variables are enough: the secret then follows from that of the client', async () => {
    await world.restartApp({ GATEHOUSE_COOKIE_SECRET: undefined });
    const page = await world.newPage();
    await world.signIn(page, 'ada@acme.test');
    await world.restartApp({ GATEHOUSE_COOKIE_SECRET: undefined });
    assert.equal(await world.nameOn(page), 'Ada Lovelace');
  });
});

for (const astro of ['5', '7'] as const) {
  describe(`the way back from Gatehouse, on Astro ${astro}`, () => {
    let callbacks: string[];
    before(async () => {
      world = await World.open({ astro });
    });
    after(async () => await world?.close());
    beforeEach(() => void (callbacks = []));

    const noting = async (): Promise<Page> => {
      const page = await world.newPage();
      page.on('request', (request) => {
        if (request.url().includes('/auth/callback')) callbacks.push(request.url());
      });
      return page;
    };

    test('a callback is good once; again it signs nobody in, and shows no error', async () => {
      const page = await noting();
      await world.signIn(page, 'ada@acme.test');
      const [callback = ''] = callbacks;
      assert.match(callback, /[?&]code=/);
      await page.goto(callback); // as from the history
      assert.equal(new URL(page.url()).origin, world.appUrl);
      assert.equal(await world.nameOn(page), 'Ada Lovelace');

      const thief = await noting();
      await thief.goto(callback);
      await thief.waitForSelector('input[name=email]'); // of a sign-in of their own
      expectSignedOut(await world.nameOn(thief));
    });

    test('somebody else’s callback does not sign in as them', async () => {
      const attacker = await noting();
      const stolen = await callbackThatNobodyTook(attacker, 'grace@acme.test', callbacks);
      await world.restartApp();
      const victim = await noting();
      await victim.goto(stolen);
      await victim.waitForSelector('input[name=email]'); // of a sign-in of their own
      expectSignedOut(await world.nameOn(victim));
    });

    test('two tabs that sign in at the same time both arrive where they wanted', async () => {
      const first = await noting();
      const second = await first.context().newPage();
      await first.goto(`${world.appUrl}/dashboard/one`);
      await second.goto(`${world.appUrl}/dashboard/two`);
      await world.passGatehouse(first, 'ada@acme.test');
      await first.waitForURL(`${world.appUrl}/dashboard/one`);
      await second.reload(); // of Gatehouse's page, by somebody who is signed in by now
      if (!second.url().startsWith(world.appUrl)) {
        await second.goto(`${world.appUrl}/dashboard/two`);
      }
      await second.waitForURL(`${world.appUrl}/dashboard/two`);
      assert.equal(await second.textContent('h1'), 'Report two');
    });

    test('the back button leads out of signing in, not into an error', async () => {
      const page = await noting();
      await page.goto(`${world.appUrl}/`);
      await page.click('#sign-in');
      await world.passGatehouse(page, 'ada@acme.test');
      await page.waitForSelector('#who');
      for (let step = 0; step < 3; ++step) {
        await page.goBack().catch(() => null);
        assert.equal(await page.locator('text=/internal server error/i').count(), 0, page.url());
        assert.ok(!page.url().includes('auth_error'), page.url());
      }
      assert.equal(await world.nameOn(page), 'Ada Lovelace');
    });

    test('what Gatehouse says went wrong is shown in words of ours', async () => {
      const page = await noting();
      const said = encodeURIComponent('100% <script>alert(1)</script>');
      await page.goto(
        `${world.appUrl}/auth/callback?error=access_denied&error_description=${said}`,
      );
      assert.ok(new URL(page.url()).origin !== 'null');
      await page.goto(`${world.appUrl}/?auth_error=100%25%20denied`);
      assert.equal(await page.textContent('[role=alert] strong'), 'Signing in did not work');
      await page.goto(`${world.appUrl}/?auth_error=access_denied`);
      assert.equal(await page.textContent('[role=alert] strong'), 'You have not been signed in');
      assert.ok(!(await page.content()).includes('alert(1)'));
    });

    const EVIL = [
      '//evil.test',
      '///evil.test',
      '/\\evil.test',
      '\\\\evil.test',
      '/\t/evil.test',
      '/\n/evil.test',
      'https://evil.test/',
      'https:evil.test',
      'javascript:alert(1)',
      'data:text/html,x',
      '/%2f/evil.test',
      '/%5cevil.test',
      '/%09/evil.test',
      '/..//evil.test',
      '/.//evil.test',
      '@evil.test',
      '.evil.test',
      ' //evil.test',
      '\u2028//evil.test',
      '/\u0000//evil.test',
      'http://localhost.evil.test/',
      `/${'a'.repeat(5000)}`,
      '/auth/logout',
      '/auth/login?returnTo=/',
    ];

    test('wherever a link says to go afterwards, it is a page of this application', async () => {
      const page = await noting();
      await world.signIn(page, 'ada@acme.test');
      const all = [...EVIL, `http://localhost:${world.appPort}.evil.test/`];
      for (const [name, list] of [
        ['returnTo', all],
        ['next', all.slice(0, 4)],
      ] as const) {
        for (const wanted of list) {
          const query = new URLSearchParams({ [name]: wanted });
          const away: string[] = [];
          const note = (request: { url(): string; isNavigationRequest(): boolean }): void => {
            if (request.isNavigationRequest()) away.push(new URL(request.url()).hostname);
          };
          page.on('request', note);
          await page.goto(`${world.appUrl}/auth/login?${query}`);
          page.off('request', note);
          assert.equal(new URL(page.url()).origin, world.appUrl, JSON.stringify(wanted));
          assert.deepEqual(new Set(away), new Set(['localhost']), JSON.stringify(wanted));
        }
      }
      await page.goto(`${world.appUrl}/auth/login?next=/dashboard/good%3Fa=1`);
      assert.equal(page.url(), `${world.appUrl}/dashboard/good?a=1`);
    });

    test('nothing is begun by what a browser fetches ahead of a click', async () => {
      const heads = [
        { 'sec-purpose': 'prefetch' },
        { 'sec-purpose': 'prefetch;prerender' },
        { purpose: 'prefetch' },
        { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' },
      ];
      for (const headers of heads) {
        const answer = await world.ask('/auth/login', { headers });
        assert.equal(answer.status, 204, JSON.stringify(headers));
        assert.equal(answer.headers['set-cookie'], undefined);
        assert.equal(answer.headers.location, undefined);
      }
      const page = await noting();
      await world.signIn(page, 'grace@acme.test');
      for (const path of ['/auth/logout', '/auth/switch-org']) {
        for (const headers of [{}, ...heads]) {
          const answer = await world.askAs(page, path, { headers });
          assert.equal(answer.headers['set-cookie'], undefined, path);
        }
      }
      assert.equal(await world.nameOn(page), 'Grace Lovelace');
    });

    test('a form on a foreign page signs nobody out, and switches nothing', async () => {
      const page = await noting();
      await world.signIn(page, 'ada@acme.test');
      for (const path of ['/auth/logout', '/auth/switch-org']) {
        for (const headers of [
          { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
          { origin: 'null' },
          { 'sec-fetch-site': 'cross-site' },
          { origin: `${world.appUrl}.evil.test` },
        ]) {
          const answer = await world.askAs(page, path, { headers, form: { organization_id: 'x' } });
          assert.equal(answer.status, 403, `${path} ${JSON.stringify(headers)}`);
          assert.equal(answer.headers['set-cookie'], undefined);
        }
      }
      assert.equal(await world.nameOn(page), 'Ada Lovelace');
    });

    test('a made-up logout token ends no session', async () => {
      const page = await noting();
      await world.signIn(page, 'ada@acme.test');
      const token = 'eyJhbGciOiJub25lIiwidHlwIjoibG9nb3V0K2p3dCJ9.eyJzdWIiOiJ4In0.';
      for (const sent of [
        { form: { logout_token: token }, headers: { origin: world.appUrl } },
        {
          body: JSON.stringify({ logout_token: token }),
          headers: { 'content-type': 'application/json' },
        },
        { body: 'x'.repeat(200_000), headers: { 'content-type': 'application/json' } },
        { form: {}, headers: { origin: world.appUrl } },
      ]) {
        const { status } = await world.ask('/auth/backchannel-logout', sent);
        assert.ok([400, 413].includes(status), String(status));
      }
      assert.equal(await world.nameOn(page), 'Ada Lovelace');
    });
  });
}

describe('an application whose clock is wrong', () => {
  before(async () => {
    world = await World.open();
  });
  after(async () => await world?.close());

  test('by a minute at most signs people in all the same', async () => {
    for (const seconds of [4, -4, -55]) {
      await world.restartApp({}, seconds);
      const page = await world.newPage();
      await world.signIn(page, 'ada@acme.test');
      assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace', `${seconds} s`);
    }
  });

  test('by more says so once, and sends nobody round in circles', async () => {
    for (const seconds of [-5 * 60, 24 * HOUR_S]) {
      await world.restartApp({}, seconds);
      const page = await world.newPage();
      let navigations = 0;
      page.on('request', (request) => void (navigations += Number(request.isNavigationRequest())));
      await page.goto(`${world.appUrl}/dashboard`);
      await world.passGatehouse(page, 'ada@acme.test');
      await page.waitForSelector('[role=alert]');
      assert.ok(navigations < 15, `${navigations} pages`);
      assert.match(page.url(), /auth_error=/);
      assert.deepEqual(await world.sessionCookies(page), []);
    }
  });
});

describe('keys and claims that change', () => {
  before(async () => {
    world = await World.open({ hasMovedClock: true });
  });
  after(async () => await world?.close());

  test('after the keys of Gatehouse were replaced at once, people stay and come', async () => {
    const page = await world.newPage();
    await world.signIn(page, 'grace@acme.test');
    administer(world.gatehouse, ['keys', 'rotate', '--emergency', '--yes']);
    const later = await world.newPage();
    await world.signIn(later, 'ada@acme.test');
    assert.equal(await later.textContent('h1'), 'Welcome, Ada Lovelace');
    assert.equal(await world.nameOn(page), 'Grace Lovelace');
    world.clock?.advance(2 * HOUR_S);
    assert.equal(await world.nameOn(page), 'Grace Lovelace');
  });

  test('forty groups in every token fit into cookies, and out again', async () => {
    for (const part of ['a', 'b']) {
      const groups = Array.from(
        { length: 20 },
        (_, index) => `engineering-department-${part}-group-${index}`,
      );
      administer(world.gatehouse, [
        'claims',
        'add',
        `groups_${part}`,
        JSON.stringify(groups.join(' ')),
      ]);
    }
    const page = await world.newPage();
    await world.signIn(page, 'plain@acme.test');
    const isLong = (cookies: { value: string }[]): boolean =>
      cookies.length >= 2 && cookies.reduce((sum, { value }) => sum + value.length, 0) > 4096;
    const cookies = await renewedUntil(page, isLong);
    assert.ok(cookies.every(({ name, value }) => name.length + value.length < 4096));
    for (const part of ['a', 'b']) {
      administer(world.gatehouse, ['claims', 'remove', `groups_${part}`, '--yes']);
    }
    // Renewed with fewer claims: no piece of the longer one may stay.
    await renewedUntil(page, ({ length }) => length < cookies.length);
    await world.signOut(page);
    assert.deepEqual(await world.sessionCookies(page), []);
    await page.goto(`${world.appUrl}/dashboard`);
    await page.waitForSelector('input[name=email]'); // signed out at Gatehouse, too
  });
});

describe('Gatehouse is away', () => {
  before(async () => {
    world = await World.open({ hasMovedClock: true });
  });
  after(async () => await world?.close());

  for (const outage of ['down', 'failing', 'silent'] as const) {
    test(`${outage}: nobody notices while tokens are good, and nobody is signed out`, async () => {
      const page = await world.newPage();
      await world.signIn(page, 'ada@acme.test');
      const cookies = await world.sessionCookies(page);
      await world.takeGatehouseAway(outage);
      assert.equal(await world.nameOn(page), 'Ada Lovelace');

      world.clock?.advance(2 * HOUR_S);
      const began = performance.now();
      const answer = await world.askAs(page, '/api/who');
      assert.ok(performance.now() - began < 14_000, 'it took too long');
      assert.equal(answer.status, 200);
      const { auth } = JSON.parse(answer.body) as { auth: Record<string, unknown> };
      assert.deepEqual([auth['isSignedIn'], auth['isUnreachable']], [false, true]);
      assert.equal(answer.headers['set-cookie'], undefined, 'a cookie was touched');

      await world.bringGatehouseBack();
      assert.deepEqual(await world.sessionCookies(page), cookies);
      world.clock?.advance(10); // after silence, it is not asked again at once
      assert.equal(await world.nameOn(page), 'Ada Lovelace');
    });
  }

  test('who comes back just as it goes away is told so, and can try again', async () => {
    const page = await world.newPage();
    const callbacks: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/auth/callback')) callbacks.push(request.url());
    });
    const callback = await callbackThatNobodyTook(page, 'grace@acme.test', callbacks);
    await world.takeGatehouseAway('down');
    await world.restartApp();
    await page.goto(callback);
    await page.waitForSelector('[role=alert]');
    assert.equal(
      await page.textContent('[role=alert] strong'),
      'Sign-in cannot be reached right now',
    );
    await world.bringGatehouseBack();
    await page.click('[role=alert] a');
    await page.waitForSelector('#who');
  });

  test('an application that starts meanwhile signs in as soon as Gatehouse is back', async () => {
    await world.takeGatehouseAway('down');
    await world.restartApp();
    assert.equal((await world.ask('/plain')).status, 200);
    await world.bringGatehouseBack();
    const page = await world.newPage();
    await world.signIn(page, 'ada@acme.test');
    assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
  });
});

// The application is gone while Gatehouse sends somebody back to it: the address with the code.
async function callbackThatNobodyTook(
  page: Page,
  email: string,
  callbacks: string[],
): Promise<string> {
  await page.goto(`${world.appUrl}/dashboard`);
  await page.waitForSelector('input[name=email]');
  await world.app.stop();
  await Promise.all([
    page.waitForRequest((request) => request.url().includes('/auth/callback')),
    world.enterCode(page, email),
  ]);
  const callback = callbacks.at(-1) ?? '';
  assert.match(callback, /[?&]code=/);
  return callback;
}

// Renews the tokens until a change at Gatehouse, which takes effect within a second, shows in them.
async function renewedUntil(
  page: Page,
  isThere: (cookies: Cookie[]) => boolean,
): Promise<Cookie[]> {
  for (let round = 0; round < 20; ++round) {
    world.clock?.advance(2 * HOUR_S);
    assert.equal(await world.nameOn(page), 'Plain Lovelace');
    const cookies = await world.sessionCookies(page);
    if (isThere(cookies)) return cookies;
  }
  return assert.fail('the change does not show');
}

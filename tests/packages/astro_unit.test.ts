// The parts of @gatehouse/astro that decide something without Astro: options, the environment,
// which pages a rule covers, headers, and the address of the application.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FACTS, part, type Facts, type GatehouseOptions } from './astro_parts.js';

const { builtConfig, checkedOptions, routePatterns } =
  await part<typeof import('../../packages/astro/dist/options.js')>('options.js');
const { readEnvironment } =
  await part<typeof import('../../packages/astro/dist/runtime/environment.js')>(
    'runtime/environment.js',
  );
const { Protection, verdictOf, verdictOfQuery } =
  await part<typeof import('../../packages/astro/dist/runtime/protect.js')>('runtime/protect.js');
const headers =
  await part<typeof import('../../packages/astro/dist/runtime/headers.js')>('runtime/headers.js');
const { knownOrigin } =
  await part<typeof import('../../packages/astro/dist/runtime/origin.js')>('runtime/origin.js');
const { isFromElsewhere, trustedOrigins } =
  await part<typeof import('../../packages/astro/dist/runtime/origin_check.js')>(
    'runtime/origin_check.js',
  );
const { storeOver } =
  await part<typeof import('../../packages/astro/dist/runtime/driver_store.js')>(
    'runtime/driver_store.js',
  );
const { completedPaths } =
  await part<typeof import('../../packages/astro/dist/setup/dev_slashes.js')>(
    'setup/dev_slashes.js',
  );
const security =
  await part<typeof import('../../packages/astro/dist/setup/security.js')>('setup/security.js');

const configOf = (
  options: GatehouseOptions,
  facts: Partial<Facts> = {},
): ReturnType<typeof builtConfig> => builtConfig(checkedOptions(options), { ...FACTS, ...facts });

describe('options', () => {
  it('may all be left out', () => {
    const { routes, protect, session, cookies, headers } = configOf({});
    assert.deepEqual(routes, {
      login: '/auth/login',
      callback: '/auth/callback',
      logout: '/auth/logout',
      backchannelLogout: '/auth/backchannel-logout',
      me: '/auth/me',
      switchOrg: '/auth/switch-org',
      home: '/',
    });
    assert.deepEqual([protect, session.strategy, cookies, headers], [[], 'cookie', 'sealed', true]);
  });

  it('follow Scalekit’s guide, a base and a trailing slash', () => {
    assert.equal(routePatterns('scalekit').callback, '/api/auth/callback');
    const built = configOf({ routes: { base: '/id', me: '/who' } }, { base: '/docs/' });
    assert.deepEqual(
      [built.routes.login, built.routes.me, built.routes.home, built.base],
      ['/docs/id/login', '/docs/who', '/docs/', '/docs'],
    );
    assert.equal(configOf({}, { trailingSlash: 'always' }).routes.login, '/auth/login/');
  });

  const wrong: [unknown, string, string][] = [
    [{ protects: [] }, 'GH120', 'protects'],
    [{ session: { cokieName: 'a' } }, 'GH120', 'session.cokieName'],
    [{ constructor: 1 }, 'GH120', 'constructor'],
    ['scalekit', 'GH121', 'options'],
    [{ protect: '/dashboard' }, 'GH121', 'protect must be a list'],
    [{ protect: [{ roles: ['admin'] }] }, 'GH121', 'protect[0].pages'],
    [{ protect: [{ pages: '/a', organization: true }] }, 'GH121', 'protect[0].organization'],
    [{ session: { strategy: 'memory' } }, 'GH121', "'cookie' or 'store'"],
    [{ session: { chunkSize: 5000 } }, 'GH121', 'session.chunkSize'],
    [{ session: { maxAge: 0.5 } }, 'GH121', 'session.maxAge'],
    [{ session: { cookieName: 'a;b' } }, 'GH121', 'session.cookieName'],
    [{ headers: 'yes' }, 'GH121', 'headers must be true or false'],
    [{ scopes: 'openid' }, 'GH121', 'scopes must be a list of strings'],
    [{ appUrl: 'https://app.example.com/app' }, 'GH107', 'appUrl'],
    [{ appUrl: 'javascript:alert(1)' }, 'GH107', 'appUrl'],
  ];
  for (const [options, code, text] of wrong) {
    it(`refuse ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => checkedOptions(options),
        (error: Error & { code?: string }) => error.code === code && error.message.includes(text),
      );
    });
  }

  it('refuse routes that are no paths of their own', () => {
    for (const routes of [
      { login: 'auth/login' },
      { login: '//evil.example/login' },
      { login: '/auth/[...all]' },
      { login: '/auth/../login' },
      { base: '/auth?x' },
      { login: '/auth/me' },
    ]) {
      assert.throws(() => routePatterns(routes), /GH122/, JSON.stringify(routes));
    }
  });

  it('refuse patterns that would cover nothing, or be slow', () => {
    for (const pattern of ['dashboard', '//dashboard', '/a/**/b', '/*a*', 'https://a.example/']) {
      assert.throws(() => configOf({ protect: [pattern] }), /GH123/, pattern);
    }
  });
});

describe('protect', () => {
  const covers = (pattern: string | RegExp, path: string, base = ''): boolean =>
    !new Protection(configOf({ protect: [pattern] }, { base }).protect, base).isOpen(path);

  const covered: [string | RegExp, string][] = [
    ['/dashboard/**', '/dashboard'],
    ['/dashboard/**', '/dashboard/'],
    ['/dashboard/**', '/dashboard/a/b'],
    ['/dashboard/**', '//dashboard'],
    ['/dashboard/**', '/DashBoard/x'],
    ['/dashboard/**', '/%64ashboard'],
    ['/dashboard/**', '/%2564ashboard'],
    ['/dashboard/**', '/dashboard%2f..'],
    ['/dashboard/**', '/dashboard%5Cx'],
    ['/dashboard/**', '/x/../dashboard'],
    ['/dashboard/**', '/%2e%2e/dashboard'],
    ['/dashboard/**', '/./dashboard/./x'],
    ['/dashboard/**', '/%zz/../%64ashboard'],
    ['/dashboard/**', '/dashboard.html'],
    ['/dashboard/**', '/dashboard/index.html'],
    ['/report', '/report/'],
    ['/report', '/report/index.html'],
    ['/files/*', '/files/a.pdf'],
    ['/files/*.pdf', '/files/a.pdf'],
    ['/', '/'],
    ['/**', '/anything/at/all'],
    [/^\/team-\d+$/g, '/team-12'],
  ];
  for (const [pattern, path] of covered) {
    it(`${pattern} covers ${path}, each time`, () => {
      const { protect } = configOf({ protect: [pattern] });
      const protection = new Protection(protect, '');
      assert.deepEqual([protection.isOpen(path), protection.isOpen(path)], [false, false]);
    });
  }

  const open: [string | RegExp, string][] = [
    ['/dashboard/**', '/dashboards'],
    ['/dashboard/**', '/'],
    ['/dashboard/**', '/my/dashboard'],
    ['/report', '/report/2024'],
    ['/files/*', '/files/a/b'],
    ['/files/*.pdf', '/files/apdf'],
    ['/', '/about'],
    [/^\/team-\d+$/, '/team-x'],
  ];
  for (const [pattern, path] of open) {
    it(`${pattern} leaves ${path} open`, () => assert.equal(covers(pattern, path), false));
  }

  it('knows the base of the site, and what Astro says it renders', () => {
    assert.equal(covers('/dashboard', '/docs/dashboard', '/docs'), true);
    assert.equal(covers('/dashboard', '/DOCS/%64ashboard', '/docs'), true);
    assert.equal(covers('/dashboard', '/docsdashboard', '/docs'), false);
    const protection = new Protection(configOf({ protect: ['/dashboard'] }).protect, '');
    assert.equal(protection.rulesFor('/odd', '/dashboard').length, 1);
    assert.equal(protection.rulesFor('/odd', '/[...all]').length, 0);
  });
});

describe('what a person must have', () => {
  const session = {
    user: { sub: 'usr_1', orgId: 'org_1' },
    roles: ['editor'],
    permissions: ['posts:read', 'posts:write'],
    accessToken: '',
    accessExpiresAt: 0,
    signedInAt: 0,
  };
  const nobody = {};
  const homeless = { session: { ...session, user: { sub: 'usr_1' } } };
  const rules = (rule: object): ReturnType<typeof configOf>['protect'] =>
    configOf({ protect: [{ pages: '/a', ...rule }] }).protect;

  it('is asked of every rule', () => {
    assert.equal(verdictOf([], nobody), 'admitted');
    assert.equal(verdictOf(rules({}), nobody), 'signed out');
    assert.equal(verdictOf(rules({}), { problem: 'unreachable' }), 'unreachable');
    assert.equal(verdictOf(rules({}), { session }), 'admitted');
    assert.equal(verdictOf(rules({ roles: ['admin', 'editor'] }), { session }), 'admitted');
    assert.equal(verdictOf(rules({ roles: ['admin'] }), { session }), 'forbidden');
    assert.equal(verdictOf(rules({ permissions: ['posts:read'] }), { session }), 'admitted');
    const both = rules({ permissions: ['posts:read', 'posts:delete'] });
    assert.equal(verdictOf(both, { session }), 'forbidden');
    const organization = rules({ organization: 'required' });
    assert.equal(verdictOf(organization, { session }), 'admitted');
    assert.equal(verdictOf(organization, homeless), 'no organization');
    assert.equal(
      verdictOf([...rules({}), ...rules({ roles: ['admin'] })], { session }),
      'forbidden',
    );
  });

  it('is asked the same way by pages', () => {
    assert.equal(verdictOfQuery({}, nobody), 'signed out');
    assert.equal(verdictOfQuery({}, { session }), 'admitted');
    assert.equal(verdictOfQuery({ role: 'editor' }, { session }), 'admitted');
    assert.equal(verdictOfQuery({ role: [] }, { session }), 'forbidden');
    assert.equal(verdictOfQuery({ role: ['admin', 'owner'] }, { session }), 'forbidden');
    assert.equal(verdictOfQuery({ permission: ['posts:read', 'x'] }, { session }), 'forbidden');
    assert.equal(verdictOfQuery({ organization: 'org_1' }, { session }), 'admitted');
    assert.equal(verdictOfQuery({ organization: 'org_2' }, { session }), 'forbidden');
    assert.equal(verdictOfQuery({ organization: 'required' }, homeless), 'no organization');
  });
});

describe('the environment', () => {
  const expected = { routes: { callback: '/auth/callback' }, isDev: false, devCookieSecret: '' };
  const read = (variables: Record<string, string>, more = {}): ReturnType<typeof readEnvironment> =>
    readEnvironment((name) => variables[name], { ...expected, ...more });
  const codes = (variables: Record<string, string>, more = {}): string[] =>
    read(variables, more).problems.map(({ code }) => code);
  const GOOD = {
    GATEHOUSE_URL: 'https://auth.example.com',
    GATEHOUSE_CLIENT_ID: 'skc_1',
    GATEHOUSE_CLIENT_SECRET: 'secret',
  };

  it('is complete with three variables, under either name', () => {
    assert.deepEqual(codes(GOOD), []);
    const older = {
      SCALEKIT_ENVIRONMENT_URL: 'https://auth.example.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      SCALEKIT_REDIRECT_URI: 'http://localhost:4321/auth/callback',
    };
    const { appUrl, clientId, problems } = read(older);
    assert.deepEqual([appUrl, clientId, problems], ['http://localhost:4321', 'skc_1', []]);
    assert.equal(read({ ...older, ...GOOD, GATEHOUSE_CLIENT_ID: 'mine' }).clientId, 'mine');
  });

  it('has each of its faults named, all at once', () => {
    assert.deepEqual(codes({}), ['GH101', 'GH103', 'GH104']);
    assert.deepEqual(codes({ ...GOOD, GATEHOUSE_URL: 'auth.example.com' }), ['GH102']);
    assert.deepEqual(codes({ ...GOOD, GATEHOUSE_URL: 'ftp://auth.example.com' }), ['GH102']);
    assert.deepEqual(codes({ ...GOOD, GATEHOUSE_COOKIE_SECRET: 'x'.repeat(31) }), ['GH105']);
    const rotated = `${'x'.repeat(32)},${'y'.repeat(32)}`;
    assert.deepEqual(codes({ ...GOOD, GATEHOUSE_COOKIE_SECRET: rotated }), []);
    assert.deepEqual(codes({ ...GOOD, GATEHOUSE_APP_URL: 'https://a.example/app' }), ['GH107']);
    const elsewhere = 'http://localhost:4321/api/auth/callback';
    assert.deepEqual(codes({ ...GOOD, SCALEKIT_REDIRECT_URI: elsewhere }), ['GH108']);
  });

  it('needs no secret while developing', () => {
    const { GATEHOUSE_CLIENT_SECRET: _, ...open } = GOOD;
    assert.deepEqual(codes(open), ['GH104']);
    assert.deepEqual(codes(open, { isDev: true, devCookieSecret: 'x'.repeat(32) }), []);
  });

  it('shows no secret in what it complains about', () => {
    const secret = 'hunter2hunter2';
    const bad = {
      GATEHOUSE_URL: `nothttp://admin:${secret}@auth.example.com`,
      GATEHOUSE_CLIENT_SECRET: secret,
      GATEHOUSE_COOKIE_SECRET: secret,
      GATEHOUSE_APP_URL: `https://me:${secret}@app.example.com`,
    };
    const text = JSON.stringify(read(bad).problems);
    assert.match(text, /GH102.*GH103.*GH105.*GH107/);
    assert.ok(!text.includes(secret), text);
  });
});

describe('the address of the application', () => {
  const ask = (host: string, facts: object = {}, url = 'http://localhost/'): string | undefined =>
    knownOrigin(new Request(url, { headers: { host } }), {
      stated: '',
      site: '',
      isDev: false,
      ...facts,
    });

  it('is what was stated, whatever the request says', () => {
    assert.equal(
      ask('evil.example', { stated: 'https://app.example.com' }),
      'https://app.example.com',
    );
    assert.equal(ask('evil.example', { site: 'https://example.com' }), 'https://example.com');
  });

  it('is taken from Host for names of this machine only', () => {
    assert.equal(ask('localhost:4321'), 'http://localhost:4321');
    assert.equal(ask('app.localhost:4321'), 'http://app.localhost:4321');
    assert.equal(ask('127.0.0.1:3000'), 'http://127.0.0.1:3000');
    assert.equal(ask('[::1]:3000'), 'http://[::1]:3000');
    for (const host of ['evil.example', 'localhost.evil.example', 'localhost@evil.example', '']) {
      assert.equal(ask(host), undefined, host);
    }
  });

  it('is the one in use rather than the published one while developing', () => {
    const site = 'https://example.com';
    assert.equal(ask('localhost:4321', { site, isDev: true }), 'http://localhost:4321');
    assert.equal(ask('localhost:4321', { site }), site);
    assert.equal(ask('192.168.1.5:4321', { site, isDev: true }), site);
  });
});

const asObject = (some: Headers): Record<string, string> => {
  const found: Record<string, string> = {};
  some.forEach((value, name) => (found[name] = value));
  return found;
};

describe('headers', () => {
  it('are added where the application says nothing', () => {
    const bare = new Headers();
    headers.addSecurityHeaders(bare);
    assert.deepEqual(asObject(bare), {
      'content-security-policy': "frame-ancestors 'self'",
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
  });

  it('leave the application’s own as they are', () => {
    const own = {
      'content-security-policy': "default-src 'self'; frame-ancestors https://partner.example",
      'referrer-policy': 'no-referrer',
    };
    const kept = new Headers(own);
    headers.addSecurityHeaders(kept);
    assert.deepEqual(asObject(kept), { ...own, 'x-content-type-options': 'nosniff' });
    const policy = new Headers({ 'content-security-policy': "script-src 'self'" });
    headers.addSecurityHeaders(policy);
    assert.equal(policy.get('content-security-policy'), "script-src 'self'");
    assert.equal(policy.get('x-frame-options'), 'SAMEORIGIN');
  });

  it('keep personal pages out of shared caches, and never say less than the page did', () => {
    const said = (value?: string): string | null => {
      const some = new Headers(value === undefined ? {} : { 'cache-control': value });
      headers.keepOutOfSharedCaches(some);
      return some.get('cache-control');
    };
    assert.equal(said(), 'private, no-store');
    assert.equal(said('public, max-age=600'), 'private, no-store');
    assert.equal(said('no-store, no-transform'), 'no-store, no-transform');
    const vary = new Headers({ vary: 'Accept-Language' });
    headers.varyOnCookie(vary);
    headers.varyOnCookie(vary);
    assert.equal(vary.get('vary'), 'Accept-Language, Cookie');
  });

  it('can be set on a redirect that had immutable ones', async () => {
    // tidy: allow typescript: this is what is repaired
    const redirect = Response.redirect('https://app.example.com/x', 307);
    assert.throws(() => redirect.headers.append('set-cookie', 'a=1'), TypeError);
    const copy = headers.repaired(redirect);
    copy.headers.append('set-cookie', 'a=1');
    assert.deepEqual(
      [copy.status, copy.headers.get('location'), copy.headers.getSetCookie()],
      [307, 'https://app.example.com/x', ['a=1']],
    );
    const page = new Response('text');
    assert.equal(headers.repaired(page), page);
  });
});

describe('a form', () => {
  const from = (sent: Record<string, string>, method = 'POST'): boolean =>
    isFromElsewhere(
      new Request('http://localhost/', {
        method,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...sent },
      }),
      trustedOrigins('https://app.example.com', 'http://app.example.com'),
    );

  it('of this application passes', () => {
    assert.equal(from({ origin: 'https://app.example.com' }), false);
    assert.equal(from({ origin: 'https://odd.example', 'sec-fetch-site': 'same-origin' }), false);
    assert.equal(from({}, 'GET'), false);
    assert.equal(from({ 'content-type': 'application/json' }), false);
  });

  it('of another name of this application passes, if that is as safe', () => {
    const seen = 'https://tenant.example';
    assert.deepEqual(trustedOrigins(undefined, seen), [seen]);
    assert.deepEqual(trustedOrigins('http://localhost:1', seen), ['http://localhost:1', seen]);
    assert.deepEqual(trustedOrigins('https://a.example', 'http://b.example'), [
      'https://a.example',
    ]);
  });

  it('of anybody else is refused', () => {
    assert.equal(from({ origin: 'https://evil.example' }), true);
    assert.equal(from({ origin: 'http://app.example.com' }), true);
    assert.equal(from({ origin: 'null' }), true);
    assert.equal(from({}), true);
    assert.equal(from({ origin: 'undefined' }), true);
    assert.equal(from({ 'sec-fetch-site': 'cross-site', 'content-type': 'Text/Plain' }), true);
    const noType = new Request('http://localhost/', { method: 'DELETE' });
    assert.equal(isFromElsewhere(noType, ['https://app.example.com']), true);
  });
});

describe('sessions in Astro’s own storage', () => {
  it('end when their time is over, and are not confused by what else is there', async () => {
    let now = 1_000_000;
    const items = new Map<string, unknown>();
    const store = storeOver(
      {
        getItem: (key) => items.get(key) ?? null,
        setItem: (key, value) => items.set(key, value),
        removeItem: (key) => items.delete(key),
      },
      () => now,
    );
    await store.set('a/../b', 'sealed', 60);
    assert.deepEqual([...items.keys()], ['gatehouse:a____b']);
    assert.equal(await store.get('a/../b'), 'sealed');
    now += 60_000;
    assert.equal(await store.get('a/../b'), undefined);
    items.set('gatehouse:odd', '{"value":1}');
    items.set('gatehouse:broken', '{');
    assert.deepEqual([await store.get('odd'), await store.get('broken')], [undefined, undefined]);
    items.set('gatehouse:parsed', { value: 'sealed', until: now + 1 });
    assert.equal(await store.get('parsed'), 'sealed');
    await store.delete('parsed');
    assert.equal(await store.get('parsed'), undefined);
  });
});

describe('a path without its slash, where a slash is wanted', () => {
  it('is completed for our routes alone', () => {
    const complete = completedPaths(
      configOf({}, { base: '/docs', trailingSlash: 'always' }).routes,
    );
    const asked = (url: string): string => {
      const request = { url };
      complete(request as Parameters<typeof complete>[0], {}, () => undefined);
      return request.url;
    };
    assert.equal(
      asked('/docs/auth/callback?code=1&state=/2'),
      '/docs/auth/callback/?code=1&state=/2',
    );
    assert.equal(asked('/docs/auth/callback/?code=1'), '/docs/auth/callback/?code=1');
    assert.equal(asked('/docs/dashboard'), '/docs/dashboard');
    assert.equal(asked('/auth/login'), '/auth/login');
  });
});

describe('Astro’s security options', () => {
  const issuer = 'https://auth.example.com/';
  const facts = (csp: unknown, more = {}): Parameters<typeof security.openFormAction>[0] => ({
    security: { csp, checkOrigin: true, allowedDomains: [] },
    experimental: {},
    appUrl: 'https://app.example.com:8443',
    issuer,
    ...more,
  });

  it('let the sign-out form through where a policy holds forms', () => {
    const csp = { directives: ["default-src 'self'", "form-action 'self'"] };
    assert.equal(security.openFormAction(facts(csp), true), 'opened');
    assert.equal(csp.directives[1], "form-action 'self' https://auth.example.com");
    assert.equal(security.openFormAction(facts(csp), true), 'open');
    const none = { directives: ["form-action 'none'"] };
    security.openFormAction(facts(none), true);
    assert.deepEqual(none.directives, ['form-action https://auth.example.com']);
  });

  it('stay as they are where they hold nothing, or may not be changed', () => {
    assert.equal(security.openFormAction(facts(false), true), 'open');
    assert.equal(security.openFormAction(facts(true), true), 'open');
    assert.equal(security.openFormAction(facts({ directives: ["img-src 'self'"] }), true), 'open');
    const csp = { directives: ["form-action 'self'"] };
    assert.equal(security.openFormAction(facts(csp), false), 'shut');
    assert.equal(security.openFormAction(facts(csp, { issuer: '' }), true), 'shut');
    assert.deepEqual(csp.directives, ["form-action 'self'"]);
  });

  it('learn the host of the application where the version knows the option', () => {
    assert.deepEqual(security.allowedDomain(facts(false)), {
      protocol: 'https',
      hostname: 'app.example.com',
      port: '8443',
    });
    assert.equal(security.allowedDomain(facts(false, { security: {} })), undefined);
    assert.equal(security.allowedDomain(facts(false, { appUrl: '' })), undefined);
  });
});

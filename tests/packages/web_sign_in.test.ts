// Signing in through WebAuth at the real server: the straight way, and everything that browsers,
// people and attackers do instead.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AuthClient } from '@gatehouse/sdk/auth';
import { WebAuth } from '@gatehouse/sdk/web';
import { ADA } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import { Person } from '../black_box/person.js';
import {
  APP_URL,
  application,
  Browser,
  errorOf,
  locationOf,
  pathOf,
  SECRET,
  signedIn,
  signIn,
  untilCallback,
  WEB_SEED,
} from './web_browser.js';

let gatehouse: Gatehouse;
before(async () => {
  gatehouse = await Gatehouse.start({ seed: WEB_SEED });
});
after(async () => await gatehouse?.stop());

const ada = (): Person => new Person(gatehouse, ADA);
const loginCookies = (browser: Browser): string[] =>
  [...browser.cookies.keys()].filter((name) => name.startsWith('gh_login_4321.'));

describe('the straight way', () => {
  test('leads from the login route to where the person wanted to go, signed in', async () => {
    const { web, names } = application(gatehouse);
    const browser = new Browser();
    const login = await browser.visit(web, '/auth/login?returnTo=/dashboard%3Ftab%3D2');
    assert.equal(login.status, 302);
    const authorize = locationOf(login);
    assert.equal(authorize.origin, gatehouse.url);
    const sent = Object.fromEntries(authorize.searchParams);
    assert.equal(sent['redirect_uri'], `${APP_URL}/auth/callback`);
    assert.equal(sent['code_challenge_method'], 'S256');
    assert.equal(sent['scope'], 'openid profile email offline_access');
    assert.match(sent['state'] ?? '', /^[\w-]{43}$/);
    assert.match(sent['nonce'] ?? '', /^[\w-]{43}$/);
    assert.equal(loginCookies(browser).length, 1);

    const back = await ada().authorize(authorize.href);
    const response = await browser.visit(web, pathOf(back));
    assert.equal(locationOf(response).href, `${APP_URL}/dashboard?tab=2`);
    assert.equal(loginCookies(browser).length, 0, 'the transaction is over');
    const session = await browser.session(web);
    assert.equal(session.user.email, ADA);
    assert.equal(session.user.name, 'Ada Lovelace');
    assert.match(session.user.orgId ?? '', /^org_/);
    assert.deepEqual(session.roles, ['admin']);
    assert.ok(session.refreshToken && session.idToken && session.sessionId);
    assert.deepEqual(names(), ['login.started', 'login.completed']);
  });

  test('keeps no answer in any cache and no address in a referrer', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const answers = [
      await signIn(web, browser, ada()),
      await browser.visit(web, '/auth/login'),
      await browser.visit(web, '/auth/me'),
      await browser.visit(web, '/auth/logout'),
      await browser.submit(web, '/auth/logout'),
      await browser.submit(web, '/auth/switch-org'),
      await browser.visit(web, '/auth/callback?error=access_denied'),
    ];
    for (const { headers } of answers) {
      assert.equal(headers.get('cache-control'), 'private, no-store');
      headers.append('set-cookie', 'others=may'); // what Response.redirect() would not allow
      if (headers.has('location')) assert.equal(headers.get('referrer-policy'), 'no-referrer');
    }
  });

  test('hands on what the page asks for, and nothing else', async () => {
    const { web } = application(gatehouse);
    const query = new URLSearchParams({
      login_hint: 'ada@acme.test',
      organization_id: 'org_1',
      connection_id: 'conn_1',
      provider: 'google',
      domain_hint: 'acme.test',
      screen: 'sign-up',
      redirect_uri: 'https://evil.test/',
      state: 'mine',
      scope: 'everything',
    });
    const response = await new Browser().visit(web, `/auth/login?${query}`);
    const sent = locationOf(response).searchParams;
    assert.equal(sent.get('login_hint'), 'ada@acme.test');
    assert.equal(sent.get('organization_id'), 'org_1');
    assert.equal(sent.get('connection_id'), 'conn_1');
    assert.equal(sent.get('provider'), 'google');
    assert.equal(sent.get('domain_hint'), 'acme.test');
    assert.equal(sent.get('prompt'), 'create');
    assert.equal(sent.get('redirect_uri'), `${APP_URL}/auth/callback`);
    assert.notEqual(sent.get('state'), 'mine');
    assert.equal(sent.get('scope'), 'openid profile email offline_access');
  });

  test('marks cookies as secure and as of this host over https', async () => {
    const { environment_url, client_id, client_secret } = gatehouse.ready;
    const client = new AuthClient(environment_url, client_id, client_secret);
    const web = new WebAuth({ client, appUrl: 'https://app.acme.test', cookieSecrets: [SECRET] });
    // A proxy ends TLS, and frameworks lose the port or the scheme.
    const response = await web.login(new Request('http://localhost/auth/login'));
    const [line = ''] = response.headers.getSetCookie();
    assert.match(line, /^__Host-gh_login\.[\w-]{22}=[\w-]+; Path=\/; Max-Age=600; HttpOnly;/);
    assert.match(line, /; SameSite=Lax; Secure$/);
    const sent = locationOf(response).searchParams;
    assert.equal(sent.get('redirect_uri'), 'https://app.acme.test/auth/callback');
  });
});

describe('two tabs', () => {
  test('finish in any order, each where it began', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const person = ada();
    const first = await untilCallback(web, browser, person, '/auth/login?returnTo=/one');
    const second = await untilCallback(web, browser, person, '/auth/login?returnTo=/two');
    assert.equal(loginCookies(browser).length, 2);
    assert.equal(pathOf(locationOf(await browser.visit(web, second))), '/two');
    assert.equal(pathOf(locationOf(await browser.visit(web, first))), '/one');
    assert.equal((await browser.session(web)).user.email, ADA);
  });

  test('are eight at most: the oldest sign-in is given up', async () => {
    const { web, clock } = application(gatehouse);
    const browser = new Browser();
    const oldest = await untilCallback(web, browser, ada(), '/auth/login?returnTo=/oldest');
    for (let tab = 0; tab < 12; ++tab) {
      clock.move(1);
      await browser.visit(web, `/auth/login?returnTo=/tab${tab}`);
    }
    assert.equal(loginCookies(browser).length, 8);
    const response = await browser.visit(web, oldest);
    assert.equal(locationOf(response).pathname, '/oauth/authorize', 'it begins anew');
  });

  test('with long destinations do not fill the headers of a request', async () => {
    const { web, clock } = application(gatehouse);
    const browser = new Browser();
    for (let tab = 0; tab < 8; ++tab) {
      clock.move(1);
      await browser.visit(web, `/auth/login?returnTo=/${'x'.repeat(1900)}`);
    }
    const bytes = browser.request('/').headers.get('cookie')?.length ?? 0;
    assert.ok(bytes > 1000 && bytes < 7000, `${bytes} bytes of cookies`);
  });
});

describe('a callback that comes again', () => {
  test('by the back button goes on, and leaves the session alone', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const callback = await untilCallback(web, browser, ada(), '/auth/login?returnTo=/dashboard');
    await browser.visit(web, callback);
    const before = new Map(browser.cookies);
    const again = await browser.visit(web, callback);
    assert.equal(locationOf(again).href, `${APP_URL}/`);
    assert.deepEqual(browser.cookies, before);
  });

  test('at the same moment, by a second click, is one exchange with two good ends', async () => {
    const { web, network } = application(gatehouse);
    const browser = new Browser();
    const callback = await untilCallback(web, browser, ada(), '/auth/login?returnTo=/dashboard');
    const both = await Promise.all([
      web.handle(browser.request(callback)),
      web.handle(browser.request(callback)),
    ]);
    for (const response of both) {
      assert.ok(response);
      assert.equal(pathOf(locationOf(response)), '/dashboard');
      browser.keep(response.headers.getSetCookie());
    }
    assert.equal(network.count('/oauth/token'), 1);
    await browser.session(web);
  });

  test('from a browser that never got the first answer signs in anew, once', async () => {
    const { web, clock, names } = application(gatehouse);
    const browser = new Browser();
    const person = ada();
    const callback = await untilCallback(web, browser, person, '/auth/login?returnTo=/dashboard');
    await web.handle(browser.request(callback)); // the answer is lost
    clock.move(11);
    const anew = await browser.visit(web, callback);
    const authorize = locationOf(anew);
    assert.equal(authorize.pathname, '/oauth/authorize');
    assert.ok(names().includes('login.restarted'));
    const back = await person.authorize(authorize.href);
    const response = await browser.visit(web, pathOf(back));
    assert.equal(pathOf(locationOf(response)), '/dashboard', 'it still knows where to go');
    await browser.session(web);
  });

  test('in a browser without cookies ends with an error instead of going round', async () => {
    const { web } = application(gatehouse);
    const person = ada();
    const withoutCookies = (path: string): Promise<Response> => new Browser().visit(web, path);
    const callback = await untilCallback(web, new Browser(), person);
    const anew = await withoutCookies(callback);
    assert.equal(locationOf(anew).pathname, '/oauth/authorize');
    const back = await person.authorize(locationOf(anew).href);
    assert.equal(errorOf(await withoutCookies(pathOf(back))), 'login_expired');
  });

  test('ten minutes late begins anew', async () => {
    const { web, clock } = application(gatehouse);
    const browser = new Browser();
    const callback = await untilCallback(web, browser, ada());
    clock.move(601);
    const response = await browser.visit(web, callback);
    assert.equal(locationOf(response).pathname, '/oauth/authorize');
    assert.equal((await browser.whoAmI(web)).session, undefined);
  });
});

describe('a code of somebody else', () => {
  test('does not sign its victim in', async () => {
    const { web } = application(gatehouse);
    const attackers = await untilCallback(
      web,
      new Browser(),
      new Person(gatehouse, 'bob@acme.test'),
    );
    const victim = new Browser();
    const response = await victim.visit(web, attackers);
    assert.equal(locationOf(response).pathname, '/oauth/authorize', 'a sign-in of their own');
    assert.equal((await victim.whoAmI(web)).session, undefined);
  });

  test('does not replace who is signed in', async () => {
    const { web } = application(gatehouse);
    const victim = await signedIn(gatehouse, web);
    const attackers = await untilCallback(
      web,
      new Browser(),
      new Person(gatehouse, 'bob@acme.test'),
    );
    assert.equal(locationOf(await victim.visit(web, attackers)).href, `${APP_URL}/`);
    assert.equal((await victim.session(web)).user.email, ADA);
  });

  test('does not go with the state of the victim', async () => {
    const { web } = application(gatehouse);
    const victim = new Browser();
    const own = new URL(await untilCallback(web, victim, ada()), APP_URL);
    const attackers = await untilCallback(
      web,
      new Browser(),
      new Person(gatehouse, 'bob@acme.test'),
    );
    own.searchParams.set('code', new URL(attackers, APP_URL).searchParams.get('code') ?? '');
    const response = await victim.visit(web, pathOf(own));
    assert.equal(locationOf(response).pathname, '/oauth/authorize');
    assert.equal((await victim.whoAmI(web)).session, undefined);
  });

  test('needs a state: without one nothing is exchanged', async () => {
    const { web, network } = application(gatehouse);
    const browser = new Browser();
    const own = new URL(await untilCallback(web, browser, ada()), APP_URL);
    own.searchParams.delete('state');
    await browser.visit(web, pathOf(own));
    const twice = new URL(own);
    twice.search = `?code=x&state=a&state=b`;
    await browser.visit(web, pathOf(twice));
    assert.equal(network.count('/oauth/token'), 0);
    assert.equal((await browser.whoAmI(web)).session, undefined);
  });

  test('from another issuer is not exchanged', async () => {
    const { web, network } = application(gatehouse);
    const browser = new Browser();
    const own = new URL(await untilCallback(web, browser, ada()), APP_URL);
    assert.equal(own.searchParams.get('iss'), gatehouse.url);
    own.searchParams.set('iss', 'https://evil.test');
    assert.equal(errorOf(await browser.visit(web, pathOf(own))), 'login_failed');
    assert.equal(network.count('/oauth/token'), 0);
  });
});

describe('whoever only looks ahead', () => {
  const speculations: [string, Record<string, string>, string?][] = [
    ['a prefetch', { 'sec-purpose': 'prefetch' }],
    ['a prerender', { 'sec-purpose': 'prefetch;prerender' }],
    ['an old prefetch', { purpose: 'prefetch' }],
    ['a prefetch of Firefox', { 'x-moz': 'prefetch' }],
    ['a router that calls fetch()', { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' }],
    ['an image', { 'sec-fetch-dest': 'image' }],
    ['HEAD', {}, 'HEAD'],
  ];
  for (const [name, headers, method = 'GET'] of speculations) {
    test(`begins and ends nothing: ${name}`, async () => {
      const { web, network, events } = application(gatehouse);
      const browser = new Browser();
      const callback = await untilCallback(web, browser, ada());
      const seen = events.length;
      for (const path of ['/auth/login', callback, '/auth/logout']) {
        const response = await browser.visit(web, path, { method, headers });
        assert.equal(response.status, 204, path);
        assert.deepEqual(response.headers.getSetCookie(), []);
        assert.equal(await response.text(), '');
      }
      assert.equal(network.count('/oauth/token'), 0);
      assert.equal(events.length, seen);
      await browser.visit(web, callback);
      await browser.session(web);
    });
  }
});

describe('Gatehouse says no', () => {
  const answers: [string, string][] = [
    ['access_denied', 'access_denied'],
    ['temporarily_unavailable', 'server_unreachable'],
    ['server_error', 'server_unreachable'],
    ['invalid_scope', 'misconfigured'],
    ['unauthorized_client', 'misconfigured'],
    ['login_required', 'login_failed'],
    ['%3Cscript%3E', 'login_failed'],
  ];
  for (const [error, code] of answers) {
    test(`${error} becomes ${code}, in words of our own`, async () => {
      const { web, events } = application(gatehouse);
      const browser = new Browser();
      const started = await browser.visit(web, '/auth/login');
      const state = locationOf(started).searchParams.get('state') ?? '';
      const text = 'error_description=Call%20me%20at%20evil.test';
      const response = await browser.visit(
        web,
        `/auth/callback?error=${error}&${text}&state=${state}`,
      );
      assert.equal(locationOf(response).href, `${APP_URL}/?auth_error=${code}`);
      assert.equal(loginCookies(browser).length, 0);
      assert.doesNotMatch(JSON.stringify(events), /evil|script/);
    });
  }

  test('somebody who only asks whether anybody is signed in comes back as nobody', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const login = '/auth/login?prompt=none&returnTo=/docs';
    assert.equal(pathOf(locationOf(await signIn(web, browser, ada(), login))), '/docs');
    assert.equal((await browser.whoAmI(web)).session, undefined);
  });

  test('at an address without anything in it people are sent home', async () => {
    const { web } = application(gatehouse, { paths: { home: '/start?from=auth' } });
    const home = locationOf(await new Browser().visit(web, '/auth/callback'));
    assert.equal(home.href, `${APP_URL}/start?from=auth`);
    const failed = await new Browser().visit(web, '/auth/callback?error=access_denied');
    assert.equal(locationOf(failed).href, `${APP_URL}/start?from=auth&auth_error=access_denied`);
  });
});

describe('Gatehouse does not answer at the callback', () => {
  const outages: [string, () => Promise<Response>][] = [
    ['down', () => Promise.reject(new TypeError('fetch failed'))],
    ['answers 500', () => Promise.resolve(new Response('oops', { status: 500 }))],
    ['answers something else', () => Promise.resolve(new Response('<h1>Welcome</h1>'))],
  ];
  for (const [name, answer] of outages) {
    test(`it is ${name}: the same address works later`, async () => {
      const { web, network } = application(gatehouse);
      const browser = new Browser();
      const callback = await untilCallback(web, browser, ada());
      network.instead = answer;
      assert.equal(errorOf(await browser.visit(web, callback)), 'server_unreachable');
      network.instead = undefined;
      await browser.visit(web, callback);
      await browser.session(web);
    });
  }

  test('it is slow: nobody waits for ever', async () => {
    const { web, network } = application(gatehouse, { clientOptions: { timeoutMs: 50 } });
    const browser = new Browser();
    const callback = await untilCallback(web, browser, ada());
    network.instead = () => new Promise(() => undefined);
    assert.equal(errorOf(await browser.visit(web, callback)), 'server_unreachable');
  });
});

describe('clocks', () => {
  test('of which one is four seconds off are good enough', async () => {
    for (const seconds of [-4, 4]) {
      const { web, clock } = application(gatehouse);
      clock.move(seconds);
      await signedIn(gatehouse, web);
    }
  });

  test('of which one is a day ahead sign nobody in, and say so', async () => {
    const { web, clock, events } = application(gatehouse);
    clock.move(86_400);
    assert.equal(errorOf(await signIn(web, new Browser(), ada())), 'login_failed');
    const refused = events.find(({ what }) => what === 'login.refused');
    assert.equal(refused?.detail, 'code exchange: token_expired');
  });
});

test('no event holds a token, a code or a secret', async () => {
  const { web, events, network } = application(gatehouse);
  const browser = new Browser();
  const callback = await untilCallback(web, browser, ada());
  network.instead = () => Promise.reject(new TypeError(`fetch failed: ${callback}`));
  await browser.visit(web, callback);
  network.instead = undefined;
  await browser.visit(web, callback);
  const { accessToken, refreshToken = '' } = await browser.session(web);
  const code = new URL(callback, APP_URL).searchParams.get('code') ?? '';
  await browser.submit(web, '/auth/logout');
  assert.ok(events.length >= 4 && code && refreshToken);
  const text = JSON.stringify(events);
  for (const secret of [accessToken, refreshToken, code, gatehouse.ready.client_secret]) {
    assert.ok(!text.includes(secret));
  }
});

test('other addresses are left to the application', async () => {
  const { web } = application(gatehouse);
  const browser = new Browser();
  for (const path of ['/', '/auth', '/auth/login/x', '/auth/loginx', '/AUTH/LOGIN']) {
    assert.equal(await web.handle(browser.request(path)), undefined, path);
  }
  assert.equal((await web.handle(browser.request('/auth/login/')))?.status, 302);
});

test('what cannot work is refused at the start', () => {
  const { environment_url, client_id } = gatehouse.ready;
  const client = new AuthClient(environment_url, client_id);
  const good = { client, appUrl: APP_URL, cookieSecrets: [SECRET] };
  assert.ok(new WebAuth(good));
  const bad = [
    { appUrl: 'app.acme.test' },
    { appUrl: `${APP_URL}/path` },
    { appUrl: 'ftp://acme.test' },
    { cookieSecrets: [] },
    { cookieSecrets: [SECRET, 'short'] },
    { paths: { callback: '//evil.test/callback' } },
    { session: { cookieName: 'a b' } },
    { session: { chunkBytes: 5000 } },
    { session: { strategy: 'store' as const } },
  ];
  for (const options of bad) {
    assert.throws(() => new WebAuth({ ...good, ...options }), { code: 'invalid_configuration' });
  }
});

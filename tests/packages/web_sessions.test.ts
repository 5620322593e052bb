// Where sessions are kept other than in sealed cookies, who may ask who is signed in, tiles of
// identity providers, and a signing key that is replaced.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { LogoutTokenClaims } from '@gatehouse/sdk/auth';
import { MemoryStore, type Session, type SessionStore } from '@gatehouse/sdk/web';
import { ADA } from '../black_box/clients.js';
import { Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { forms, Person, type Form, type Page } from '../black_box/person.js';
import {
  APP_URL,
  application,
  type Application,
  type ApplicationOptions,
  Browser,
  errorOf,
  locationOf,
  pathOf,
  signedIn,
  signIn,
  WEB_SEED,
} from './web_browser.js';

const SSO_EMAIL = 'dora@delta.test';
const SEED = `${WEB_SEED}
[[organizations]]
name = "Delta"
domains = ["delta.test"]
connections = [{ type = "SAML", profile = "okta" }]
`;

let gatehouse: Gatehouse;
before(async () => {
  gatehouse = await Gatehouse.start({ seed: SEED });
});
after(async () => await gatehouse?.stop());

// What a store is asked for, and one that can be away.
class Watched implements SessionStore {
  readonly entries = new Map<string, string>();
  isAway = false;

  async get(key: string): Promise<string | undefined> {
    this.check();
    return this.entries.get(key);
  }

  async set(key: string, value: string): Promise<void> {
    this.check();
    this.entries.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.check();
    this.entries.delete(key);
  }

  private check(): void {
    if (this.isAway) throw new Error('connection refused by the store at secret-host');
  }
}

describe('a store', () => {
  const withStore = (store: SessionStore, options: ApplicationOptions = {}): Application =>
    application(gatehouse, { session: { strategy: 'store', store }, ...options });

  test('has the session; the cookie is one and short', async () => {
    const store = new Watched();
    const { web } = withStore(store);
    const browser = await signedIn(gatehouse, web);
    const session = await browser.session(web);
    assert.equal(session.user.email, ADA);
    assert.equal(browser.sessionCookies(web).length, 1);
    const [value = ''] = browser.cookies.values();
    assert.ok(value.length < 400);
    // Nor can whoever reads the store.
    const kept = JSON.stringify([...store.entries]);
    const { sessionId = '', refreshToken = '', accessToken } = session;
    assert.equal(store.entries.size, 1);
    for (const secret of [sessionId, refreshToken, accessToken, 'ada@']) {
      assert.ok(secret && !kept.includes(secret));
    }
  });

  test('is shared by two instances, and so is what they renew', async () => {
    const store = new Watched();
    const [one, two] = [withStore(store), withStore(store)];
    const browser = await signedIn(gatehouse, one.web);
    const before = await browser.session(two.web);
    const renewed = await one.web.authenticate(browser.request('/'), { renew: 'now' });
    assert.deepEqual(renewed.setCookies, [], 'the cookie stays');
    const after = await browser.session(two.web);
    assert.notEqual(after.accessToken, before.accessToken);
    assert.equal(after.accessToken, renewed.session?.accessToken);
  });

  test('helps who lost a race: the winner’s session is taken over', async () => {
    const store = new Watched();
    const [one, two] = [withStore(store), withStore(store)];
    const browser = await signedIn(gatehouse, one.web);
    two.network.instead = async (path) => {
      if (path !== '/oauth/token') return undefined;
      two.network.instead = undefined;
      await one.web.authenticate(browser.request('/'), { renew: 'now' });
      return Response.json({ error: 'invalid_grant' }, { status: 400 });
    };
    const loser = await two.web.authenticate(browser.request('/'), { renew: 'now' });
    assert.ok(loser.session);
    assert.deepEqual(loser.setCookies, []);
    assert.equal((await browser.session(one.web)).accessToken, loser.session.accessToken);
  });

  const ends: [string, (session: Session) => Partial<LogoutTokenClaims>][] = [
    ['a session', ({ sessionId: sid = '' }) => ({ sid })],
    ['all of a person', ({ user: { sub } }) => ({ sub })],
  ];
  for (const [name, claims] of ends) {
    // As if Gatehouse had told this instance, and this one alone.
    const tell = async ({ web, client }: Application, session: Session): Promise<void> => {
      const token = { iss: '', aud: '', iat: 0, exp: 0, jti: '1', events: {}, ...claims(session) };
      client.verifyLogoutToken = () => Promise.resolve(token);
      const body = new URLSearchParams({ logout_token: 'x' });
      const request = new Request(`${APP_URL}/auth/backchannel-logout`, { method: 'POST', body });
      assert.equal((await web.backchannelLogout(request)).status, 200);
    };

    test(`ends ${name} at all instances when one is told`, async () => {
      const store = new Watched();
      const [one, two] = [withStore(store), withStore(store)];
      const browser = await signedIn(gatehouse, one.web);
      await tell(two, await browser.session(one.web));
      assert.equal((await browser.whoAmI(one.web)).problem, 'ended');
      assert.deepEqual(browser.sessionCookies(one.web), []);
    });

    test(`ends ${name}, also if another instance is just renewing it`, async () => {
      const store = new Watched();
      const [one, two] = [withStore(store), withStore(store)];
      const browser = await signedIn(gatehouse, one.web);
      const session = await browser.session(one.web);
      one.network.instead = async (path) => {
        if (path === '/oauth/token') await tell(two, session);
        return undefined;
      };
      await one.web.authenticate(browser.request('/'), { renew: 'now' });
      const fresh = withStore(store);
      assert.equal((await browser.whoAmI(fresh.web)).problem, 'ended');
    });
  }

  test('forgets who signs out, for everybody who has the cookie', async () => {
    const store = new Watched();
    const { web } = withStore(store);
    const browser = await signedIn(gatehouse, web);
    const thief = browser.copy();
    await browser.submit(web, '/auth/logout');
    assert.equal(store.entries.size, 0);
    const elsewhere = withStore(store);
    assert.equal((await thief.whoAmI(elsewhere.web)).problem, 'ended');
    assert.deepEqual(thief.sessionCookies(web), []);
  });

  test('gives nothing to the cookie of an earlier sign-in, which takes nothing away', async () => {
    const store = new Watched();
    const { web } = withStore(store);
    const browser = new Browser();
    const person = new Person(gatehouse, ADA);
    await signIn(web, browser, person);
    const earlier = browser.copy();
    await signIn(web, browser, person); // the same session at Gatehouse
    assert.equal(store.entries.size, 1);
    await browser.session(web);
    assert.equal((await earlier.whoAmI(web)).problem, 'ended');
    await browser.session(web);
  });

  test('without the entry, or with another one in its place, has no session', async () => {
    const store = new Watched();
    const { web } = withStore(store);
    const ada = await signedIn(gatehouse, web);
    const [adasName = ''] = store.entries.keys();
    const bob = await signedIn(gatehouse, web, 'bob@acme.test');
    const bobsName = [...store.entries.keys()].find((name) => name !== adasName) ?? '';
    store.entries.set(adasName, store.entries.get(bobsName) ?? '');
    assert.equal((await ada.whoAmI(web)).problem, 'ended');
    store.entries.delete(bobsName);
    assert.equal((await bob.whoAmI(web)).problem, 'ended');
  });

  test('that is away signs nobody out', async () => {
    const store = new Watched();
    const { web, events } = withStore(store);
    const browser = await signedIn(gatehouse, web);
    store.isAway = true;
    assert.deepEqual(await browser.whoAmI(web), { problem: 'unreachable', setCookies: [] });
    const me = await browser.visit(web, '/auth/me');
    assert.equal(((await me.json()) as { problem: string }).problem, 'unreachable');
    assert.equal(
      errorOf(await signIn(web, new Browser(), new Person(gatehouse, ADA))),
      'login_failed',
    );
    assert.doesNotMatch(JSON.stringify(events), /secret-host/);
    store.isAway = false;
    await browser.session(web);
  });

  test('that is away does not keep anybody from signing out', async () => {
    const store = new Watched();
    const { web } = withStore(store);
    const browser = await signedIn(gatehouse, web);
    store.isAway = true;
    const response = await browser.submit(web, '/auth/logout');
    assert.equal(locationOf(response).pathname, '/oidc/logout');
    assert.deepEqual(browser.sessionCookies(web), []);
  });

  test('goes on with a second cookie secret, and without the first one does not', async () => {
    const store = new Watched();
    const { web } = withStore(store);
    const browser = await signedIn(gatehouse, web);
    const other = 'another secret of thirty-two characters';
    const both = withStore(store, {
      cookieSecrets: [other, 'a secret of thirty-two characters or more'],
    });
    await browser.session(both.web);
    const only = withStore(store, { cookieSecrets: [other] });
    assert.equal((await browser.whoAmI(only.web)).problem, 'unreadable');
  });

  test('in memory forgets in time, and the oldest where there are too many', async () => {
    let now = 0;
    const store = new MemoryStore(() => now);
    await store.set('a', '1', 10);
    now = 9_999;
    assert.equal(await store.get('a'), '1');
    now = 10_000;
    assert.equal(await store.get('a'), undefined);
    for (let index = 0; index <= 10_000; ++index) await store.set(`key ${index}`, '1', 10);
    assert.equal(await store.get('key 0'), undefined);
    assert.equal(await store.get('key 1'), '1');
    await store.delete('key 1');
    assert.equal(await store.get('key 1'), undefined);
  });
});

describe('the three cookies of Scalekit’s guide', () => {
  const NAMES = ['sk-access-token', 'sk-id-token', 'sk-refresh-token'];
  const open = (options: ApplicationOptions = {}): Application =>
    application(gatehouse, { cookies: 'scalekit', ...options });

  test('hold the tokens as they are', async () => {
    const { web, client } = open();
    const browser = await signedIn(gatehouse, web);
    assert.deepEqual([...browser.cookies.keys()].sort(), NAMES);
    const token = browser.cookies.get('sk-access-token') ?? '';
    assert.equal((await client.validateToken(token)).email, ADA);
    const { user, roles } = await browser.session(web);
    assert.equal(user.name, 'Ada Lovelace');
    assert.deepEqual(roles, ['admin']);
  });

  test('of an application from before are taken over, renewed and kept', async () => {
    const { web } = open();
    const browser = await signedIn(gatehouse, web);
    // As that guide does: the access cookie is gone after an hour.
    const first = browser.cookies.get('sk-refresh-token');
    browser.cookies.delete('sk-access-token');
    const { user } = await browser.session(web);
    assert.equal(user.email, ADA);
    assert.deepEqual([...browser.cookies.keys()].sort(), NAMES);
    assert.notEqual(browser.cookies.get('sk-refresh-token'), first, 'the successor is kept');
    assert.equal((await browser.session(web)).user.orgId, user.orgId);
  });

  test('are verified with every request', async () => {
    const { web, network } = open();
    const browser = await signedIn(gatehouse, web);
    const [head = '', body = '', signature = ''] = (
      browser.cookies.get('sk-access-token') ?? ''
    ).split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, roles: ['owner'] })).toString(
      'base64url',
    );
    const idToken = browser.cookies.get('sk-id-token') ?? '';
    browser.cookies.delete('sk-refresh-token');
    const asked = network.count('/oauth/token');
    for (const token of [`${head}.${forged}.${signature}`, `${head}.${body}.`, idToken, 'x']) {
      const stranger = browser.copy();
      stranger.cookies.set('sk-access-token', token);
      const answer = await stranger.whoAmI(web);
      assert.equal(answer.session, undefined);
      assert.equal(answer.problem, 'expired');
      assert.equal(stranger.cookies.size, 0);
    }
    assert.equal(network.count('/oauth/token'), asked);
    await browser.session(web);
  });

  test('are kept while the keys cannot be had', async () => {
    const app = open();
    const browser = await signedIn(gatehouse, app.web);
    browser.cookies.delete('sk-refresh-token');
    const blind = open();
    blind.network.instead = () => Promise.reject(new TypeError('fetch failed'));
    assert.deepEqual(await browser.whoAmI(blind.web), { problem: 'unreachable', setCookies: [] });
    blind.network.instead = undefined;
    await browser.session(blind.web);
  });

  test('are deleted by signing out, which takes the ID token along', async () => {
    const { web } = open();
    const browser = await signedIn(gatehouse, web);
    const idToken = browser.cookies.get('sk-id-token');
    const response = await browser.submit(web, '/auth/logout');
    assert.equal(locationOf(response).searchParams.get('id_token_hint'), idToken);
    assert.equal(browser.cookies.size, 0);
  });

  test('serve eight requests at once', async () => {
    const { web, network } = open();
    const browser = await signedIn(gatehouse, web);
    browser.cookies.delete('sk-access-token');
    const asked = network.count('/oauth/token');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => web.authenticate(browser.request('/'))),
    );
    assert.ok(answers.every(({ session }) => session?.user.email === ADA));
    assert.equal(network.count('/oauth/token'), asked + 1);
  });

  test('are only two where the ID token is too large for one', async () => {
    const { web, names } = open();
    const browser = await signedIn(gatehouse, web);
    const session = await browser.session(web);
    const large = { ...session, idToken: 'x'.repeat(9000) };
    browser.keep(await web.keep(browser.request('/'), large));
    assert.deepEqual([...browser.cookies.keys()].sort(), ['sk-access-token', 'sk-refresh-token']);
    assert.ok(names().includes('session.large'));
    await browser.session(web);
  });
});

describe('who is signed in', () => {
  test('is told as JSON without a token in it', async () => {
    const { web } = application(gatehouse);
    const browser = await signedIn(gatehouse, web);
    const session = await browser.session(web);
    const headers = { 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' };
    const response = await browser.visit(web, '/auth/me', { headers });
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.equal(response.headers.get('vary'), 'cookie');
    assert.equal(response.headers.get('access-control-allow-origin'), null);
    assert.deepEqual(await response.json(), {
      isSignedIn: true,
      user: session.user,
      roles: ['admin'],
      permissions: session.permissions,
      expiresAt: session.accessExpiresAt,
    });
  });

  test('is nobody without cookies', async () => {
    const { web } = application(gatehouse);
    const response = await new Browser().visit(web, '/auth/me');
    assert.deepEqual(await response.json(), { isSignedIn: false, roles: [], permissions: [] });
  });

  test('is nobody else’s business', async () => {
    const { web } = application(gatehouse);
    const browser = await signedIn(gatehouse, web);
    for (const site of ['cross-site', 'same-site']) {
      const response = await browser.visit(web, '/auth/me', {
        headers: { 'sec-fetch-site': site },
      });
      assert.equal(response.status, 403);
      assert.doesNotMatch(await response.text(), /ada|acme/);
    }
  });

  test('stays so by asking: the session is renewed', async () => {
    const { web, clock } = application(gatehouse);
    const browser = await signedIn(gatehouse, web);
    const before = await browser.session(web);
    clock.move(before.accessExpiresAt - clock.now() / 1000 - 10);
    const response = await browser.visit(web, '/auth/me');
    assert.ok(response.headers.getSetCookie().length > 0);
    assert.notEqual((await browser.session(web)).accessToken, before.accessToken);
  });
});

describe('the tile of an identity provider', () => {
  // At the provider, by its page.
  async function launch(person: Person): Promise<URL> {
    const list = await person.visit(`${gatehouse.url}/dev/idp`);
    const tiles = [...list.body.matchAll(/href="([^"]+\/saml\/tile)"/g)].map(([, url = '']) => url);
    const page = await person.visit(tiles.find((url) => url.includes('/okta/')) ?? '');
    return new URL((await atProvider(person, page, 'idp_initiated')).headers.location ?? '');
  }

  async function atProvider(person: Person, page: Page, outcome: string): Promise<Page> {
    const withField = (body: string, name: string): Form | undefined =>
      forms(body).find(({ fields }) => fields.some((field) => field.name === name));
    const asks = withField(page.body, 'outcome');
    const told = asks ? await person.submit(page, asks, { email: person.email, outcome }) : page;
    const handedOn = withField(told.body, 'SAMLResponse');
    return handedOn ? person.submit(told, handedOn, {}) : told;
  }

  test('begins a sign-in that is bound to this browser, at that provider', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const dora = new Person(gatehouse, SSO_EMAIL);
    const launched = await launch(dora);
    assert.equal(launched.origin + launched.pathname, `${APP_URL}/auth/login`);
    const begun = locationOf(await browser.visit(web, pathOf(launched)));
    assert.equal(begun.searchParams.get('login_hint'), SSO_EMAIL);
    assert.match(begun.searchParams.get('connection_id') ?? '', /^conn_/);
    assert.match(begun.searchParams.get('organization_id') ?? '', /^org_/);
    assert.ok(begun.searchParams.get('state') && begun.searchParams.get('code_challenge'));
    const page = await atProvider(dora, await dora.visit(begun.href), 'success');
    const response = await browser.visit(web, pathOf(new URL(page.headers.location ?? '')));
    assert.equal(locationOf(response).href, `${APP_URL}/`);
    assert.equal((await browser.session(web)).user.email, SSO_EMAIL);
  });

  test('is heard of at the callback too', async () => {
    const { web } = application(gatehouse);
    const launched = await launch(new Person(gatehouse, SSO_EMAIL));
    const path = `/auth/callback${launched.search}`;
    const begun = locationOf(await new Browser().visit(web, path));
    assert.equal(begun.pathname, '/oauth/authorize');
  });

  test('that Gatehouse knows nothing of leads nowhere', async () => {
    const { web } = application(gatehouse);
    const launched = await launch(new Person(gatehouse, SSO_EMAIL));
    const token = launched.searchParams.get('idp_initiated_login') ?? '';
    const ada = await signedIn(gatehouse, web);
    const { accessToken, idToken = '' } = await ada.session(web);
    for (const bad of [token.slice(0, -3), accessToken, idToken, 'x']) {
      const browser = new Browser();
      const response = await browser.visit(web, `/auth/login?idp_initiated_login=${bad}`);
      assert.equal(errorOf(response), 'login_failed');
      assert.equal(browser.cookies.size, 0);
    }
  });
});

describe('a refusal at a page for those who are signed in', () => {
  test('does not go round for ever: the second time there is a page', async () => {
    const { web } = application(gatehouse, { paths: { home: '/app' } });
    const refused = await new Browser().visit(web, '/auth/callback?error=access_denied');
    // What a protected page does.
    const login = web.signInUrl(pathOf(locationOf(refused)));
    const stopped = await new Browser().visit(web, login);
    assert.equal(stopped.status, 200);
    const html = await stopped.text();
    assert.match(html, /You were not given access\./);
    const again = /href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#38;', '&') ?? '';
    assert.equal(again, '/auth/login?returnTo=%2Fapp');
    assert.equal((await new Browser().visit(web, again)).status, 302);
  });

  test('shows no word of the address', async () => {
    const { web } = application(gatehouse);
    for (const code of ['%3Cscript%3E', 'toString', 'Call+me']) {
      const path = `/auth/login?returnTo=${encodeURIComponent(`/?auth_error=${code}`)}`;
      const html = await (await new Browser().visit(web, path)).text();
      assert.match(html, /Something went wrong\./);
      assert.doesNotMatch(html, /script|toString|Call/);
    }
  });
});

test('a signing key that is replaced disturbs nobody', async () => {
  const other = await Gatehouse.start({ seed: SEED });
  try {
    const sealed = application(other);
    const open = application(other, { cookies: 'scalekit' });
    const [browser, second] = [await signedIn(other, sealed.web), await signedIn(other, open.web)];
    const kidOf = (token: string): string =>
      (
        JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as {
          kid: string;
        }
      ).kid;
    const before = await browser.session(sealed.web);
    const binary = resolve(ROOT, process.env['GATEHOUSE'] ?? 'build/release/gatehouse');
    const line = ['admin', '--data', join(other.folder, 'data'), '--yes'];
    if (other.databaseUrl) line.splice(1, 2, '--database', other.databaseUrl);
    const rotated = spawnSync(binary, [...line, 'keys', 'rotate', '--emergency']);
    assert.equal(rotated.status, 0, rotated.stderr.toString());
    await other.restart({});
    // Past the pause that keys are not asked for again.
    sealed.clock.move(31);
    open.clock.move(31);
    const renewed = await sealed.web.authenticate(browser.request('/'), { renew: 'now' });
    assert.ok(renewed.session);
    assert.notEqual(kidOf(renewed.session.accessToken), kidOf(before.accessToken));
    browser.keep(renewed.setCookies);
    await browser.session(sealed.web);
    // Its access token is from before; either it is still good or it is renewed.
    await second.session(open.web);
    await signedIn(other, sealed.web);
  } finally {
    await other.stop();
  }
});

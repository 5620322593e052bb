// Signing out by a form, by word from Gatehouse, and changing the organization.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { AuthClient, LogoutTokenClaims } from '@gatehouse/sdk/auth';
import { MemoryStore, type SessionStore } from '@gatehouse/sdk/web';
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
  signedIn,
  signIn,
  untilCallback,
  WEB_SEED,
} from './web_browser.js';

const CLEO = 'cleo@acme.test';

// Takes what Gatehouse sends when a session ends, for tests to hand on as they like.
class Mailslot {
  private readonly server: Server;
  private readonly waiting: ((token: string) => void)[] = [];
  private readonly tokens: string[] = [];
  origin = '';

  constructor() {
    this.server = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.end();
        this.origin = String(request.headers['origin']);
        const token = new URLSearchParams(body).get('logout_token') ?? '';
        const next = this.waiting.shift();
        if (next) next(token);
        else this.tokens.push(token);
      });
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((settle) => this.server.listen(0, '127.0.0.1', settle));
    return (this.server.address() as AddressInfo).port;
  }

  next(): Promise<string> {
    const token = this.tokens.shift();
    if (token !== undefined) return Promise.resolve(token);
    return new Promise((settle) => this.waiting.push(settle));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const slot = new Mailslot();
let gatehouse: Gatehouse;
before(async () => {
  const port = await slot.open();
  const uri = `back_channel_logout_uris = ["http://127.0.0.1:${port}/logout"]`;
  const seed = WEB_SEED.replace('initiate_login_uri', `${uri}\ninitiate_login_uri`);
  gatehouse = await Gatehouse.start({ seed });
});
after(async () => {
  slot.close();
  await gatehouse?.stop();
});

describe('signing out', () => {
  test('ends the session here and there, and comes back to the application', async () => {
    const { web, names } = application(gatehouse);
    const browser = new Browser();
    const person = new Person(gatehouse, ADA);
    await signIn(web, browser, person);
    const { idToken } = await browser.session(web);
    const response = await browser.submit(web, '/auth/logout');
    assert.equal(response.status, 303);
    assert.deepEqual(browser.sessionCookies(web), []);
    const there = locationOf(response);
    assert.equal(there.origin + there.pathname, `${gatehouse.url}/oidc/logout`);
    assert.equal(there.searchParams.get('id_token_hint'), idToken);
    const back = await person.visit(there.href);
    assert.equal(new URL(back.headers.location ?? '').href, `${APP_URL}/`);
    assert.ok(names().includes('logout'));
    // Somebody signed in at Gatehouse would be back at once.
    const login = await browser.visit(web, '/auth/login');
    const page = await person.visit(locationOf(login).href);
    assert.equal(page.status, 200);
    await slot.next();
  });

  test('cannot be undone by a request that was under way with the old cookies', async () => {
    const { web } = application(gatehouse);
    const browser = await signedIn(gatehouse, web);
    const underWay = browser.copy();
    await browser.submit(web, '/auth/logout');
    assert.equal((await underWay.whoAmI(web)).problem, 'ended');
  });

  test('works without an ID token: Gatehouse asks then', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const person = new Person(gatehouse, ADA);
    await signIn(web, browser, person);
    const { idToken: _, ...rest } = await browser.session(web);
    browser.keep(await web.keep(browser.request('/'), rest));
    const there = locationOf(await browser.submit(web, '/auth/logout'));
    assert.equal(there.searchParams.get('id_token_hint'), null);
    assert.equal(there.searchParams.get('client_id'), gatehouse.ready.client_id);
    const page = await person.visit(there.href);
    assert.equal(page.status, 200);
    assert.match(page.body, /sign out/i);
  });

  test('works with an ID token of a day ago', async () => {
    const { web, clock } = application(gatehouse);
    const browser = new Browser();
    const person = new Person(gatehouse, ADA);
    await signIn(web, browser, person);
    clock.move(86_400);
    const there = locationOf(await browser.submit(web, '/auth/logout'));
    assert.ok(there.searchParams.get('id_token_hint'));
    const back = await person.visit(there.href);
    assert.equal(new URL(back.headers.location ?? '').href, `${APP_URL}/`);
    await slot.next();
  });

  test('leaves an ID token out that makes the address too long', async () => {
    const { web } = application(gatehouse);
    const browser = await signedIn(gatehouse, web);
    const session = await browser.session(web);
    const long = { ...session, idToken: 'x'.repeat(7500) };
    browser.keep(await web.keep(browser.request('/'), long));
    assert.deepEqual(await browser.session(web), long);
    const there = locationOf(await browser.submit(web, '/auth/logout'));
    assert.ok(there.href.length < 1000);
  });

  test('of nobody goes to Gatehouse all the same', async () => {
    const { web } = application(gatehouse);
    const response = await new Browser().submit(web, '/auth/logout');
    assert.equal(locationOf(response).pathname, '/oidc/logout');
  });

  test('by a link shows a button and does nothing', async () => {
    const { web, events } = application(gatehouse);
    const browser = await signedIn(gatehouse, web);
    events.length = 0;
    const response = await browser.visit(web, '/auth/logout');
    assert.equal(response.status, 200);
    const html = await response.text();
    assert.match(
      html,
      /<form method="post" action="&#47;auth&#47;logout">|action="\/auth\/logout"/,
    );
    assert.match(html, /<button>Sign out<\/button>/);
    assert.doesNotMatch(html, /<script|\son\w+=/);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none';.*; style-src 'nonce-[\w-]+'$/);
    assert.equal(response.headers.get('referrer-policy'), 'same-origin', 'or its form is refused');
    assert.doesNotMatch(policy, /unsafe/);
    assert.deepEqual(events, []);
    await browser.session(web);
  });

  const strangers: [string, Record<string, string>][] = [
    ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['another port', { origin: 'http://localhost:4322', 'sec-fetch-site': 'same-site' }],
    ['another scheme', { origin: 'https://localhost:4321', 'sec-fetch-site': 'same-site' }],
    ['a site that claims our name', { origin: 'http://localhost:4321.evil.test' }],
    [
      'an origin that lies about the site',
      { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
    ],
    ['a sandbox', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a sibling without an origin', { 'sec-fetch-site': 'same-site' }],
    ['nowhere', {}],
    ['null alone', { origin: 'null' }],
  ];
  for (const [name, headers] of strangers) {
    test(`and changing the organization are refused to ${name}`, async () => {
      const { web } = application(gatehouse);
      const browser = await signedIn(gatehouse, web);
      for (const path of ['/auth/logout', '/auth/switch-org']) {
        const body = new URLSearchParams({ organization_id: 'org_1' });
        const response = await browser.visit(web, path, { method: 'POST', headers, body });
        assert.equal(response.status, 403, path);
        assert.deepEqual(response.headers.getSetCookie(), []);
      }
      await browser.session(web);
    });
  }

  test('works for pages whose referrer policy hides their origin', async () => {
    const { web } = application(gatehouse);
    const browser = await signedIn(gatehouse, web);
    const headers = { origin: 'null', 'sec-fetch-site': 'same-origin' };
    const response = await browser.visit(web, '/auth/logout', { method: 'POST', headers });
    assert.equal(response.status, 303);
  });

  test('goes on by a page where the application wants no redirect after a form', async () => {
    const { web } = application(gatehouse, { formAnswers: 'page' });
    const browser = await signedIn(gatehouse, web);
    const response = await browser.submit(web, '/auth/logout');
    assert.equal(response.status, 200);
    assert.deepEqual(browser.sessionCookies(web), []);
    const html = await response.text();
    assert.match(html, /<meta http-equiv="refresh" content="0; url=http/);
    assert.match(html, /\/oidc\/logout\?id_token_hint=/);
    assert.doesNotMatch(html, /<script/);
    const switched = await browser.submit(web, '/auth/switch-org');
    assert.match(await switched.text(), /\/oauth\/authorize\?/);
  });

  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    test(`${method} is not a way to do anything`, async () => {
      const { web } = application(gatehouse);
      const paths = Object.entries(web.paths).filter(([name]) => name !== 'home');
      for (const [, path] of paths) {
        const response = await new Browser().visit(web, path, { method });
        assert.equal(response.status, 405, path);
        assert.ok(response.headers.get('allow'));
      }
    });
  }
});

const strategies: [string, (() => SessionStore) | undefined][] = [
  ['cookies', undefined],
  ['a store', () => new MemoryStore()],
];
for (const [name, makeStore] of strategies) {
  describe(`Gatehouse says that a session has ended, to an application with ${name}`, () => {
    const fresh = (): ReturnType<typeof application> => {
      const store = makeStore?.();
      return application(gatehouse, store && { session: { strategy: 'store', store } });
    };
    // Ends the session at Gatehouse, as another application would.
    const endThere = async (client: AuthClient, idToken = ''): Promise<string> => {
      await fetch(client.getLogoutUrl({ idTokenHint: idToken }));
      return slot.next();
    };
    const asForm = (token: string): { headers: Record<string, string>; body: string } => ({
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: APP_URL },
      body: new URLSearchParams({ logout_token: token }).toString(),
    });
    const asJson = (token: string): { headers: Record<string, string>; body: string } => ({
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ logout_token: token }),
    });
    const post = (path: string, sent: { headers: Record<string, string>; body: string }): Request =>
      new Request(`${APP_URL}${path}`, { method: 'POST', ...sent });

    for (const [form, encode] of [
      ['a form', asForm],
      ['JSON', asJson],
    ] as const) {
      test(`by ${form}: whoever comes with its cookies is signed out, nobody else`, async () => {
        const { web, client, names } = fresh();
        const browser = await signedIn(gatehouse, web);
        const elsewhere = await signedIn(gatehouse, web);
        const bob = await signedIn(gatehouse, web, 'bob@acme.test');
        const token = await endThere(client, (await browser.session(web)).idToken);
        await browser.session(web);
        const response = await web.backchannelLogout(
          post('/auth/backchannel-logout', encode(token)),
        );
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('cache-control'), 'no-store');
        assert.ok(names().includes('logout.backchannel'));
        assert.equal((await browser.whoAmI(web)).problem, 'ended');
        assert.deepEqual(browser.sessionCookies(web), []);
        await elsewhere.session(web);
        await bob.session(web);
      });
    }

    test('twice with the same token: the second time is refused', async () => {
      const { web, client } = fresh();
      const browser = await signedIn(gatehouse, web);
      const token = await endThere(client, (await browser.session(web)).idToken);
      const send = async (): Promise<number> =>
        (await web.backchannelLogout(post('/auth/backchannel-logout', asForm(token)))).status;
      assert.equal(await send(), 200);
      assert.equal(await send(), 400);
    });

    test('without naming it: all sessions of the person end, later ones do not', async () => {
      const { web, client, clock } = fresh();
      const browsers = [await signedIn(gatehouse, web), await signedIn(gatehouse, web)];
      const bob = await signedIn(gatehouse, web, 'bob@acme.test');
      const { sub } = (await browsers[0]?.session(web))?.user ?? { sub: '' };
      // Ours always name the session; others may not have to.
      client.verifyLogoutToken = (): Promise<LogoutTokenClaims> =>
        Promise.resolve({ iss: '', aud: '', iat: 0, exp: 0, jti: '1', sub, events: {} });
      clock.move(1);
      await web.backchannelLogout(post('/auth/backchannel-logout', asForm('x')));
      for (const browser of browsers) assert.equal((await browser.whoAmI(web)).problem, 'ended');
      await bob.session(web);
      clock.move(1);
      await signedIn(gatehouse, web);
    });

    test('while its access token is being renewed: the session does not come back', async () => {
      const { web, client, network } = fresh();
      const browser = await signedIn(gatehouse, web);
      const session = await browser.session(web);
      const old = browser.copy();
      const [asked, noteAsked] = signal();
      const [mayGo, go] = signal();
      network.instead = async (path) => {
        if (path === '/oauth/token') {
          noteAsked();
          await mayGo;
        }
        return undefined;
      };
      const renewing = web.authenticate(browser.request('/'), { renew: 'now' });
      await asked;
      client.verifyLogoutToken = (): Promise<LogoutTokenClaims> => {
        const { sessionId: sid = '' } = session;
        return Promise.resolve({ iss: '', aud: '', iat: 0, exp: 0, jti: '2', sid, events: {} });
      };
      await web.backchannelLogout(post('/auth/backchannel-logout', asForm('x')));
      go();
      const answer = await renewing;
      assert.equal(answer.problem, 'ended');
      browser.keep(answer.setCookies);
      assert.equal((await browser.whoAmI(web)).session, undefined);
      assert.equal((await old.whoAmI(web)).session, undefined);
    });

    test('with anything but a logout token of Gatehouse is refused', async () => {
      const { web, client } = fresh();
      const browser = await signedIn(gatehouse, web);
      const { idToken = '', accessToken } = await browser.session(web);
      const good = await endThere(client, idToken);
      const [head = '', body = '', signature = ''] = good.split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
      const forged = Buffer.from(JSON.stringify({ ...claims, sid: 'ses_1' })).toString('base64url');
      const none = Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url');
      const bad = [
        idToken,
        accessToken,
        `${head}.${forged}.${signature}`,
        `${none}.${body}.`,
        good.slice(0, -4),
        'x'.repeat(5000),
        'x'.repeat(50_000),
        '',
      ];
      for (const token of bad) {
        for (const sent of [asForm(token), asJson(token)]) {
          const response = await web.backchannelLogout(post('/auth/backchannel-logout', sent));
          assert.equal(response.status, 400, token.slice(0, 80));
          assert.equal(response.headers.get('cache-control'), 'no-store');
        }
      }
      const others = [
        { headers: { 'content-type': 'text/plain' }, body: `logout_token=${good}` },
        { headers: { 'content-type': 'application/json' }, body: '{"logout_token":[]}' },
        { headers: { 'content-type': 'application/json' }, body: '[' },
        { headers: { 'content-type': 'application/json' }, body: 'null' },
        asForm(''),
      ];
      for (const sent of others) {
        const response = await web.backchannelLogout(post('/auth/backchannel-logout', sent));
        assert.equal(response.status, 400, sent.body.slice(0, 80));
      }
      await browser.session(web);
      const doubled = { ...asForm(''), body: `logout_token=${good}&logout_token=${good}` };
      assert.equal((await web.backchannelLogout(post('/x', doubled))).status, 400);
      assert.equal((await web.backchannelLogout(post('/x', asForm(good)))).status, 200);
    });

    test('to an application that cannot get the keys just then: asked to come again', async () => {
      const { web, client } = fresh();
      const browser = await signedIn(gatehouse, web);
      const token = await endThere(client, (await browser.session(web)).idToken);
      const blind = fresh();
      blind.network.instead = () => Promise.reject(new TypeError('fetch failed'));
      const response = await blind.web.backchannelLogout(post('/x', asForm(token)));
      assert.equal(response.status, 503);
      blind.network.instead = undefined;
      assert.equal((await blind.web.backchannelLogout(post('/x', asForm(token)))).status, 200);
    });
  });
}

describe('another organization', () => {
  test('is one form away, without a page of Gatehouse, and back at the same place', async () => {
    const { web, names } = application(gatehouse);
    const browser = new Browser();
    const cleo = new Person(gatehouse, CLEO);
    await signIn(web, browser, cleo);
    const first = await browser.session(web);
    const other = await otherOrganization(first.user.orgId);
    const form = { organization_id: other, returnTo: '/projects?sort=name' };
    const response = await browser.submit(web, '/auth/switch-org', form);
    assert.equal(response.status, 303);
    const page = await cleo.visit(locationOf(response).href);
    const back = new URL(page.headers.location ?? '');
    const arrived = await browser.visit(web, pathOf(back));
    assert.equal(locationOf(arrived).href, `${APP_URL}/projects?sort=name`);
    const second = await browser.session(web);
    assert.equal(second.user.orgId, other);
    assert.equal(second.user.sub, first.user.sub);
    assert.equal(names().at(-1), 'organization.switched');
  });

  test('that one does not belong to leaves everything as it was', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const person = new Person(gatehouse, ADA);
    await signIn(web, browser, person);
    const before = await browser.session(web);
    const closed = await organizationNamed('Closed');
    const response = await browser.submit(web, '/auth/switch-org', { organization_id: closed });
    const page = await person.visit(locationOf(response).href);
    const back = pathOf(new URL(page.headers.location ?? ''));
    assert.equal(errorOf(await browser.visit(web, back)), 'not_a_member');
    assert.deepEqual(await browser.session(web), before);
  });

  test('is what a link to sign in gets that asks for it', async () => {
    const { web } = application(gatehouse);
    const browser = new Browser();
    const cleo = new Person(gatehouse, CLEO);
    await signIn(web, browser, cleo);
    const other = await otherOrganization((await browser.session(web)).user.orgId);
    const login = `/auth/login?organization_id=${other}&returnTo=/there`;
    let response = await signIn(web, browser, cleo, login);
    assert.equal(locationOf(response).searchParams.get('prompt'), 'select_account');
    const back = await cleo.authorize(locationOf(response).href);
    response = await browser.visit(web, pathOf(back));
    assert.equal(pathOf(locationOf(response)), '/there');
    assert.equal((await browser.session(web)).user.orgId, other);
  });

  test('is not taken when Gatehouse answers for another one than was asked for', async () => {
    const { web, client } = application(gatehouse);
    const browser = new Browser();
    const person = new Person(gatehouse, ADA);
    // As if somebody had taken the wish out of the address.
    const make = client.getAuthorizationUrl.bind(client);
    client.getAuthorizationUrl = (uri, { organizationId: _, prompt: __, ...options } = {}) =>
      make(uri, options);
    const callback = await untilCallback(web, browser, person, '/auth/login?organization_id=org_9');
    const again = await browser.visit(web, callback);
    const back = await person.authorize(locationOf(again).href);
    assert.equal(errorOf(await browser.visit(web, pathOf(back))), 'not_a_member');
    assert.equal((await browser.whoAmI(web)).session, undefined);
  });

  test('needs a form that can be read', async () => {
    const { web } = application(gatehouse);
    const headers = { origin: APP_URL, 'content-type': 'text/plain' };
    const visit = { method: 'POST', headers, body: 'organization_id=org_1' };
    assert.equal((await new Browser().visit(web, '/auth/switch-org', visit)).status, 400);
    const long = { organization_id: 'o'.repeat(300) };
    assert.equal((await new Browser().submit(web, '/auth/switch-org', long)).status, 400);
  });
});

function signal(): [Promise<void>, () => void] {
  let give: () => void = () => undefined;
  const given = new Promise<void>((settle) => (give = settle));
  return [given, give];
}

async function organizations(): Promise<{ id: string; display_name: string }[]> {
  const { client_id, client_secret } = gatehouse.ready;
  const answer = await fetch(`${gatehouse.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const listed = await fetch(`${gatehouse.url}/api/v1/organizations?page_size=30`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await listed.json()) as { organizations: { id: string; display_name: string }[] })
    .organizations;
}

async function organizationNamed(name: string): Promise<string> {
  return (await organizations()).find((each) => each.display_name === name)?.id ?? '';
}

// Cleo belongs to Acme and to Basel.
async function otherOrganization(current: string | undefined): Promise<string> {
  const both = await Promise.all([organizationNamed('Acme'), organizationNamed('Basel')]);
  assert.ok(both.includes(current ?? ''));
  return both.find((id) => id !== current) ?? '';
}

// POST /dev/applications of `gatehouse dev`: a program on this machine gets an application that
// signs people in at once; pages in a browser, other hosts and malformed wishes get nothing.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Gatehouse } from './gatehouse.js';
import { postForm, send, type Answer } from './http.js';
import { Person } from './person.js';

const WISH = {
  name: 'shop',
  app_url: 'http://localhost:4321',
  type: 'WEB_APP',
  callback_path: '/auth/callback',
  initiate_login_path: '/auth/login',
  backchannel_logout_path: '/auth/backchannel-logout',
};

interface Made {
  environment_url: string;
  client_id: string;
  client_secret?: string;
  redirect_uri: string;
  created: boolean;
}

describe('an application for a project on this machine', () => {
  let gatehouse: Gatehouse;
  before(async () => {
    gatehouse = await Gatehouse.start();
  });
  after(async () => await gatehouse?.stop());

  const ask = async (
    wish: Record<string, unknown> | string,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    await send(`${gatehouse.url}/dev/applications`, {
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof wish === 'string' ? wish : JSON.stringify(wish),
    });
  const make = async (wish: Record<string, unknown>): Promise<Made> => {
    const answer = await ask(wish);
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body) as Made;
  };
  const authorize = (made: Made, redirectUri: string, more: Record<string, string> = {}): string =>
    `${gatehouse.url}/oauth/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: made.client_id,
      redirect_uri: redirectUri,
      scope: 'openid email',
      state: 'a state',
      ...more,
    })}`;
  const isRegistered = async (made: Made, redirectUri: string): Promise<boolean> => {
    const answer = await send(authorize(made, redirectUri, { prompt: 'none' }));
    return answer.headers.location?.startsWith(`${redirectUri}?error=login_required`) ?? false;
  };

  test('a new one signs a person in at once, with its secret and PKCE', async () => {
    const made = await make({ ...WISH, name: 'fresh' });
    assert.equal(made.created, true);
    assert.equal(made.environment_url, gatehouse.url);
    assert.equal(made.redirect_uri, 'http://localhost:4321/auth/callback');
    assert.match(made.client_id, /^webc_/);
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const back = await new Person(gatehouse, 'ada@acme.test').authorize(
      authorize(made, made.redirect_uri, {
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }),
    );
    const tokens = await postForm(`${gatehouse.url}/oauth/token`, {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: made.redirect_uri,
      code_verifier: verifier,
      client_id: made.client_id,
      client_secret: made.client_secret ?? '',
    });
    assert.equal(tokens.status, 200);
    assert.ok(tokens.json['id_token']);
  });

  test('one that is there keeps its id and secret, and loses no redirect URI', async () => {
    const first = await make(WISH);
    const second = await make({ ...WISH, app_url: 'http://127.0.0.1:4444' });
    assert.equal(second.created, false);
    assert.equal(second.client_id, first.client_id);
    assert.equal(second.client_secret, first.client_secret);
    assert.equal(await isRegistered(first, first.redirect_uri), true);
    assert.equal(await isRegistered(first, second.redirect_uri), true);
    assert.equal(await isRegistered(first, 'http://127.0.0.1:4445/auth/callback'), false);
  });

  test('its secret opens the management API, where its URIs are read back', async () => {
    const made = await make(WISH);
    const granted = await postForm(`${gatehouse.url}/oauth/token`, {
      grant_type: 'client_credentials',
      client_id: made.client_id,
      client_secret: made.client_secret ?? '',
    });
    assert.equal(granted.status, 200);
    const found = await send(`${gatehouse.url}/api/v1/clients/${made.client_id}`, {
      headers: { authorization: `Bearer ${String(granted.json['access_token'])}` },
    });
    const { client } = JSON.parse(found.body) as { client: Record<string, unknown> };
    assert.equal(client['initiate_login_uri'], 'http://localhost:4321/auth/login');
    assert.ok(
      (client['back_channel_logout_uris'] as string[]).includes(
        'http://localhost:4321/auth/backchannel-logout',
      ),
    );
    assert.ok((client['post_logout_redirect_uris'] as string[]).includes('http://localhost:4321'));
  });

  test('a public application gets no secret, and keeps its name from other types', async () => {
    const { backchannel_logout_path: _, ...rest } = WISH;
    const made = await make({ ...rest, name: 'page', type: 'SPA' });
    assert.equal(made.client_secret, undefined);
    assert.match(made.client_id, /^spac_/);
    assert.equal((await ask({ ...WISH, name: 'page' })).status, 409);
  });

  test('whatever a page in a browser can send is refused', async () => {
    const refused: Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: gatehouse.url },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of refused) {
      const answer = await ask({ ...WISH, name: 'evil' }, headers);
      assert.equal(answer.status, 403, JSON.stringify(headers));
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      const answer = await ask({ ...WISH, name: 'evil' }, { 'content-type': type });
      assert.equal(answer.status, 415, type);
    }
    const port = new URL(gatehouse.url).port;
    for (const host of [`evil.test:${port}`, `localhost.evil.test:${port}`]) {
      assert.equal((await ask({ ...WISH, name: 'evil' }, { host })).status, 421, host);
    }
    assert.equal((await make({ ...WISH, name: 'evil' })).created, true, 'nothing was made before');
  });

  test('a wish that makes no sense says which field, and makes nothing', async () => {
    const wrong: [string, Record<string, unknown>][] = [
      ['app_url', { ...WISH, app_url: 'http://example.com' }],
      ['app_url', { ...WISH, app_url: 'http://localhost:4321/path' }],
      ['app_url', { ...WISH, app_url: 'http://localhost@evil.test' }],
      ['app_url', { ...WISH, app_url: 'ftp://localhost' }],
      ['type', { ...WISH, type: 'M2M' }],
      ['type', { ...WISH, type: 'ENV' }],
      ['name', { ...WISH, name: '' }],
      ['name', { ...WISH, name: 7 }],
      ['callback_path', { ...WISH, callback_path: '@evil.test/' }],
      ['callback_path', { ...WISH, callback_path: undefined }],
      ['callback', { ...WISH, callback_path: '/auth/../callback' }],
      ['callback', { ...WISH, callback_path: '/auth?x=1' }],
    ];
    for (const [field, wish] of wrong) {
      const answer = await ask({ name: 'wrong', ...wish });
      assert.equal(answer.status, 400, answer.body);
      assert.match(answer.body, new RegExp(field), JSON.stringify(wish));
    }
    for (const body of ['', '[]', '"x"', '{', '{"name":"a","name":"b"}']) {
      assert.equal((await ask(body)).status, 400, body);
    }
    assert.equal((await ask(`{"name":"${'a'.repeat(70_000)}"}`)).status, 413);
  });

  test('what begins at http://localhost:4321 by the one-line integration may sign in', async () => {
    const main = gatehouse.ready;
    const made = { ...main, redirect_uri: '', created: false };
    assert.equal(await isRegistered(made, 'http://localhost:4321/auth/callback'), true);
    assert.equal(await isRegistered(made, 'http://localhost:4321/api/auth/callback'), true);
    assert.equal(await isRegistered(made, 'http://localhost:4321/other'), false);
  });
});

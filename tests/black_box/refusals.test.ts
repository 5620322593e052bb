// What must not work, and how it is refused.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  authorizeUrl,
  codeOf,
  pkce,
  POST_LOGOUT_URI,
  REDIRECT_URI,
  SEED,
  sdk,
  signIn,
} from './clients.js';
import { Gatehouse } from './gatehouse.js';
import { postForm, send } from './http.js';
import { forms, Person } from './person.js';

describe('refusals', () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  after(async () => await gatehouse?.stop());

  const tokenUrl = (): string => `${gatehouse.url}/oauth/token`;
  const credentials = (): { client_id: string; client_secret: string } => {
    const { client_id, client_secret } = gatehouse.ready;
    return { client_id, client_secret };
  };

  describe('authorize, on our own page, since redirecting would be unsafe', () => {
    const cases: [string, (url: URL) => void][] = [
      ['an unknown client', (url) => url.searchParams.set('client_id', 'skc_1')],
      ['no client', (url) => url.searchParams.delete('client_id')],
      ['no redirect URI', (url) => url.searchParams.delete('redirect_uri')],
      ['a slash more', (url) => url.searchParams.set('redirect_uri', `${REDIRECT_URI}/`)],
      [
        'another port',
        (url) => url.searchParams.set('redirect_uri', REDIRECT_URI.replace('4321', '4322')),
      ],
      ['a query more', (url) => url.searchParams.set('redirect_uri', `${REDIRECT_URI}?next=1`)],
      ['a script', (url) => url.searchParams.set('redirect_uri', 'javascript:alert(1)')],
      [
        'another host',
        (url) => url.searchParams.set('redirect_uri', 'https://evil.example/api/auth/callback'),
      ],
      [
        'the redirect URI of another client',
        (url) => url.searchParams.set('redirect_uri', 'http://localhost:4444/callback'),
      ],
      ['the client twice', (url) => url.searchParams.append('client_id', 'skc_2')],
      [
        'the redirect URI twice',
        (url) => url.searchParams.append('redirect_uri', 'https://evil.example/'),
      ],
    ];
    for (const [name, change] of cases) {
      test(name, async () => {
        const url = new URL(authorizeUrl(gatehouse, { state: 's' }));
        change(url);
        const answer = await send(url.href, { headers: { accept: 'text/html' } });
        const { status, headers, body } = answer;
        assert.ok(status >= 400 && status < 500, `status ${status}`);
        assert.equal(headers.location, undefined);
        assert.match(headers['content-type'] ?? '', /^text\/html/);
        assert.match(headers['cache-control'] ?? '', /no-store/);
        assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
        assert.match(body, /id="reference"/);
        assert.doesNotMatch(body, /href="(?:javascript:|https:\/\/evil)/);
      });
    }
  });

  describe('authorize, back to the application', () => {
    const cases: [string, Record<string, string>, string][] = [
      ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
      ['no response type', { response_type: '' }, 'invalid_request'],
      [
        'a plain code challenge',
        { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' },
        'invalid_request',
      ],
      [
        'a malformed code challenge',
        { code_challenge: 'short', code_challenge_method: 'S256' },
        'invalid_request',
      ],
      ['silence without a session', { prompt: 'none' }, 'login_required'],
      ['silence and a question', { prompt: 'none login' }, 'invalid_request'],
      ['a negative age', { max_age: '-1' }, 'invalid_request'],
    ];
    for (const [name, parameters, error] of cases) {
      test(name, async () => {
        const url = authorizeUrl(gatehouse, { state: 'kept', ...parameters });
        const { status, headers } = await send(url, { headers: { accept: 'text/html' } });
        assert.ok(status === 302 || status === 303, `status ${status}`);
        const back = new URL(headers.location ?? '');
        assert.equal(back.origin + back.pathname, REDIRECT_URI);
        assert.equal(back.searchParams.get('error'), error);
        assert.equal(back.searchParams.get('state'), 'kept');
        assert.equal(back.searchParams.get('iss'), gatehouse.url);
        assert.equal(back.searchParams.get('code'), null);
      });
    }

    test('a public client without PKCE', async () => {
      const { client_id } = gatehouse.application('Browser App');
      const redirect_uri = 'http://localhost:4555/callback';
      const { headers } = await send(authorizeUrl(gatehouse, { client_id, redirect_uri }));
      assert.equal(new URL(headers.location ?? '').searchParams.get('error'), 'invalid_request');
    });
  });

  test('authorize does nothing for a prefetch, a script or HEAD', async () => {
    const url = authorizeUrl(gatehouse, {});
    for (const sent of [
      { headers: { 'sec-purpose': 'prefetch' } },
      { headers: { 'sec-fetch-dest': 'empty' } },
      { method: 'HEAD' },
    ]) {
      const { status, headers } = await send(url, sent);
      assert.equal(status, 204);
      assert.equal(headers['set-cookie'], undefined);
    }
  });

  describe('the token endpoint', () => {
    const refusals: [string, () => Record<string, string>, number, string][] = [
      ['no grant type', () => credentials(), 400, 'invalid_request'],
      [
        'an unknown grant type',
        () => ({ ...credentials(), grant_type: 'password' }),
        400,
        'unsupported_grant_type',
      ],
      [
        'an unknown client',
        () => ({ grant_type: 'client_credentials', client_id: 'skc_1', client_secret: 'sks_1' }),
        401,
        'invalid_client',
      ],
      [
        'a wrong secret',
        () => ({ ...credentials(), grant_type: 'client_credentials', client_secret: 'sks_1' }),
        401,
        'invalid_client',
      ],
      [
        'no secret',
        () => ({ grant_type: 'client_credentials', client_id: gatehouse.ready.client_id }),
        401,
        'invalid_client',
      ],
      [
        'no code',
        () => ({ ...credentials(), grant_type: 'authorization_code', redirect_uri: REDIRECT_URI }),
        400,
        'invalid_request',
      ],
      [
        'a code never issued',
        () => ({
          ...credentials(),
          grant_type: 'authorization_code',
          code: 'x',
          redirect_uri: REDIRECT_URI,
        }),
        400,
        'invalid_grant',
      ],
      [
        'a refresh token never issued',
        () => ({ ...credentials(), grant_type: 'refresh_token', refresh_token: 'x' }),
        400,
        'invalid_grant',
      ],
    ];
    for (const [name, form, status, error] of refusals) {
      test(name, async () => {
        const answer = await postForm(tokenUrl(), form());
        assert.equal(answer.status, status);
        assert.equal(answer.json['error'], error);
        assert.equal(typeof answer.json['error_description'], 'string');
        assert.match(answer.headers['cache-control'] ?? '', /no-store/);
      });
    }

    test('an unknown client and a wrong secret answer alike', async () => {
      const ask = async (client_id: string) =>
        await postForm(tokenUrl(), {
          grant_type: 'client_credentials',
          client_id,
          client_secret: 'sks_1',
        });
      const [unknown, wrong] = [
        await ask('skc_123456789012345678'),
        await ask(credentials().client_id),
      ];
      assert.deepEqual([unknown.status, unknown.json], [wrong.status, wrong.json]);
    });

    test('a parameter twice', async () => {
      const form = Object.entries({ ...credentials(), grant_type: 'client_credentials' });
      const answer = await postForm(tokenUrl(), [...form, ['grant_type', 'client_credentials']]);
      assert.equal(answer.json['error'], 'invalid_request');
    });

    test('two ways of authenticating at once', async () => {
      const { client_id, client_secret } = credentials();
      const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
      const answer = await postForm(
        tokenUrl(),
        { ...credentials(), grant_type: 'client_credentials' },
        { authorization: `Basic ${basic}` },
      );
      assert.equal(answer.json['error'], 'invalid_request');
    });

    test('a secret in the query counts for nothing', async () => {
      const query = new URLSearchParams(credentials());
      const answer = await postForm(`${tokenUrl()}?${query}`, { grant_type: 'client_credentials' });
      assert.ok(answer.status === 400 || answer.status === 401);
      assert.equal(answer.json['access_token'], undefined);
    });

    test('another content type, another method', async () => {
      const body = JSON.stringify({ ...credentials(), grant_type: 'client_credentials' });
      const json = await send(tokenUrl(), {
        body,
        headers: { 'content-type': 'application/json' },
      });
      assert.ok(json.status === 400 || json.status === 415, `status ${json.status}`);
      const get = await send(tokenUrl());
      assert.equal(get.status, 405);
      assert.match(get.headers.allow ?? '', /POST/);
    });

    test('a body beyond the limit, and bytes that are not UTF-8', async () => {
      const form = { ...credentials(), grant_type: 'client_credentials', more: 'x'.repeat(70_000) };
      assert.equal((await postForm(tokenUrl(), form)).status, 413);
      const bytes = await send(tokenUrl(), {
        body: Buffer.from('grant_type=%ff%fe&client_id=\xff', 'latin1'),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      assert.equal(bytes.status, 400);
    });

    test('a code of another client, with another redirect URI, or used before', async () => {
      const person = new Person(gatehouse, 'codes@acme.test');
      const fresh = async (): Promise<string> =>
        codeOf(await person.authorize(authorizeUrl(gatehouse, {})));
      const exchange = async (code: string, changed: Record<string, string> = {}) =>
        await postForm(tokenUrl(), {
          ...credentials(),
          grant_type: 'authorization_code',
          code,
          redirect_uri: REDIRECT_URI,
          ...changed,
        });
      const other = gatehouse.application('Other Console');
      const foreign = { client_id: other.client_id, client_secret: other.client_secret ?? '' };
      assert.equal((await exchange(await fresh(), foreign)).json['error'], 'invalid_grant');
      const elsewhere = { redirect_uri: 'http://localhost:4444/callback' };
      assert.equal((await exchange(await fresh(), elsewhere)).json['error'], 'invalid_grant');

      const code = await fresh();
      const first = await exchange(code);
      assert.equal(first.status, 200);
      assert.equal((await exchange(code)).json['error'], 'invalid_grant');
      // What the first exchange gave has ended with the code's second appearance.
      const refresh = await postForm(tokenUrl(), {
        ...credentials(),
        grant_type: 'refresh_token',
        refresh_token: String(first.json['refresh_token']),
      });
      assert.equal(refresh.json['error'], 'invalid_grant');
    });

    test('a verifier where no challenge was, and none where one was', async () => {
      const person = new Person(gatehouse, 'verifier@acme.test');
      const { verifier, challenge } = pkce();
      const client = sdk(gatehouse);
      const without = codeOf(await person.authorize(authorizeUrl(gatehouse, {})));
      await assert.rejects(
        client.authenticateWithCode(without, REDIRECT_URI, { codeVerifier: verifier }),
      );
      const options = { code_challenge: challenge, code_challenge_method: 'S256' };
      const withOne = codeOf(await person.authorize(authorizeUrl(gatehouse, options)));
      await assert.rejects(client.authenticateWithCode(withOne, REDIRECT_URI));
    });

    test('a refresh token of another client', async () => {
      const { refreshToken } = await signIn(gatehouse, 'theft@acme.test');
      const other = gatehouse.application('Other Console');
      const answer = await postForm(tokenUrl(), {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: other.client_id,
        client_secret: other.client_secret ?? '',
      });
      assert.equal(answer.json['error'], 'invalid_grant');
    });
  });

  test('userinfo without, with a wrong, and with an ID token', async () => {
    const { idToken } = await signIn(gatehouse, 'userinfo@acme.test');
    const ask = async (authorization?: string) =>
      await send(`${gatehouse.url}/userinfo`, {
        headers: { ...(authorization && { authorization }) },
      });
    for (const answer of [await ask(), await ask('Bearer x'), await ask(`Bearer ${idToken}`)]) {
      assert.equal(answer.status, 401);
      assert.match(String(answer.headers['www-authenticate']), /^Bearer/);
    }
  });

  test('introspection and revocation want the client, and tell strangers nothing', async () => {
    const token = { token: 'never issued' };
    const introspect = `${gatehouse.url}/oauth/introspect`;
    assert.equal((await postForm(introspect, token)).status, 401);
    const inactive = await postForm(introspect, { ...token, ...credentials() });
    assert.deepEqual(inactive.json, { active: false });
    const revoke = `${gatehouse.url}/oauth/revoke`;
    assert.equal((await postForm(revoke, token)).status, 401);
    assert.equal((await postForm(revoke, { ...token, ...credentials() })).status, 200);
  });

  test('logout to an unregistered address stays here', async () => {
    const { client, person, idToken } = await signIn(gatehouse, 'stay@acme.test');
    const url = client.getLogoutUrl({
      idTokenHint: idToken,
      postLogoutRedirectUri: `${POST_LOGOUT_URI}.evil.example`,
    });
    assert.equal((await person.visit(url)).headers.location, undefined);
  });

  test('a form of another site, and one without its key', async () => {
    const person = new Person(gatehouse, 'csrf@acme.test');
    const page = await person.visit(authorizeUrl(gatehouse, { prompt: 'login' }));
    const [form] = forms(page.body);
    assert.ok(form);
    const url = new URL(form.action, page.url).href;
    const fields = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const filled = { ...fields, email: person.email };
    assert.equal((await send(url, { form: filled, headers: foreign })).status, 403);
    const keyless = await person.submit(page, form, { email: person.email, csrf: '' });
    assert.doesNotMatch(keyless.body, /one-time-code/);
    // Neither has disturbed the person whose sign-in it is.
    const asked = await person.submit(page, form, { email: person.email });
    assert.match(asked.body, /one-time-code/);
  });

  describe('HTTP', () => {
    const raw = async (text: string): Promise<string> =>
      await new Promise((settle, fail) => {
        const { hostname, port } = new URL(gatehouse.url);
        const socket = connect(Number(port), hostname);
        const chunks: Buffer[] = [];
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('error', () => settle(Buffer.concat(chunks).toString('latin1')));
        socket.on('close', () => settle(Buffer.concat(chunks).toString('latin1')));
        socket.setTimeout(10_000, () => fail(new Error('no answer')));
        socket.end(text);
      });
    const get = (target: string, ...fields: string[]): string =>
      [`GET ${target} HTTP/1.1`, ...fields, 'Connection: close', '', ''].join('\r\n');
    const host = (): string => `Host: ${new URL(gatehouse.url).host}`;
    const status = (answer: string): number => Number(answer.split(' ', 2)[1]);

    test('a hostile Host changes nothing that is written', async () => {
      const answer = await raw(get('/.well-known/openid-configuration', 'Host: evil.example'));
      assert.ok(status(answer) >= 400, answer);
      assert.doesNotMatch(answer, /https?:\/\/evil\.example/);
      const forwarded = await raw(
        get('/.well-known/openid-configuration', host(), 'X-Forwarded-Host: evil.example'),
      );
      assert.doesNotMatch(forwarded, /evil\.example/);
    });

    test('no Host, two of them, or a malformed one', async () => {
      for (const fields of [[], [host(), host()], ['Host: a b'], ['Host: a@b']]) {
        assert.equal(status(await raw(get('/livez', ...fields))), 400, fields.join());
      }
    });

    test('too long a target, too long a head, too many fields', async () => {
      assert.equal(status(await raw(get(`/${'a'.repeat(9000)}`, host()))), 414);
      assert.equal(status(await raw(get('/livez', host(), `X: ${'a'.repeat(17_000)}`))), 431);
      const many = Array.from({ length: 120 }, (_, number) => `X-${number}: a`);
      assert.equal(status(await raw(get('/livez', host(), ...many))), 431);
    });

    test('two lengths, or a length beside chunks', async () => {
      const post = (...fields: string[]): string =>
        ['POST /oauth/token HTTP/1.1', host(), ...fields, '', '0\r\n\r\n'].join('\r\n');
      assert.equal(status(await raw(post('Content-Length: 5', 'Content-Length: 6'))), 400);
      assert.equal(status(await raw(post('Content-Length: 5', 'Transfer-Encoding: chunked'))), 400);
    });
  });
});

// AuthClient and a server that is away, slow, broken or somebody else: nobody is told that their
// session is over, nothing waits for ever, and no answer is read to its end that has none.
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  AuthClient,
  OAuthError,
  ScalekitServerException,
  ServerUnreachableError,
  type ClientOptions,
} from '@gatehouse/sdk/auth';
import { freePort } from '../black_box/gatehouse.js';
import { ACCESS, signer, withCode } from './auth_issuer.js';

const SECRET = 'test_secret-of-this-client';
const REFRESH = 'rt_of-somebody-signed-in';
const CODE = 'code-of-a-callback';

describe('a server that', () => {
  let server: Server;
  let url: string;
  let answer: RequestListener;
  let seen = 0;

  before(async () => {
    server = createServer((request, response) => {
      seen += 1;
      request.resume();
      answer(request, response);
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const replying =
    (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    };

  const clientOf = (options: ClientOptions = {}): AuthClient =>
    new AuthClient(url, 'skc_1', SECRET, options);

  const token = signer('ES256', 'k1').sign({}, ACCESS);
  // Everything that asks the server.
  const CALLS: [string, (client: AuthClient) => Promise<unknown>][] = [
    ['authenticateWithCode', (client) => client.authenticateWithCode(CODE, 'https://a.test/cb')],
    ['refreshAccessToken', (client) => client.refreshAccessToken(REFRESH)],
    ['getClientAccessToken', (client) => client.getClientAccessToken()],
    ['generateClientToken', (client) => client.generateClientToken('m2m_1', SECRET)],
    ['validateToken', (client) => client.validateToken(token)],
    ['verifyIdToken', (client) => client.verifyIdToken(token)],
    ['verifyLogoutToken', (client) => client.verifyLogoutToken(token)],
    ['getIdpInitiatedLoginClaims', (client) => client.getIdpInitiatedLoginClaims(token)],
  ];

  const assertUnreachable = async (
    expected: { reason: string; httpStatus?: number; retryAfterSeconds?: number | undefined },
    options: ClientOptions = {},
  ): Promise<void> => {
    for (const [name, call] of CALLS) {
      await assert.rejects(call(clientOf(options)), (error) => {
        assert.ok(error instanceof ServerUnreachableError, `${name}: ${String(error)}`);
        assert.ok(error instanceof ScalekitServerException);
        assert.ok(!(error instanceof OAuthError));
        assert.equal(error.code, 'server_unreachable');
        for (const [field, value] of Object.entries(expected)) {
          assert.equal(error[field as keyof typeof error], value, `${name}: ${field}`);
        }
        const shown = `${error.stack} ${JSON.stringify(error)}`;
        for (const kept of [SECRET, REFRESH, CODE, token]) assert.ok(!shown.includes(kept));
        return true;
      });
    }
  };

  test('does not listen', async () => {
    const nobody = new AuthClient(`http://127.0.0.1:${await freePort()}`, 'skc_1', SECRET);
    await assert.rejects(nobody.refreshAccessToken(REFRESH), (error) => {
      assert.ok(error instanceof ServerUnreachableError);
      assert.equal(error.reason, 'network');
      assert.match(error.message, /ECONNREFUSED/);
      return true;
    });
    assert.equal(await nobody.validateAccessToken(token), false);
  });

  test('hangs up', async () => {
    answer = (request) => request.socket.destroy();
    await assertUnreachable({ reason: 'network' });
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"access_');
      response.socket?.destroySoon();
    };
    await assertUnreachable({ reason: 'network' });
  });

  test('never answers', async () => {
    answer = () => undefined;
    await assertUnreachable({ reason: 'timeout', httpStatus: 504 }, { timeoutMs: 20 });
  });

  test('begins to answer and never ends', async () => {
    answer = (_, response) => void response.writeHead(200).write('{"access_token":');
    await assertUnreachable({ reason: 'timeout' }, { timeoutMs: 50 });
  });

  test('is reached by a fetch that listens to nobody', async () => {
    const deaf: typeof fetch = () => new Promise(() => undefined);
    await assertUnreachable({ reason: 'timeout' }, { timeoutMs: 5, fetch: deaf });
  });

  test('answers with 500, 502, 503 or 429', async () => {
    for (const status of [500, 502, 503, 429]) {
      answer = replying(status, '{"error":"invalid_grant"}');
      await assertUnreachable({ reason: 'status', httpStatus: status });
    }
  });

  test('says when to come again', async () => {
    const after = (text: string): void => {
      answer = replying(503, '', { 'retry-after': text });
    };
    after('7');
    await assertUnreachable({ reason: 'status', retryAfterSeconds: 7 });
    after('999999999');
    await assertUnreachable({ reason: 'status', retryAfterSeconds: 3600 });
    after('Sun, 22 Nov 2026 10:00:00 GMT');
    await assertUnreachable({ reason: 'status', retryAfterSeconds: undefined });
  });

  test('says itself that it will pass', async () => {
    for (const code of ['temporarily_unavailable', 'server_error', 'slow_down']) {
      answer = replying(400, JSON.stringify({ error: code }));
      const refused = clientOf().refreshAccessToken(REFRESH);
      await assert.rejects(refused, withCode('server_unreachable'));
    }
  });

  test('is somebody else', async () => {
    const bodies = [
      '',
      '<!doctype html><title>Sign in to the Wi-Fi</title>',
      'null',
      '[]',
      '"text"',
      '{}',
      '{"access_token":7,"keys":7}',
      '{"access_token":"","keys":[]}',
      '{"access_token":"a","expires_in":-1}',
      '{"access_token":"a","expires_in":"soon"}',
      '{"access_token":"a","expires_in":1e300}',
      '{"access_token":',
      '\u00ff',
    ];
    for (const body of bodies) {
      answer = replying(200, body);
      await assertUnreachable({ reason: 'answer', httpStatus: 502 });
    }
    for (const status of [204, 403, 404]) {
      answer = replying(status, status === 204 ? '' : '<html>');
      await assertUnreachable({ reason: 'answer' });
    }
  });

  test('refuses with what is no code', async () => {
    for (const error of ['', 'Invalid Grant', 7, null, 'x'.repeat(65), { a: 1 }]) {
      answer = replying(400, JSON.stringify({ error }));
      const refused = clientOf().refreshAccessToken(REFRESH);
      await assert.rejects(refused, withCode('server_unreachable'));
    }
    answer = replying(400, JSON.stringify({ error: 'invalid_grant', error_description: [] }));
    await assert.rejects(clientOf().refreshAccessToken(REFRESH), withCode('invalid_grant'));
    const said = { error: 'invalid_grant', error_description: 'x'.repeat(9000) };
    answer = replying(400, JSON.stringify(said));
    await assert.rejects(clientOf().refreshAccessToken(REFRESH), (error) => {
      assert.ok(error instanceof OAuthError);
      assert.equal(error.description.length, 512);
      return true;
    });
  });

  test('answers without end', async () => {
    let written = 0;
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        if (response.destroyed || response.writableEnded) return;
        written += 65_536;
        response.write(Buffer.alloc(65_536, ' '), more);
      };
      more();
    };
    await assertUnreachable({ reason: 'answer', httpStatus: 502 });
    assert.ok(written < CALLS.length * 16 * 1024 * 1024, `${written} bytes were read`);
    answer = replying(200, '{}', { 'content-length': '999999999' });
    await assertUnreachable({ reason: 'answer' });
  });

  test('sends us elsewhere is not followed with what we hold', async () => {
    let strangers = 0;
    const stranger = createServer((request, response) => {
      strangers += 1;
      request.resume();
      response.end();
    });
    await new Promise<void>((settle) => stranger.listen(0, '127.0.0.1', settle));
    const { port } = stranger.address() as AddressInfo;
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        answer = replying(status, '', { location: `http://127.0.0.1:${port}/` });
        await assertUnreachable({ reason: 'answer' });
      }
      assert.equal(strangers, 0);
    } finally {
      stranger.close();
    }
  });

  test('gives no new refresh token: the old one stays', async () => {
    answer = replying(200, '{"access_token":"a","expires_in":900}');
    const tokens = await clientOf().refreshAccessToken(REFRESH);
    assert.deepEqual(tokens, { accessToken: 'a', expiresIn: 900, refreshToken: REFRESH });
  });

  test('gives tokens that live for two seconds: they are handed on for one', async () => {
    let time = Date.now();
    const client = clientOf({ now: () => time });
    answer = replying(200, '{"access_token":"a","expires_in":2}');
    const asked = seen;
    await client.refreshAccessToken(REFRESH);
    time += 999;
    await client.refreshAccessToken(REFRESH);
    assert.equal(seen - asked, 1);
    time += 1;
    await client.refreshAccessToken(REFRESH);
    assert.equal(seen - asked, 2);
  });

  test('gives no ID token, or an access token of somebody else: nobody is signed in', async () => {
    const keys = signer('ES256', 'k1');
    const claims = { ...ACCESS, iss: url, exp: Date.now() / 1000 + 900 };
    const idToken = keys.sign({ typ: 'JWT' }, claims);
    const accessToken = keys.sign({}, claims);
    const signInWith = async (tokens: Record<string, unknown>): Promise<unknown> => {
      answer = (request, response) => {
        const body = request.url === '/keys' ? { keys: [keys.jwk] } : tokens;
        response.writeHead(200).end(JSON.stringify({ expires_in: 900, ...body }));
      };
      return await clientOf().authenticateWithCode(CODE, 'https://a.test/cb');
    };
    await signInWith({ id_token: idToken, access_token: accessToken });
    const wrong: [Record<string, unknown>, string][] = [
      [{ access_token: accessToken }, 'token_malformed'],
      [{ access_token: accessToken, id_token: accessToken }, 'token_type'],
      [{ access_token: idToken, id_token: idToken }, 'token_type'],
      [{ access_token: 'opaque', id_token: idToken }, 'token_malformed'],
      [
        { access_token: keys.sign({}, { ...claims, sub: 'usr_2' }), id_token: idToken },
        'token_claims',
      ],
    ];
    for (const [tokens, code] of wrong) await assert.rejects(signInWith(tokens), withCode(code));
  });
});

test('a thousand renewals are remembered and no more, each by its own token', async () => {
  let asked = 0;
  const answering: typeof fetch = async (_, init) => {
    asked += 1;
    const sent = new URLSearchParams(String(init?.body)).get('refresh_token');
    return Response.json({ access_token: `for ${sent}`, expires_in: 900 });
  };
  const options = { fetch: answering, now: () => 0 };
  const client = new AuthClient('https://id.test', 'skc_1', 's', options);
  const renew = async (at: number): Promise<void> => {
    const { accessToken } = await client.refreshAccessToken(`rt_${at}`);
    assert.equal(accessToken, `for rt_${at}`);
  };
  for (let at = 0; at < 1500; ++at) await renew(at);
  assert.equal(asked, 1500);
  await renew(1499);
  assert.equal(asked, 1500);
  await renew(0); // long forgotten
  assert.equal(asked, 1501);
});

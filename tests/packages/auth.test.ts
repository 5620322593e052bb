// AuthClient against the real server: signing in with and without a secret, renewing, signing out,
// tokens of clients, and what the server sends by itself.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  AuthClient,
  ConfigurationError,
  createAuthorization,
  GatehouseError,
  OAuthError,
  ScalekitException,
  ScalekitServerException,
  type AuthenticationResponse,
  type ClientOptions,
} from '@gatehouse/sdk/auth';
import { ADA, codeOf, REDIRECT_URI, SCOPES } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import { Person } from '../black_box/person.js';
import { withCode, Wire } from './auth_issuer.js';

const SPA_REDIRECT_URI = 'http://localhost:4555/callback';
const POST_LOGOUT_URI = 'http://localhost:4321';

const seedFor = (backChannelPort: number): string => `
[[users]]
email = "${ADA}"
given_name = "Ada"
family_name = "Lovelace"

[[organizations]]
name = "Acme"
members = [{ email = "${ADA}", role = "admin" }]

[[applications]]
name = "Console"
type = "ENV"
redirect_uris = ["${REDIRECT_URI}"]
post_logout_redirect_uris = ["${POST_LOGOUT_URI}"]
back_channel_logout_uris = ["http://127.0.0.1:${backChannelPort}/logout"]

[[applications]]
name = "ES256"
type = "WEB_APP"
signing_algorithm = "ES256"
redirect_uris = ["${REDIRECT_URI}"]

[[applications]]
name = "EdDSA"
type = "WEB_APP"
signing_algorithm = "EdDSA"
redirect_uris = ["${REDIRECT_URI}"]

[[applications]]
name = "Browser App"
type = "SPA"
redirect_uris = ["${SPA_REDIRECT_URI}"]

[[applications]]
name = "Robot"
type = "M2M"
audience = ["https://api.acme.test"]
scopes = ["todo:read"]
`;

describe('AuthClient', () => {
  let gatehouse: Gatehouse;
  let receiver: Server;
  let logoutToken: Promise<string>;

  before(async () => {
    logoutToken = new Promise((settle) => {
      receiver = createServer((request, response) => {
        const pieces: Buffer[] = [];
        request.on('data', (piece: Buffer) => pieces.push(piece));
        request.on('end', () => {
          const form = new URLSearchParams(Buffer.concat(pieces).toString());
          settle(form.get('logout_token') ?? '');
          response.writeHead(204).end();
        });
      });
    });
    await new Promise<void>((settle) => receiver.listen(0, '127.0.0.1', settle));
    const { port } = receiver.address() as AddressInfo;
    gatehouse = await Gatehouse.start({ seed: seedFor(port) });
  });
  after(async () => {
    receiver.close();
    await gatehouse?.stop();
  });

  const clientOf = (name: string, options: ClientOptions = {}): AuthClient => {
    const { client_id, client_secret } = gatehouse.application(name);
    return new AuthClient(gatehouse.url, client_id, client_secret, options);
  };

  interface SignedIn extends AuthenticationResponse {
    client: AuthClient;
    person: Person;
    wire: Wire;
  }

  const signIn = async (name: string, options: ClientOptions = {}): Promise<SignedIn> => {
    const wire = new Wire();
    const client = clientOf(name, { fetch: wire.fetch, ...options });
    const redirectUri = client.isPublic ? SPA_REDIRECT_URI : REDIRECT_URI;
    const begun = await createAuthorization(client, redirectUri, { scopes: SCOPES });
    const person = new Person(gatehouse, ADA);
    const callback = await person.authorize(begun.url);
    assert.equal(callback.searchParams.get('state'), begun.state);
    const { codeVerifier, nonce } = begun;
    const code = codeOf(callback);
    const answer = await client.authenticateWithCode(code, redirectUri, { codeVerifier, nonce });
    return { ...answer, client, person, wire };
  };

  for (const name of ['Console', 'ES256', 'EdDSA', 'Browser App']) {
    test(`a sign-in by code, state, nonce and PKCE: ${name}`, async () => {
      const { client, user, claims, accessToken, refreshToken, expiresIn, wire } =
        await signIn(name);
      assert.equal(user.email, ADA);
      assert.equal(user.givenName, 'Ada');
      assert.equal(user.id, claims.sub);
      assert.equal(claims.aud.toString(), client.clientId);
      assert.equal(expiresIn, 900);
      assert.ok(refreshToken);
      const access = await client.validateToken(accessToken, { requiredScopes: ['email'] });
      assert.equal(access.sub, user.id);
      assert.deepEqual(access.roles, ['admin']);
      assert.equal(wire.count('/keys'), 1);
      const { form } = wire.sent[0] ?? assert.fail();
      assert.equal(form.has('client_secret'), name !== 'Browser App');
      assert.equal(client.isPublic, name === 'Browser App');
    });
  }

  test('without offline_access there is no refresh token, and none to renew with', async () => {
    const client = clientOf('Console');
    const url = client.getAuthorizationUrl(REDIRECT_URI);
    const code = codeOf(await new Person(gatehouse, ADA).authorize(url));
    const { refreshToken } = await client.authenticateWithCode(code, REDIRECT_URI);
    assert.equal(refreshToken, '');
    const refused = client.refreshAccessToken(refreshToken);
    await assert.rejects(refused, withCode('missing_refresh_token'));
  });

  describe('a code', () => {
    const begin = async (name: string) => {
      const client = clientOf(name);
      const redirectUri = client.isPublic ? SPA_REDIRECT_URI : REDIRECT_URI;
      const begun = await createAuthorization(client, redirectUri, { scopes: SCOPES });
      const code = codeOf(await new Person(gatehouse, ADA).authorize(begun.url));
      return { client, redirectUri, code, ...begun };
    };

    const assertInvalidGrant = async (answer: Promise<unknown>): Promise<void> => {
      await assert.rejects(answer, (error) => {
        assert.ok(error instanceof OAuthError);
        assert.ok(error instanceof ScalekitServerException);
        assert.equal(error.code, 'invalid_grant');
        assert.equal(error.httpStatus, 400);
        assert.notEqual(error.description, '');
        return true;
      });
    };

    test('is good once', async () => {
      const { client, redirectUri, code, codeVerifier } = await begin('Console');
      await client.authenticateWithCode(code, redirectUri, { codeVerifier });
      await assertInvalidGrant(client.authenticateWithCode(code, redirectUri, { codeVerifier }));
    });

    for (const name of ['Console', 'Browser App']) {
      test(`is nothing without its verifier, or with another one: ${name}`, async () => {
        const { client, redirectUri, code } = await begin(name);
        await assertInvalidGrant(client.authenticateWithCode(code, redirectUri));
        const other = await begin(name);
        const codeVerifier = 'x'.repeat(43);
        await assertInvalidGrant(
          client.authenticateWithCode(other.code, redirectUri, { codeVerifier }),
        );
      });
    }

    test('of another browser’s request is told by its nonce', async () => {
      for (const nonce of ['another', '', undefined] as string[]) {
        const { client, redirectUri, code, codeVerifier } = await begin('Console');
        const answer = client.authenticateWithCode(code, redirectUri, { codeVerifier, nonce });
        await assert.rejects(answer, withCode('token_nonce'));
      }
    });

    test('is not given for a wrong secret, and no error repeats what was sent', async () => {
      const { client, redirectUri, code, codeVerifier } = await begin('Console');
      const secret = 'test_not-the-one-it-has';
      const wrong = new AuthClient(gatehouse.url, client.clientId, secret);
      const answer = wrong.authenticateWithCode(code, redirectUri, { codeVerifier });
      await assert.rejects(answer, (error) => {
        assert.ok(error instanceof ScalekitException);
        assert.equal(error.code, 'invalid_client');
        const shown = `${error.stack} ${JSON.stringify(error)} ${String(error)}`;
        for (const kept of [secret, code, codeVerifier]) assert.ok(!shown.includes(kept));
        return true;
      });
    });
  });

  test('eight that renew at once, and those that come within 10 s, share one answer', async () => {
    let time = Date.now();
    const { client, refreshToken, wire } = await signIn('Console', { now: () => time });
    const asked = wire.count('/oauth/token');
    const renew = (): Promise<{ accessToken: string }> => client.refreshAccessToken(refreshToken);
    const answers = await Promise.all(Array.from({ length: 8 }, renew));
    assert.equal(new Set(answers.map(({ accessToken }) => accessToken)).size, 1);
    time += 9_999;
    assert.equal((await renew()).accessToken, answers[0]?.accessToken);
    assert.equal(wire.count('/oauth/token'), asked + 1);
    time += 1;
    assert.notEqual((await renew()).accessToken, answers[0]?.accessToken);
    assert.equal(wire.count('/oauth/token'), asked + 2);
  });

  test('a public client renews with each new refresh token', async () => {
    const { client, refreshToken, user } = await signIn('Browser App');
    const first = await client.refreshAccessToken(refreshToken);
    const second = await client.refreshAccessToken(first.refreshToken);
    assert.equal(new Set([refreshToken, first.refreshToken, second.refreshToken]).size, 3);
    assert.equal((await client.validateToken(second.accessToken)).sub, user.id);
  });

  test('a failed renewal is not kept', async () => {
    const { client, refreshToken, wire } = await signIn('Console');
    wire.isDown = true;
    const renew = (): Promise<unknown> => client.refreshAccessToken(refreshToken);
    const failed = await Promise.allSettled([renew(), renew()]);
    assert.deepEqual(
      failed.map((each) => each.status === 'rejected' && (each.reason as GatehouseError).code),
      ['server_unreachable', 'server_unreachable'],
    );
    wire.isDown = false;
    assert.ok(await renew());
  });

  test('an unknown refresh token is invalid_grant, a wrong secret is not', async () => {
    const { clientId } = clientOf('Console');
    await assert.rejects(
      clientOf('Console').refreshAccessToken('made up'),
      (error) => error instanceof OAuthError && error.code === 'invalid_grant',
    );
    await assert.rejects(
      new AuthClient(gatehouse.url, clientId, 'wrong').refreshAccessToken('made up'),
      (error) => error instanceof OAuthError && error.code === 'invalid_client',
    );
  });

  const patience = { timeout: 30_000 };
  test('signing out ends the session everywhere; the application is told', patience, async () => {
    const { client, person, idToken, accessToken, refreshToken, claims } = await signIn('Console');
    const target = client.getLogoutUrl({
      idTokenHint: idToken,
      postLogoutRedirectUri: POST_LOGOUT_URI,
      state: 'so long & thanks',
    });
    const left = await person.visit(target);
    const back = new URL(left.headers.location ?? '');
    assert.equal(back.origin, POST_LOGOUT_URI);
    assert.equal(back.searchParams.get('state'), 'so long & thanks');
    await assert.rejects(client.refreshAccessToken(refreshToken), withCode('invalid_grant'));

    const token = await logoutToken;
    const told = await client.verifyLogoutToken(token);
    assert.equal(told.sid, claims.sid);
    assert.equal(told.sub, claims.sub);
    // Each kind of token is good for one thing.
    const wrong = withCode('token_type');
    await assert.rejects(client.verifyLogoutToken(idToken), wrong);
    await assert.rejects(client.verifyLogoutToken(accessToken), wrong);
    await assert.rejects(client.verifyIdToken(token), wrong);
    await assert.rejects(client.verifyIdToken(accessToken), wrong);
    await assert.rejects(client.validateToken(token), wrong);
    await assert.rejects(client.validateToken(idToken), wrong);
    await assert.rejects(client.getIdpInitiatedLoginClaims(idToken), wrong);
    await assert.rejects(clientOf('ES256').verifyLogoutToken(token), withCode('token_audience'));
    const later = clientOf('Console', { now: () => Date.now() + 126_000 });
    await assert.rejects(later.verifyLogoutToken(token), withCode('token_expired'));
  });

  describe('an access token', () => {
    test('is for one application, unless an audience is named', async () => {
      const { client, accessToken } = await signIn('Console');
      const other = clientOf('ES256');
      await assert.rejects(other.validateToken(accessToken), withCode('token_audience'));
      assert.equal(await other.validateAccessToken(accessToken), false);
      const named = { audience: ['https://api.acme.test', client.clientId] };
      assert.equal(await other.validateAccessToken(accessToken, named), true);
      const audience = 'https://api.acme.test';
      await assert.rejects(
        client.validateToken(accessToken, { audience }),
        withCode('token_audience'),
      );
    });

    test('must have the scopes that are asked for', async () => {
      const { client, accessToken } = await signIn('Console');
      assert.ok(client.verifyScopes(accessToken, ['openid', 'email']));
      const requiredScopes = ['email', 'admin:all'];
      const missing = (error: unknown): boolean =>
        withCode('token_scope_missing')(error) && /: admin:all$/.test(String(error));
      await assert.rejects(client.validateToken(accessToken, { requiredScopes }), missing);
      assert.throws(() => client.verifyScopes(accessToken, requiredScopes), missing);
    });

    test('ends when its time is over, give or take five seconds', async () => {
      let skewS = 0;
      const now = (): number => Date.now() + skewS * 1000;
      const { client, accessToken } = await signIn('Console', { now });
      const { exp, nbf } = (await client.validateToken(accessToken)) as Record<string, number>;
      const at = (seconds: number): Promise<unknown> => {
        const exact = { now: () => seconds * 1000 };
        return clientOf('Console', exact).validateToken(accessToken);
      };
      assert.ok(exp !== undefined && nbf !== undefined);
      await at(exp + 4.9);
      await at(nbf - 5);
      await assert.rejects(at(exp + 5), withCode('token_expired'));
      await assert.rejects(at(nbf - 5.1), withCode('token_not_yet_valid'));
      skewS = -50; // a clock that lags does not keep people out
      assert.ok(await client.validateToken(accessToken));
    });
  });

  describe('a client of its own', () => {
    test('has its token kept until a minute before its end, and asked for once', async () => {
      let time = Date.now();
      const wire = new Wire();
      const client = clientOf('Console', { fetch: wire.fetch, now: () => time });
      const ask = (): Promise<string> => client.getClientAccessToken();
      const [first, second] = await Promise.all([ask(), ask()]);
      assert.equal(first, second);
      time += (24 * 3600 - 61) * 1000;
      assert.equal(await ask(), first);
      assert.equal(wire.count('/oauth/token'), 1);
      time += 1000;
      assert.notEqual(await ask(), first);
      assert.equal(wire.count('/oauth/token'), 2);
      // Two that find it refused at the same time get the same new one.
      const renew = (): Promise<string> => client.getClientAccessToken({ renew: true });
      const [renewed, again] = await Promise.all([renew(), renew()]);
      assert.equal(renewed, again);
      assert.equal(await ask(), renewed);
      assert.equal(wire.count('/oauth/token'), 3);
    });

    test('gets a token for the audience that its API checks', async () => {
      const { client_id, client_secret = '' } = gatehouse.application('Robot');
      const api = clientOf('Console');
      const token = await api.generateClientToken(client_id, client_secret);
      const audience = 'https://api.acme.test';
      const claims = await api.validateToken(token, { audience, requiredScopes: ['todo:read'] });
      assert.equal(claims.sub, client_id);
      await assert.rejects(api.validateToken(token), withCode('token_audience'));
    });

    test('without the right secret gets none', async () => {
      const client = clientOf('Console');
      await assert.rejects(
        client.generateClientToken(client.clientId, 'wrong'),
        (error) => error instanceof ScalekitServerException && error.code === 'invalid_client',
      );
      await assert.rejects(clientOf('Browser App').getClientAccessToken(), ConfigurationError);
    });
  });

  test('strict: false takes what the Scalekit SDK takes, and no more', async () => {
    const { idToken, accessToken } = await signIn('Console');
    const lax = clientOf('ES256', { strict: false });
    assert.ok(await lax.validateToken(idToken));
    assert.ok(await lax.validateToken(accessToken));
    await assert.rejects(
      lax.validateToken(accessToken, { issuer: 'https://else.test' }),
      withCode('token_issuer'),
    );
    await assert.rejects(
      lax.validateToken(`${accessToken.slice(0, -8)}AAAAAAAA`),
      withCode('token_signature'),
    );
  });

  test('the environment URL is read with or without a slash', async () => {
    const { client_id, client_secret } = gatehouse.application('Console');
    const client = new AuthClient(`${gatehouse.url}//`, client_id, client_secret);
    assert.equal(client.envUrl, gatehouse.url);
    const { accessToken } = await signIn('Console');
    assert.ok(await client.validateToken(accessToken));
  });

  test('what cannot work is refused at once', () => {
    const bad = ['', undefined, 'acme', 'ftp://x.test', 'https://a@x.test', 'https://x.test?y=1'];
    for (const url of bad as string[]) {
      assert.throws(() => new AuthClient(url, 'skc_1', 'secret'), ConfigurationError, String(url));
    }
    const url = 'https://x.test';
    assert.throws(() => new AuthClient(url, '', 'secret'), ConfigurationError);
    for (const timeoutMs of [0, -1, NaN, Infinity]) {
      assert.throws(() => new AuthClient(url, 'skc_1', 's', { timeoutMs }), ConfigurationError);
    }
    assert.ok(new AuthClient(url, 'skc_1').isPublic);
  });
});

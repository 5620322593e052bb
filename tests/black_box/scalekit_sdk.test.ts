// The official Scalekit SDK, unmodified, against the running server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { IdTokenClaim } from '@scalekit-sdk/node';
import {
  ADA,
  authorizeUrl,
  claimsOf,
  codeOf,
  pkce,
  POST_LOGOUT_URI,
  REDIRECT_URI,
  SCOPES,
  sdk,
  SEED,
  signIn,
} from './clients.js';
import { Gatehouse } from './gatehouse.js';
import { Person } from './person.js';

describe('the Scalekit SDK', () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  after(async () => await gatehouse?.stop());

  test('signs a person in: URL, code, tokens, user', async () => {
    const { user, idToken, accessToken, refreshToken, expiresIn } = await signIn(gatehouse);
    assert.equal(user.email, ADA);
    assert.equal(user.name, 'Ada Lovelace');
    assert.equal(expiresIn, 900);
    assert.ok(idToken && refreshToken);
    assert.equal(claimsOf(accessToken, 0)['typ'], 'at+jwt');
  });

  test('the state comes back, with the issuer beside it', async () => {
    const url = sdk(gatehouse).getAuthorizationUrl(REDIRECT_URI, { state: 'a b&c=d' });
    const callback = await new Person(gatehouse, 'state@acme.test').authorize(url);
    assert.equal(callback.searchParams.get('state'), 'a b&c=d');
    assert.equal(callback.searchParams.get('iss'), gatehouse.url);
  });

  test('a trailing slash in the environment URL is tolerated', async () => {
    const url = sdk(gatehouse).getAuthorizationUrl(REDIRECT_URI, { scopes: SCOPES });
    const doubled = url.replace('/oauth/authorize', '//oauth/authorize');
    const callback = await new Person(gatehouse, 'slash@acme.test').authorize(doubled);
    assert.ok(codeOf(callback));
  });

  test('validateToken checks signature, issuer, audience and scopes', async () => {
    const { client, accessToken } = await signIn(gatehouse, 'validate@acme.test');
    const expected = { issuer: gatehouse.url, audience: [gatehouse.ready.client_id] };
    const claims = await client.validateToken<IdTokenClaim & { org_id: string; oid: string }>(
      accessToken,
      { ...expected, requiredScopes: ['openid', 'email'] },
    );
    assert.equal(claims.email, 'validate@acme.test');
    assert.ok(claims.sub.startsWith('usr_'));
    assert.match(claims.org_id, /^org_\d+$/);
    assert.equal(claims.oid, claims.org_id);
    await assert.rejects(client.validateToken(accessToken, { issuer: 'http://elsewhere' }));
    await assert.rejects(client.validateToken(accessToken, { audience: ['another'] }));
    await assert.rejects(client.validateToken(accessToken, { requiredScopes: ['admin'] }));
    const forged = accessToken.replace(/.(?=.{10}$)/, (sign) => (sign === 'A' ? 'B' : 'A'));
    assert.equal(await client.validateAccessToken(forged), false);
    assert.equal(await client.validateAccessToken(accessToken), true);
  });

  test('PKCE works beside the client secret, and only with the right verifier', async () => {
    const { verifier, challenge } = pkce();
    const client = sdk(gatehouse);
    const person = new Person(gatehouse, 'pkce@acme.test');
    const options = { scopes: SCOPES, codeChallenge: challenge, codeChallengeMethod: 'S256' };
    const start = async (): Promise<string> =>
      codeOf(await person.authorize(client.getAuthorizationUrl(REDIRECT_URI, options)));
    const code = await start();
    const tokens = await client.authenticateWithCode(code, REDIRECT_URI, {
      codeVerifier: verifier,
    });
    assert.ok(tokens.idToken);
    const wrong = { codeVerifier: pkce().verifier };
    await assert.rejects(client.authenticateWithCode(await start(), REDIRECT_URI, wrong));
    await assert.rejects(client.authenticateWithCode(await start(), REDIRECT_URI));
  });

  test('the nonce is in the ID token', async () => {
    const client = sdk(gatehouse);
    const url = client.getAuthorizationUrl(REDIRECT_URI, { scopes: SCOPES, nonce: 'n-0S6_WzA2Mj' });
    const callback = await new Person(gatehouse, 'nonce@acme.test').authorize(url);
    const { idToken } = await client.authenticateWithCode(codeOf(callback), REDIRECT_URI);
    assert.equal((await client.validateToken<{ nonce: string }>(idToken)).nonce, 'n-0S6_WzA2Mj');
  });

  test('refreshAccessToken answers with both tokens, and a successor works in turn', async () => {
    const { client, accessToken, refreshToken } = await signIn(gatehouse, 'refresh@acme.test');
    const first = await client.refreshAccessToken(refreshToken);
    const second = await client.refreshAccessToken(first.refreshToken);
    assert.notEqual(first.accessToken, accessToken);
    assert.equal(await client.validateAccessToken(second.accessToken), true);
    // The first parent's successor has been used by now: showing the parent again is reuse.
    await assert.rejects(client.refreshAccessToken(refreshToken), /status code 400/);
  });

  test('a live session answers silently; after the logout URL it asks again', async () => {
    const { client, person, idToken, refreshToken } = await signIn(gatehouse, 'logout@acme.test');
    const silent = authorizeUrl(gatehouse, { prompt: 'none', state: 's' });
    assert.ok(codeOf(await person.authorize(silent)));

    const logoutUrl = client.getLogoutUrl({
      idTokenHint: idToken,
      postLogoutRedirectUri: POST_LOGOUT_URI,
      state: 'bye',
    });
    const { status, headers } = await person.visit(logoutUrl);
    assert.ok(status === 302 || status === 303);
    const back = new URL(headers.location ?? '');
    assert.equal(back.origin, POST_LOGOUT_URI);
    assert.equal(back.searchParams.get('state'), 'bye');

    const refused = await person.authorize(silent);
    assert.equal(refused.searchParams.get('error'), 'login_required');
    await assert.rejects(client.refreshAccessToken(refreshToken), /status code 400/);
  });

  test('client credentials give a token that verifies against the published keys', async () => {
    const { client_id, client_secret } = gatehouse.ready;
    const client = sdk(gatehouse);
    const token = await client.generateClientToken(client_id, client_secret);
    const claims = await client.validateToken<{ sub: string; client_id: string }>(token);
    assert.equal(claims.client_id, client_id);
  });

  test('sign-up opens with prompt=create and makes an organization with its admin', async () => {
    const client = sdk(gatehouse);
    const url = client.getAuthorizationUrl(REDIRECT_URI, { scopes: SCOPES, prompt: 'create' });
    const callback = await new Person(gatehouse, 'grace@navy.test').authorize(url);
    const tokens = await client.authenticateWithCode(codeOf(callback), REDIRECT_URI);
    const claims = claimsOf(tokens.accessToken);
    assert.equal(claims['name'], 'Grace Hopper');
    assert.deepEqual(claims['roles'], ['admin']);
  });
});

// openid-client, a certified OpenID Connect client from npm, as a second opinion on everything.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as oidc from 'openid-client';
import { SCOPES, SEED } from './clients.js';
import { Gatehouse } from './gatehouse.js';
import { Person } from './person.js';

type Kind = 'web' | 'spa';
type Proof = oidc.ClientAuth | undefined;

describe('openid-client', () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  after(async () => await gatehouse?.stop());

  // http, since Gatehouse runs on this machine; the library refuses it unless told.
  const insecure = { execute: [oidc.allowInsecureRequests] };
  const REDIRECTS: Record<Kind, string> = {
    web: 'http://localhost:4321/api/auth/callback',
    spa: 'http://localhost:4555/callback',
  };

  const discover = async (kind: Kind, proof?: Proof): Promise<oidc.Configuration> => {
    const { client_id, client_secret } = gatehouse.ready;
    const issuer = new URL(gatehouse.url);
    return kind === 'web'
      ? await oidc.discovery(issuer, client_id, client_secret, proof, insecure)
      : await oidc.discovery(
          issuer,
          gatehouse.application('Browser App').client_id,
          undefined,
          oidc.None(),
          insecure,
        );
  };

  const signIn = async (config: oidc.Configuration, kind: Kind, person: Person) => {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const expectedNonce = oidc.randomNonce();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECTS[kind],
      scope: SCOPES.join(' '),
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
    });
    const callback = await person.authorize(url.href);
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    return await oidc.authorizationCodeGrant(config, callback, checks);
  };

  for (const [name, proof] of [
    ['the secret in the body', oidc.ClientSecretPost],
    ['the secret by Basic', oidc.ClientSecretBasic],
  ] as const) {
    test(`a web application with ${name}: everything from discovery to logout`, async () => {
      const { client_secret: secret } = gatehouse.ready;
      const config = await discover('web', proof(secret));
      oidc.enableNonRepudiationChecks(config); // verifies the ID token's signature too
      const person = new Person(gatehouse, `${name.replaceAll(' ', '-').toLowerCase()}@acme.test`);
      const tokens = await signIn(config, 'web', person);
      const sub = tokens.claims()?.sub ?? '';
      assert.match(sub, /^usr_\d+$/);

      const user = await oidc.fetchUserInfo(config, tokens.access_token, sub);
      assert.equal(user.email, person.email);

      const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      assert.ok(renewed.id_token && renewed.refresh_token);
      assert.equal(renewed.claims()?.sub, sub);

      const active = await oidc.tokenIntrospection(config, renewed.access_token);
      assert.equal(active.active, true);
      assert.equal(active.sub, sub);

      await oidc.tokenRevocation(config, renewed.refresh_token ?? '');
      const over = await oidc.tokenIntrospection(config, renewed.refresh_token ?? '');
      assert.deepEqual(over, { active: false });
      await assert.rejects(oidc.refreshTokenGrant(config, renewed.refresh_token ?? ''), {
        error: 'invalid_grant',
      });

      const logout = oidc.buildEndSessionUrl(config, {
        id_token_hint: renewed.id_token ?? '',
        post_logout_redirect_uri: 'http://localhost:4321',
      });
      const { headers } = await person.visit(logout.href);
      assert.equal(new URL(headers.location ?? '').origin, 'http://localhost:4321');
    });
  }

  test('a browser application without a secret: code, refresh, user', async () => {
    const config = await discover('spa');
    const person = new Person(gatehouse, 'spa@acme.test');
    const tokens = await signIn(config, 'spa', person);
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    const user = await oidc.fetchUserInfo(config, renewed.access_token, tokens.claims()?.sub ?? '');
    assert.equal(user.email, person.email);
  });

  test('client credentials, and a wrong secret', async () => {
    const token = await oidc.clientCredentialsGrant(await discover('web'));
    assert.equal(token.token_type, 'bearer');
    const wrong = await discover('web', oidc.ClientSecretPost('not the secret of this client'));
    await assert.rejects(oidc.clientCredentialsGrant(wrong), { error: 'invalid_client' });
  });

  test('RFC 8414 metadata says the same as OpenID discovery', async () => {
    const config = await discover('web');
    const issuer = new URL(gatehouse.url);
    const { client_id, client_secret } = gatehouse.ready;
    const oauth = await oidc.discovery(issuer, client_id, client_secret, undefined, {
      ...insecure,
      algorithm: 'oauth2',
    });
    const { issuer: one, token_endpoint: two, jwks_uri: three } = config.serverMetadata();
    const other = oauth.serverMetadata();
    assert.deepEqual([other.issuer, other.token_endpoint, other.jwks_uri], [one, two, three]);
  });
});

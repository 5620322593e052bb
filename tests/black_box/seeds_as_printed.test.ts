// The calls that the Scalekit guides for Astro make, in their order and with their habits: no
// state, no PKCE, identity read from the access token, every rotated refresh token thrown away. It
// is not how to write an application (examples/astro is), but it has to work, and keep working.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { IdTokenClaim, ScalekitClient } from '@scalekit-sdk/node';
import { ADA, codeOf, POST_LOGOUT_URI, REDIRECT_URI, SCOPES, sdk, SEED } from './clients.js';
import { Gatehouse } from './gatehouse.js';
import { Person } from './person.js';

const ACCESS_TOKEN_SECONDS = 2;

describe('an application as the guides print it', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED, accessTokenSeconds: ACCESS_TOKEN_SECONDS });
    client = sdk(gatehouse);
  });
  after(async () => await gatehouse?.stop());

  const signIn = async (person: Person) => {
    const url = client.getAuthorizationUrl(REDIRECT_URI, { scopes: SCOPES });
    return await client.authenticateWithCode(codeOf(await person.authorize(url)), REDIRECT_URI);
  };
  const identity = async (accessToken: string) => {
    const claims = await client.validateToken<IdTokenClaim & { org_id?: string }>(accessToken);
    return { email: claims.email, name: claims.name, organization: claims.org_id };
  };

  test('stays signed in for several token lifetimes on its first refresh token', async () => {
    const person = new Person(gatehouse, ADA);
    const { accessToken, idToken, refreshToken } = await signIn(person);
    const known = await identity(accessToken);
    assert.equal(known.email, ADA);
    assert.equal(known.name, 'Ada Lovelace');
    assert.match(known.organization ?? '', /^org_\d+$/);

    let latest = accessToken;
    for (let lifetime = 0; lifetime < 4; ++lifetime) {
      await pause((ACCESS_TOKEN_SECONDS + 0.2) * 1000);
      await assert.rejects(client.validateToken(latest));
      latest = (await client.refreshAccessToken(refreshToken)).accessToken;
      assert.deepEqual(await identity(latest), known);
    }

    // A page with eight parts, all of which find the access token expired.
    const parts = Array.from({ length: 8 }, () => client.refreshAccessToken(refreshToken));
    const renewed = await Promise.all(parts);
    assert.equal(new Set(renewed.map((tokens) => tokens.refreshToken)).size, 1);
    for (const { accessToken: each } of renewed) assert.deepEqual(await identity(each), known);

    // Signing out with the ID token of the first day.
    const { status, headers } = await person.visit(
      client.getLogoutUrl({ idTokenHint: idToken, postLogoutRedirectUri: POST_LOGOUT_URI }),
    );
    assert.ok(status === 302 || status === 303);
    assert.match(headers.location ?? '', /^http:\/\/localhost:4321\/?$/);
    await assert.rejects(client.refreshAccessToken(refreshToken));
  });

  test('the form with the work e-mail leads to the same sign-in', async () => {
    const options = { scopes: SCOPES, loginHint: 'hint@acme.test' };
    const person = new Person(gatehouse, 'hint@acme.test');
    const page = await person.visit(client.getAuthorizationUrl(REDIRECT_URI, options));
    assert.match(page.body, /value="hint@acme\.test"|one-time-code/);
  });

  test('signing out without the ID token leads to a page, not to an error', async () => {
    const person = new Person(gatehouse, 'no-hint@acme.test');
    await signIn(person);
    const page = await person.visit(
      client.getLogoutUrl({ postLogoutRedirectUri: POST_LOGOUT_URI }),
    );
    assert.equal(page.status, 200);
    assert.match(page.body, /<form[^>]+method="post"/);
  });
});

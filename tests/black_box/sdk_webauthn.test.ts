// Passkeys as records, and login requests, by the official SDK.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { claimsOf, sdk, SEED, signIn } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';
import { send } from './http.js';

describe('passkeys and login requests through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
  });
  after(async () => await gatehouse?.stop());

  const notFound = async (call: Promise<unknown>, message: RegExp): Promise<void> => {
    const failure = await failureOf(call);
    assert.ok(failure instanceof ScalekitNotFoundException, String(failure));
    assert.equal(failure.errorCode, 'NOT_FOUND');
    assert.match(failure.message, message);
  };

  test('a person without passkeys has none, and browsers are told so', async () => {
    const { accessToken } = await signIn(gatehouse);
    const user = String(claimsOf(accessToken)['sub']);
    const { credentials, allAcceptedCredentialsOptions } =
      await client.webauthn.listCredentials(user);
    assert.deepEqual(credentials, []);
    assert.equal(allAcceptedCredentialsOptions?.rpId, new URL(gatehouse.url).hostname);
    assert.deepEqual(allAcceptedCredentialsOptions.allAcceptedCredentialIds, []);
  });

  test('unknown people and passkeys are not found, malformed ids refused', async () => {
    await notFound(client.webauthn.listCredentials('usr_1000000000000000'), /user not found/);
    await notFound(client.webauthn.updateCredential('wac_1', 'Laptop'), /credential not found/);
    await notFound(client.webauthn.deleteCredential('wac_1'), /credential not found/);
    for (const call of [
      () => client.webauthn.listCredentials('ada'),
      () => client.webauthn.deleteCredential('laptop'),
      () => client.webauthn.updateCredential('wac_1', 'n'.repeat(121)),
    ]) {
      const failure = await failureOf(call());
      assert.ok(failure instanceof ScalekitBadRequestException, String(failure));
      assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
    }
  });

  test('the origins that share passkeys are public', async () => {
    const answer = await send(`${gatehouse.url}/.well-known/webauthn`);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body), { origins: [gatehouse.url] });
  });

  test('nobody can be named for a sign-in that waits nowhere', async () => {
    const user = { sub: 'u-1', email: 'ada@acme.test' };
    await notFound(
      client.auth.updateLoginUserDetails('conn_1', 'lri_1', user),
      /connection not found/,
    );
    const failure = await failureOf(
      client.auth.updateLoginUserDetails('conn_1', 'lri_1', { sub: 'u-1' }),
    );
    assert.ok(failure instanceof ScalekitBadRequestException, String(failure));
  });
});

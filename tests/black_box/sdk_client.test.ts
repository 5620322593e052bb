// What the SDK's client does by itself: tokens, scopes, signatures of webhooks and interceptors.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { claimsOf, sdk, SEED, signIn } from './clients.js';
import { Gatehouse } from './gatehouse.js';

// The headers of a signed message, `shift_s` seconds from now.
function signed(kind: string, key: Buffer, body: string, shift_s = 0): Record<string, string> {
  const stamp = String(Math.floor(Date.now() / 1000) + shift_s);
  const mac = createHmac('sha256', key).update(`msg_1.${stamp}.${body}`).digest('base64');
  return {
    [`${kind}-id`]: 'msg_1',
    [`${kind}-timestamp`]: stamp,
    [`${kind}-signature`]: `v1,${mac}`,
  };
}

describe("the Scalekit SDK's client", () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  after(async () => await gatehouse?.stop());

  test('has an access token of its own, and each one that is generated is new', async () => {
    const client = sdk(gatehouse);
    const { client_id, client_secret } = gatehouse.ready;
    const own = await client.getClientAccessToken();
    assert.equal(claimsOf(own)['client_id'], client_id);
    const generated = await client.generateClientToken(client_id, client_secret);
    assert.notEqual(generated, own);
    assert.equal(await client.validateAccessToken(generated), true);
    await assert.rejects(client.generateClientToken(client_id, 'wrong'));
  });

  test('finds the scopes of a token, and misses those it lacks', async () => {
    const { client, accessToken } = await signIn(gatehouse, 'scopes@acme.test');
    assert.equal(client.verifyScopes(accessToken, ['openid', 'email']), true);
    assert.throws(() => client.verifyScopes(accessToken, ['openid', 'admin']));
  });

  test('takes no login that an identity provider did not begin', async () => {
    const { client, accessToken } = await signIn(gatehouse, 'idp@acme.test');
    await assert.rejects(client.getIdpInitiatedLoginClaims('not.a.token'));
    const forged = accessToken.slice(0, -8) + 'AAAAAAAA';
    await assert.rejects(client.getIdpInitiatedLoginClaims(forged));
  });

  test('checks the signatures of webhooks and interceptors, and their age', () => {
    const client = sdk(gatehouse);
    const key = randomBytes(32);
    const secret = `whsec_${key.toString('base64')}`;
    const body = '{"type":"organization.created"}';
    const webhook = signed('webhook', key, body);
    assert.equal(client.verifyWebhookPayload(secret, webhook, body), true);
    assert.throws(() => client.verifyWebhookPayload(secret, webhook, `${body} `));
    const late = signed('webhook', key, body, -600);
    assert.throws(() => client.verifyWebhookPayload(secret, late, body));
    const interceptor = signed('interceptor', key, body);
    assert.equal(client.verifyInterceptorPayload(secret, interceptor, body), true);
    const foreign = signed('interceptor', randomBytes(32), body);
    assert.throws(() => client.verifyInterceptorPayload(secret, foreign, body));
  });
});

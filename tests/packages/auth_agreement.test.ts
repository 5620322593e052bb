// The Scalekit Node SDK and ours, given the same: URL for URL, webhook for webhook, token for
// token. Where ours refuses more, that is written down here.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { AuthClient, type AuthorizationUrlOptions } from '@gatehouse/sdk/auth';
import { ScalekitClient } from '@scalekit-sdk/node';
import { ADA, codeOf, REDIRECT_URI, SCOPES } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import { forms, Person, type Form, type Page } from '../black_box/person.js';
import { withCode } from './auth_issuer.js';

const SEED = `
[[users]]
email = "${ADA}"
given_name = "Ada"
family_name = "Lovelace"

[[applications]]
name = "Console"
type = "ENV"
redirect_uris = ["${REDIRECT_URI}"]
initiate_login_uri = "http://localhost:4321/api/auth/login"

[[organizations]]
name = "Acme"
members = [{ email = "${ADA}", role = "admin" }]

[[organizations]]
name = "okta SAML"
domains = ["okta-saml.test"]
connections = [{ type = "SAML", profile = "okta" }]
`;

// Whatever compiles against the one compiles against the other.
type Shared = Pick<
  ScalekitClient,
  | 'getAuthorizationUrl'
  | 'getLogoutUrl'
  | 'validateAccessToken'
  | 'validateToken'
  | 'verifyScopes'
  | 'refreshAccessToken'
  | 'generateClientToken'
  | 'getClientAccessToken'
  | 'verifyWebhookPayload'
  | 'verifyInterceptorPayload'
>;

describe('both SDKs', () => {
  let gatehouse: Gatehouse;
  let theirs: ScalekitClient;
  let ours: AuthClient & Shared;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    const { client_id, client_secret } = gatehouse.ready;
    theirs = new ScalekitClient(gatehouse.url, client_id, client_secret);
    ours = new AuthClient(gatehouse.url, client_id, client_secret);
  });
  after(async () => await gatehouse?.stop());

  const TEXTS = [
    'plain',
    'with space',
    "!*'()~-._",
    'a+b@c.d',
    'ünï & cöde = 🦊',
    '%41%zz',
    'https://app.acme.test/cb?x=1&y=2#z',
    '\u0000\n\t',
    '"<>\\^`{|}',
    '',
  ];

  test('send browsers to the same addresses', () => {
    const names = [
      ...['state', 'nonce', 'loginHint', 'domainHint', 'connectionId', 'organizationId'],
      ...['codeChallenge', 'codeChallengeMethod', 'provider', 'prompt'],
    ];
    let compared = 0;
    const same = (redirectUri: string, options?: AuthorizationUrlOptions): void => {
      compared += 1;
      const url = ours.getAuthorizationUrl(redirectUri, options);
      assert.equal(url, theirs.getAuthorizationUrl(redirectUri, options));
      assert.equal(new URL(url).searchParams.get('redirect_uri'), redirectUri);
    };
    for (const text of TEXTS) {
      same(text);
      for (const name of names) same(REDIRECT_URI, { [name]: text });
      same(REDIRECT_URI, Object.fromEntries(names.map((name) => [name, text])));
      same(REDIRECT_URI, { scopes: [text, 'openid'] });
    }
    same(REDIRECT_URI, {});
    same(REDIRECT_URI, { scopes: [] });
    same(REDIRECT_URI, { scopes: SCOPES });
    // Every subset of the options has the same order.
    for (let bits = 0; bits < 1 << names.length; ++bits) {
      const chosen = names.filter((_, at) => bits & (1 << at));
      same(REDIRECT_URI, Object.fromEntries(chosen.map((name) => [name, `${name} 1`])));
    }
    assert.ok(compared > 1000);
  });

  test('know an older name of domainHint; ours does as well', () => {
    const older = { domain: 'acme.test' };
    const newer = theirs.getAuthorizationUrl(REDIRECT_URI, { domainHint: 'acme.test' });
    assert.equal(ours.getAuthorizationUrl(REDIRECT_URI, older), newer);
  });

  test('sign browsers out at the same addresses', () => {
    const same = (options?: Parameters<AuthClient['getLogoutUrl']>[0]): void =>
      assert.equal(ours.getLogoutUrl(options), theirs.getLogoutUrl(options));
    same();
    same({});
    for (const text of TEXTS) {
      same({ idTokenHint: text });
      same({ postLogoutRedirectUri: text });
      same({ state: text });
      same({ idTokenHint: text, postLogoutRedirectUri: text, state: text });
    }
  });

  test('half of a pair of characters does not break a URL', () => {
    const url = new URL(ours.getAuthorizationUrl(REDIRECT_URI, { state: 'a\ud83e', nonce: '🦊' }));
    assert.equal(url.searchParams.get('state'), 'a\ufffd');
    assert.equal(url.searchParams.get('nonce'), '🦊');
  });

  test('see the same person in the same code’s answer', async () => {
    const person = new Person(gatehouse, ADA);
    const code = async (): Promise<string> =>
      codeOf(await person.authorize(ours.getAuthorizationUrl(REDIRECT_URI, { scopes: SCOPES })));
    const mine = await ours.authenticateWithCode(await code(), REDIRECT_URI);
    const other = await theirs.authenticateWithCode(await code(), REDIRECT_URI);
    assert.deepEqual(mine.user, other.user);
    const { claims: _, ...same } = mine;
    assert.deepEqual(Object.keys(same).sort(), Object.keys(other).sort());
    assert.equal(mine.expiresIn, other.expiresIn);

    // Each takes the other's tokens, and says the same of them.
    for (const token of [mine.accessToken, other.accessToken]) {
      assert.deepEqual(await ours.validateToken(token), await theirs.validateToken(token));
      assert.ok(ours.verifyScopes(token, ['openid']) && theirs.verifyScopes(token, ['openid']));
      for (const client of [ours, theirs]) {
        assert.throws(() => client.verifyScopes(token, ['openid', 'a', 'b']), /: a, b$/);
        assert.equal(await client.validateAccessToken(token), true);
        assert.equal(await client.validateAccessToken(`${token}A`), false);
        const elsewhere = { audience: ['https://else.test'] };
        assert.equal(await client.validateAccessToken(token, elsewhere), false);
        assert.equal(await client.validateAccessToken(token, { issuer: 'https://x.test' }), false);
      }
    }
    assert.ok((await ours.refreshAccessToken(other.refreshToken)).accessToken);
    assert.ok((await theirs.refreshAccessToken(mine.refreshToken)).accessToken);

    // On purpose: an ID token opens nothing, unless strictness is switched off.
    assert.equal(await theirs.validateAccessToken(mine.idToken), true);
    assert.equal(await ours.validateAccessToken(mine.idToken), false);
    const { client_id, client_secret } = gatehouse.ready;
    const lax = new AuthClient(gatehouse.url, client_id, client_secret, { strict: false });
    assert.equal(await lax.validateAccessToken(mine.idToken), true);
  });

  test('read the same from what an identity provider’s tile brings', async () => {
    const email = 'ada@okta-saml.test';
    const person = new Person(gatehouse, email);
    const formWith = (page: Page, field: string): Form =>
      forms(page.body).find((form) => form.fields.some(({ name }) => name === field)) ??
      assert.fail(page.body);
    const list = await person.visit(`${gatehouse.url}/dev/idp`);
    const tile = await person.visit(/href="([^"]+\/saml\/tile)"/.exec(list.body)?.[1] ?? '');
    const typed = { email, outcome: 'idp_initiated' };
    const back = await person.submit(tile, formWith(tile, 'outcome'), typed);
    const launched = await person.submit(back, formWith(back, 'SAMLResponse'), {});
    const location = new URL(launched.headers.location ?? '');
    const token = location.searchParams.get('idp_initiated_login') ?? '';

    const claims = await ours.getIdpInitiatedLoginClaims(token);
    assert.deepEqual(claims, await theirs.getIdpInitiatedLoginClaims(token));
    assert.equal(claims.login_hint, email);
    assert.match(claims.connection_id, /^conn_/);
    assert.match(claims.organization_id, /^org_/);
    // It begins a sign-in and is good for nothing else; with theirs it passes as an access token.
    assert.equal(await theirs.validateAccessToken(token), true);
    assert.equal(await ours.validateAccessToken(token), false);
    await assert.rejects(ours.verifyIdToken(token), withCode('token_type'));
    const { client_id: id, client_secret: secret } = gatehouse.ready;
    const later = new AuthClient(gatehouse.url, id, secret, { now: () => Date.now() + 3_600_000 });
    await assert.rejects(later.getIdpInitiatedLoginClaims(token), withCode('token_expired'));
    const elsewhere = { issuer: 'https://else.test' };
    await assert.rejects(ours.getIdpInitiatedLoginClaims(token, elsewhere));
  });

  test('judge webhooks and interceptor calls alike', () => {
    const key = randomBytes(32);
    const now = Math.floor(Date.now() / 1000);
    const body = '{"type":"user.created"}';
    const secret = `whsec_${key.toString('base64')}`;
    const sign = (time: number | string, by = key): string =>
      createHmac('sha256', by).update(`msg_1.${time}.${body}`).digest('base64');
    const headersOf = (kind: string, time: number | string, signature: string) => ({
      [`${kind}-id`]: 'msg_1',
      [`${kind}-timestamp`]: String(time),
      [`${kind}-signature`]: signature,
    });
    const cases: [isGood: boolean, secret: string, time: number | string, signature: string][] = [
      [true, secret, now, `v1,${sign(now)}`],
      [true, `intsec_${key.toString('base64')}`, now, `v1,${sign(now)}`],
      [true, secret, now, `v2,xx v1,${sign(now)}`],
      [true, secret, now, `v1,${sign(now, randomBytes(32))} v1,${sign(now)}`],
      [true, secret, now - 290, `v1,${sign(now - 290)}`],
      [true, secret, now + 290, `v1,${sign(now + 290)}`],
      [false, secret, now - 302, `v1,${sign(now - 302)}`],
      [false, secret, now + 310, `v1,${sign(now + 310)}`],
      [false, secret, now, `v2,${sign(now)}`],
      [false, secret, now, sign(now)],
      [false, secret, now, `v1,${sign(now - 1)}`],
      [false, secret, now, 'v1,'],
      [false, secret, now, ''],
      [false, secret, '', `v1,${sign(now)}`],
      [false, secret, 'soon', `v1,${sign('soon')}`],
      [false, key.toString('hex'), now, `v1,${sign(now)}`],
      [false, `whsec_${randomBytes(32).toString('base64')}`, now, `v1,${sign(now)}`],
    ];
    for (const client of [ours, theirs]) {
      for (const [isGood, given, time, signature] of cases) {
        const calls = [
          () => client.verifyWebhookPayload(given, headersOf('webhook', time, signature), body),
          () =>
            client.verifyInterceptorPayload(given, headersOf('interceptor', time, signature), body),
        ];
        for (const call of calls) {
          const refusal = { name: 'WebhookVerificationError' };
          if (isGood) assert.equal(call(), true);
          else assert.throws(call, refusal, `${time} ${signature}`);
        }
      }
    }
    // On purpose: a short signature before the right one does not hide it, and time is digits only.
    const short = headersOf('webhook', now, `v1,AAAA v1,${sign(now)}`);
    assert.throws(() => theirs.verifyWebhookPayload(secret, short, body));
    assert.equal(ours.verifyWebhookPayload(secret, short, body), true);
    const loose = headersOf('webhook', `${now}x`, `v1,${sign(now)}`);
    assert.equal(theirs.verifyWebhookPayload(secret, loose, body), true);
    assert.throws(() => ours.verifyWebhookPayload(secret, loose, body));
  });

  test('get tokens for clients, and the same kind of error for a wrong secret', async () => {
    const { client_id } = gatehouse.ready;
    for (const client of [ours, theirs]) {
      const audience = [gatehouse.url];
      const token = await client.getClientAccessToken();
      assert.equal(await client.validateAccessToken(token, { audience }), true);
      const refused = client.generateClientToken(client_id, 'wrong');
      await assert.rejects(refused, (error) => {
        let kind: unknown = Object.getPrototypeOf(error);
        const names: string[] = [];
        for (; kind; kind = Object.getPrototypeOf(kind)) {
          names.push((kind as { constructor: { name: string } }).constructor.name);
        }
        return names.includes('ScalekitServerException');
      });
    }
  });
});

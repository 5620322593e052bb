// The counterparts by themselves: each in each mode against @node-saml/node-saml, which is no
// work of ours either. Where Gatehouse refuses one of them and this passes, Gatehouse is wrong.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import * as oidc from 'openid-client';
import { AES, SIGNATURE } from './algorithms.js';
import { Browser, type Hand, type Step } from './browser.js';
import { makeCredential, withoutArmour } from './certificates.js';
import { ALGORITHMS, OidcProvider, type Client } from './oidc_provider.js';
import { SamlifyProvider } from './samlify_provider.js';
import { SamlpProvider } from './samlp_provider.js';
import { SimpleSamlPhp } from './simplesamlphp.js';
import { NAME_ID, type Account, type Mode, type SamlProvider } from './saml_provider.js';

const ADA: Account = {
  uid: 'ada',
  email: 'ada@acme.test',
  givenName: 'Ada',
  familyName: 'Lovelace',
};
const CREDENTIAL = makeCredential('service provider');
const ACS = 'http://sp.example/acs';

async function signIn(provider: SamlProvider, name: string, mode: Mode, binding: string) {
  const saml = new SAML({
    callbackUrl: ACS,
    issuer: `http://sp.example/${name}`,
    entryPoint: provider.ssoUrl,
    idpCert: provider.certificate,
    idpIssuer: provider.entityId,
    authnRequestBinding: binding,
    skipRequestCompression: binding === 'HTTP-POST',
    identifierFormat: NAME_ID[mode.nameId ?? 'persistent'],
    signatureAlgorithm: 'sha256',
    privateKey: CREDENTIAL.key,
    publicCert: CREDENTIAL.certificate,
    decryptionPvk: CREDENTIAL.key,
    wantAuthnResponseSigned: mode.signed === 'response' || mode.signed === 'both',
    wantAssertionsSigned: mode.signed === 'assertion' || mode.signed === 'both',
    validateInResponseTo: ValidateInResponseTo.always,
    disableRequestedAuthnContext: true,
  });
  const certificate = withoutArmour(CREDENTIAL.certificate);
  await provider.introduce(saml.generateServiceProviderMetadata(certificate, certificate), mode);
  const start: Step =
    binding === 'HTTP-POST'
      ? {
          method: 'POST',
          url: provider.ssoUrl,
          fields: {
            SAMLRequest: fieldOf(await saml.getAuthorizeFormAsync('kept')),
            RelayState: 'kept',
          },
          from: 'http://sp.example',
        }
      : { method: 'GET', url: await saml.getAuthorizeUrlAsync('kept', undefined, {}) };
  const end = await new Browser().travel(start, ({ url }) => url.startsWith(ACS), [
    provider.handOf(ADA),
  ]);
  assert.ok(end.step, `no answer:\n${end.page?.body}`);
  assert.equal(end.step.fields?.['RelayState'], 'kept');
  const { profile } = await saml.validatePostResponseAsync(
    end.step.fields as { SAMLResponse: string },
  );
  assert.ok(profile);
  return {
    profile,
    xml: Buffer.from(end.step.fields?.['SAMLResponse'] ?? '', 'base64').toString(),
  };
}

const fieldOf = (html: string): string =>
  /name="SAMLRequest" value="([^"]*)"/.exec(html)?.[1] ?? '';

const EVERYWHERE: [string, Mode][] = [
  ['response', { signed: 'response' }],
  ['assertion', { signed: 'assertion' }],
  ['both', { signed: 'both' }],
  ['transient', { signed: 'both', nameId: 'transient' }],
  ['email', { signed: 'both', nameId: 'email' }],
  ['requests', { signed: 'both', hasSignedRequests: true }],
];

const PROVIDERS: [string, () => Promise<SamlProvider>, [string, Mode][]][] = [
  [
    'SimpleSAMLphp',
    async () => await SimpleSamlPhp.start([ADA]),
    [
      ['encrypted', { signed: 'both', encryption: AES.cbc128 }],
      ['oids', { signed: 'both', hasOids: true }],
    ],
  ],
  [
    'samlify',
    async () => await new SamlifyProvider().listen(),
    [
      ['cbc', { signed: 'both', encryption: AES.cbc256, isEncryptedFirst: true }],
      ['gcm', { signed: 'assertion', encryption: AES.gcm128 }],
      ['gcm both', { signed: 'both', encryption: AES.gcm128, isEncryptedFirst: true }],
      ['gcm in response', { signed: 'response', encryption: AES.gcm128, isEncryptedFirst: true }],
      ['sha512', { signed: 'both', signature: SIGNATURE.sha512 }],
      ['pss', { signed: 'both', signature: SIGNATURE.pss }],
    ],
  ],
  [
    'samlp',
    async () => await new SamlpProvider().listen(),
    [
      ['cbc', { signed: 'both', encryption: AES.cbc256 }],
      ['gcm128', { signed: 'assertion', encryption: AES.gcm128 }],
      ['gcm256', { signed: 'both', encryption: AES.gcm256 }],
    ],
  ],
];

for (const [name, start, more] of PROVIDERS) {
  describe(name, () => {
    let provider: SamlProvider;
    before(async () => void (provider = await start()));
    after(async () => await provider?.stop());

    for (const binding of ['HTTP-Redirect', 'HTTP-POST']) {
      for (const [what, mode] of [...EVERYWHERE, ...more]) {
        test(`${what} by ${binding}`, async () => {
          const key = `${what.replaceAll(' ', '-')}-${binding}`;
          const { profile, xml } = await signIn(provider, key, mode, binding);
          assert.equal(profile.nameIDFormat, NAME_ID[mode.nameId ?? 'persistent']);
          assert.equal(xml.includes('EncryptedAssertion'), mode.encryption !== undefined);
        });
      }
    }
  });
}

describe('oidc-provider', () => {
  const redirectUri = 'http://rp.example/callback';
  let provider: OidcProvider;
  before(async () => void (provider = await OidcProvider.start([ADA])));
  after(async () => await provider?.stop());

  async function signInAt(client: Client, hand: Hand): Promise<oidc.IDToken> {
    const auth = {
      client_secret_basic: oidc.ClientSecretBasic(client.secret),
      client_secret_post: oidc.ClientSecretPost(client.secret),
      private_key_jwt: oidc.None(),
    }[client.auth];
    const metadata = { id_token_signed_response_alg: client.algorithm ?? 'RS256' };
    const config = await oidc.discovery(new URL(provider.issuer), client.id, metadata, auth, {
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    });
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedNonce = oidc.randomNonce();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      nonce: expectedNonce,
    });
    const end = await new Browser().travel(url.href, (step) => step.url.startsWith(redirectUri), [
      hand,
    ]);
    assert.ok(end.step, `no answer: ${provider.problems.join('\n')}\n${end.page?.body}`);
    const callback = new URL(end.step.url);
    const tokens = await oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier,
      expectedNonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    assert.ok(claims);
    const user = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.equal(user.email, ADA.email);
    return claims;
  }

  for (const auth of ['client_secret_basic', 'client_secret_post'] as const) {
    for (const algorithm of ALGORITHMS) {
      test(`${auth}, ${algorithm}`, async () => {
        const client = provider.register({ auth, algorithm, redirectUri });
        assert.equal((await signInAt(client, provider.handOf(ADA))).sub, 'ada');
      });
    }
  }

  test('claims in the ID token, PKCE demanded, keys rotated', async () => {
    provider.become({ claimsIn: 'id_token', isPkceDemanded: true });
    provider.rotateKeys();
    const client = provider.register({ auth: 'client_secret_basic', redirectUri });
    assert.equal((await signInAt(client, provider.handOf(ADA)))['email'], ADA.email);
  });

  test('no consent', async () => {
    const client = provider.register({ auth: 'client_secret_basic', redirectUri });
    await assert.rejects(signInAt(client, provider.refusalOf(ADA)), { error: 'access_denied' });
  });
});

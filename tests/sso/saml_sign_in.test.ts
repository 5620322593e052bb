// SAML identity providers that are no work of ours sign people in, in every mode that they offer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { authorizeUrl, sdk } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import { AES, KEY_WRAP, SIGNATURE, TRIPLE_DES } from './algorithms.js';
import { makeCredential } from './certificates.js';
import { account, assertIs, INITIATE_LOGIN_URI, SEED, Visitor } from './journey.js';
import { SamlifyProvider } from './samlify_provider.js';
import { SamlpProvider } from './samlp_provider.js';
import { SimpleSamlPhp } from './simplesamlphp.js';
import type { Account, Mode, SamlProvider } from './saml_provider.js';
import { administer, Tenant, type SamlChoices } from './tenant.js';

const SIGNING = 'signature_validation_failed';
const CONTENT = 'invalid_saml_response';

type Way = [name: string, mode: Mode, choices?: SamlChoices];

// SimpleSAMLphp is told at its start who has an account.
const PEOPLE: Account[] = Array.from({ length: 24 }, () => account('acme-sso.com'));
const STRANGER: Account = account('elsewhere-sso.com');
const UNINVITED: Account = account('elsewhere-sso.com');

const EVERYWHERE: Way[] = [
  ['a signed response', { signed: 'response' }],
  ['a signed assertion', { signed: 'assertion' }],
  ['both signed', { signed: 'both' }],
  ['both signed, asked by POST', { signed: 'both' }, { binding: 'HTTP_POST' }],
  ['signed requests', { signed: 'both', hasSignedRequests: true }],
  [
    'signed requests by POST',
    { signed: 'both', hasSignedRequests: true },
    { binding: 'HTTP_POST' },
  ],
  ['a name that is the address', { signed: 'both', nameId: 'email' }],
];

const PROVIDERS: [string, () => Promise<SamlProvider>, Way[]][] = [
  [
    'SimpleSAMLphp',
    async () => await SimpleSamlPhp.start([...PEOPLE, STRANGER, UNINVITED]),
    [
      ['AES-128-CBC under a signed response', { signed: 'both', encryption: AES.cbc128 }],
      ['AES-128-CBC, response alone signed', { signed: 'response', encryption: AES.cbc128 }],
      ['SHA-384', { signed: 'both', signature: SIGNATURE.sha384 }],
      ['SHA-512', { signed: 'both', signature: SIGNATURE.sha512 }],
      [
        'an encrypted name in an encrypted assertion',
        { signed: 'both', encryption: AES.cbc128, isNameIdEncrypted: true },
      ],
      ['attributes named by object identifiers', { signed: 'both', hasOids: true }],
    ],
  ],
  [
    'samlify',
    async () => await new SamlifyProvider().listen(),
    [
      ['AES-128-GCM around a signed assertion', { signed: 'assertion', encryption: AES.gcm128 }],
      [
        'AES-128-GCM under a signed response',
        { signed: 'response', encryption: AES.gcm128, isEncryptedFirst: true },
      ],
      [
        'AES-256-CBC under a signed response',
        { signed: 'both', encryption: AES.cbc256, isEncryptedFirst: true },
      ],
      ['SHA-512', { signed: 'both', signature: SIGNATURE.sha512 }],
    ],
  ],
  [
    'samlp',
    async () => await new SamlpProvider().listen(),
    [
      ['AES-128-GCM around a signed assertion', { signed: 'assertion', encryption: AES.gcm128 }],
      ['AES-256-GCM, both signed', { signed: 'both', encryption: AES.gcm256 }],
      ['AES-256-CBC under a signed response', { signed: 'both', encryption: AES.cbc256 }],
    ],
  ],
];

for (const [name, start, more] of PROVIDERS) {
  describe(`${name} signs people in`, () => {
    let gatehouse: Gatehouse;
    let provider: SamlProvider;
    let acme: Tenant;
    let next = 0;
    before(async () => {
      [gatehouse, provider] = await Promise.all([Gatehouse.start({ seed: SEED }), start()]);
      acme = await Tenant.create(gatehouse, 'Acme', 'acme-sso.com');
    });
    after(async () => await Promise.all([provider?.stop(), gatehouse?.stop()]));

    const somebody = (): Account => {
      const found = PEOPLE[next % PEOPLE.length];
      next += 1;
      assert.ok(found);
      return found;
    };

    for (const [what, mode, choices] of [...EVERYWHERE, ...more]) {
      test(what, async () => {
        const connection = await acme.saml(provider, mode, choices);
        const who = somebody();
        const visitor = new Visitor(gatehouse, who);
        const first = await visitor.signIn({ connection_id: connection.id }, provider.handOf(who));
        assertIs(first, who, acme, connection);
        assert.equal(visitor.codesAsked, 0, 'the address lies in a verified domain');
        const again = new Visitor(gatehouse, who);
        const second = await again.signIn({ connection_id: connection.id }, provider.handOf(who));
        assert.equal(second.user.id, first.user.id, 'the same person');
      });
    }

    test('a launch from its own portal, which the application takes up', async () => {
      const connection = await acme.saml(provider, { signed: 'both' });
      const visitor = new Visitor(gatehouse, somebody());
      const hand = provider.handOf(visitor.person);
      const entityId = String(connection.settings['sp_entity_id']);
      const end = await visitor.go(provider.launchUrl(entityId, 'deep'), [hand]);
      const launch = new URL(end.step?.url ?? 'none:');
      assert.equal(launch.href.split('?')[0], INITIATE_LOGIN_URI, visitor.described(end));
      const claims = await sdk(gatehouse).getIdpInitiatedLoginClaims(
        launch.searchParams.get('idp_initiated_login') ?? '',
      );
      assert.equal(claims.connection_id, connection.id);
      assert.equal(claims.login_hint, visitor.person.email);
      assert.equal(claims.relay_state, 'deep');
      const signedIn = await visitor.signIn({ connection_id: claims.connection_id }, hand);
      assertIs(signedIn, visitor.person, acme, connection);
      await administer(gatehouse, 'connection', 'update', connection.id, '--idp-initiated', 'off');
      const other = new Visitor(gatehouse, somebody());
      const again = await other.go(provider.launchUrl(entityId), [provider.handOf(other.person)]);
      await other.assertRefused(again, 'access_denied', 'idp_initiated_refused');
    });

    test('by one of several certificates, while the provider changes its own', async () => {
      const { certificate } = makeCredential('the one before');
      const connection = await acme.saml(
        provider,
        { signed: 'both' },
        { certificate: `${certificate}${provider.certificate}` },
      );
      const who = somebody();
      const visitor = new Visitor(gatehouse, who);
      const selectors = { connection_id: connection.id };
      const signedIn = await visitor.signIn(selectors, provider.handOf(who));
      assertIs(signedIn, who, acme, connection);
    });

    test('a name that changes each time leads to the same person by the address', async () => {
      const connection = await acme.saml(provider, { signed: 'both', nameId: 'transient' });
      const who = somebody();
      const visit = async () =>
        await new Visitor(gatehouse, who).signIn(
          { connection_id: connection.id },
          provider.handOf(who),
        );
      const first = await visit();
      assertIs(first, who, acme, connection);
      assert.equal((await visit()).user.id, first.user.id);
    });

    test('an address outside the verified domains is proven by a code, once', async () => {
      const connection = await acme.saml(provider, { signed: 'both' });
      await acme.addMember(STRANGER);
      const first = new Visitor(gatehouse, STRANGER);
      const hand = provider.handOf(STRANGER);
      assertIs(
        await first.signIn({ connection_id: connection.id }, hand),
        STRANGER,
        acme,
        connection,
      );
      assert.equal(first.codesAsked, 1);
      const second = new Visitor(gatehouse, STRANGER);
      await second.signIn({ connection_id: connection.id }, hand);
      assert.equal(second.codesAsked, 0);
    });

    test('an address outside the verified domains makes nobody a member', async () => {
      const connection = await acme.saml(provider, { signed: 'both' });
      const eve = new Visitor(gatehouse, UNINVITED);
      const url = authorizeUrl(gatehouse, { connection_id: connection.id });
      await eve.assertRefused(await eve.go(url, [provider.handOf(UNINVITED)]));
      assert.equal(eve.codesAsked, 1);
    });
  });
}

describe('a connection that knows only where the metadata are', () => {
  test('signs people in', async () => {
    const who = account('acme-sso.com');
    const [gatehouse, provider] = await Promise.all([
      Gatehouse.start({ seed: SEED }),
      SimpleSamlPhp.start([who]),
    ]);
    try {
      const acme = await Tenant.create(gatehouse, 'Acme', 'acme-sso.com');
      const connection = await acme.samlByMetadata(provider, { signed: 'both' });
      const visitor = new Visitor(gatehouse, who);
      const selectors = { connection_id: connection.id };
      assertIs(await visitor.signIn(selectors, provider.handOf(who)), who, acme, connection);
    } finally {
      await Promise.all([provider.stop(), gatehouse.stop()]);
    }
  });
});

describe('ways to sign and encrypt that are too weak, or rare', () => {
  let gatehouse: Gatehouse;
  let acme: Tenant;
  const samlify = new SamlifyProvider();
  const samlp = new SamlpProvider();
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    await Promise.all([samlify.listen(), samlp.listen()]);
    acme = await Tenant.create(gatehouse, 'Acme', 'acme-sso.com');
  });
  after(async () => {
    await Promise.all([samlify.stop(), samlp.stop()]);
    await gatehouse?.stop();
  });

  const weak: [string, string, string, SamlProvider, Mode][] = [
    [
      'SHA-1',
      SIGNING,
      'signature_algorithm_weak',
      samlify,
      { signed: 'both', signature: SIGNATURE.sha1 },
    ],
    ['no signature at all', SIGNING, 'signature_missing', samlp, { signed: 'nothing' }],
    [
      'AES-CBC around an assertion that alone is signed',
      CONTENT,
      'encryption_algorithm_refused',
      samlp,
      { signed: 'assertion', encryption: AES.cbc256 },
    ],
    [
      'Triple DES',
      CONTENT,
      'encryption_algorithm_refused',
      samlify,
      { signed: 'both', encryption: TRIPLE_DES, isEncryptedFirst: true },
    ],
    [
      'RSA with the padding of PKCS #1 v1.5',
      CONTENT,
      'encryption_algorithm_refused',
      samlify,
      {
        signed: 'both',
        encryption: AES.gcm128,
        keyEncryption: KEY_WRAP.rsa15,
        isEncryptedFirst: true,
      },
    ],
  ];
  for (const [what, error, diagnosis, provider, mode] of weak) {
    test(`${what} is refused`, async () => {
      const connection = await acme.saml(provider, mode);
      const visitor = new Visitor(gatehouse, account('acme-sso.com'));
      const answer = await visitor.answerOf(
        { connection_id: connection.id },
        provider.handOf(visitor.person),
      );
      await visitor.assertRefused(await visitor.go(answer), error, diagnosis);
    });
  }
});

// What answers of SAML providers must not do. Each provider here signs people in where nothing is
// wrong; saml_sign_in.test.ts shows it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { authorizeUrl } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import type { Step } from './browser.js';
import { makeCredential } from './certificates.js';
import { account, assertIs, SEED, Visitor } from './journey.js';
import { SamlifyProvider } from './samlify_provider.js';
import { SamlpProvider } from './samlp_provider.js';
import type { Account, Mode, SamlProvider } from './saml_provider.js';
import { SimpleSamlPhp } from './simplesamlphp.js';
import { Tenant, type Connection, type SamlChoices } from './tenant.js';

const SIGNATURE = 'signature_validation_failed';
const CONTENT = 'invalid_saml_response';
const BOTH: Mode = { signed: 'both' };
const PEOPLE: Account[] = Array.from({ length: 16 }, () => account('acme-sso.com'));

// The response of that step, changed.
function changed(step: Step, change: (xml: string) => string): Step {
  const xml = Buffer.from(step.fields?.['SAMLResponse'] ?? '', 'base64').toString('utf8');
  const made = change(xml);
  assert.notEqual(made, xml, 'nothing was changed');
  const fields = { ...step.fields, SAMLResponse: Buffer.from(made).toString('base64') };
  return { ...step, fields };
}

const PROVIDERS: [string, () => Promise<SamlProvider>][] = [
  ['SimpleSAMLphp', async () => await SimpleSamlPhp.start(PEOPLE)],
  ['samlify', async () => await new SamlifyProvider().listen()],
  ['samlp', async () => await new SamlpProvider().listen()],
];

for (const [name, start] of PROVIDERS) {
  describe(`answers of ${name}`, () => {
    let gatehouse: Gatehouse;
    let provider: SamlProvider;
    let acme: Tenant;
    let next = 0;
    before(async () => {
      [gatehouse, provider] = await Promise.all([Gatehouse.start({ seed: SEED }), start()]);
      acme = await Tenant.create(gatehouse, 'Acme', 'acme-sso.com');
    });
    after(async () => await Promise.all([provider?.stop(), gatehouse?.stop()]));

    const visitor = (): Visitor => {
      const who = PEOPLE[next++ % PEOPLE.length];
      assert.ok(who);
      return new Visitor(gatehouse, who);
    };
    const answerOf = async (ada: Visitor, { id }: Connection): Promise<Step> =>
      await ada.answerOf({ connection_id: id }, provider.handOf(ada.person));
    const assertRefused = async (
      [error, diagnosis]: [string, string],
      mode: Mode,
      choices?: SamlChoices,
    ): Promise<void> => {
      const ada = visitor();
      const answer = await answerOf(ada, await acme.saml(provider, mode, choices));
      await ada.assertRefused(await ada.go(answer), error, diagnosis);
    };

    test('signed by another key than the connection knows', async () => {
      const { certificate } = makeCredential('somebody else');
      await assertRefused([SIGNATURE, 'signature_key_unknown'], BOTH, { certificate });
    });

    test('of another issuer than the connection knows', async () => {
      await assertRefused([CONTENT, 'issuer_mismatch'], BOTH, {
        entityId: 'http://127.0.0.1/another',
      });
    });

    test('in the clear where encryption was agreed', async () => {
      const more = { assertion_encrypted: true };
      await assertRefused([CONTENT, 'encryption_missing'], BOTH, { more });
    });

    test('changed on their way', async () => {
      const ada = visitor();
      const answer = await answerOf(ada, await acme.saml(provider, BOTH));
      const { email } = ada.person;
      const forged = changed(answer, (xml) => xml.replaceAll(email, `root@${acme.domain}`));
      await ada.assertRefused(await ada.go(forged), SIGNATURE, 'signature_invalid');
    });

    test('without the signature that was asked for', async () => {
      const ada = visitor();
      const answer = await answerOf(ada, await acme.saml(provider, BOTH));
      const bare = changed(answer, (xml) =>
        xml.replaceAll(/<([\w]*:?)Signature[ >].*?<\/\1Signature>/gs, ''),
      );
      await ada.assertRefused(await ada.go(bare), SIGNATURE, 'signature_missing');
    });

    test('for another connection, sent to this one', async () => {
      const [own, other] = [await acme.saml(provider, BOTH), await acme.saml(provider, BOTH)];
      const ada = visitor();
      const mine = await answerOf(ada, own);
      const theirs = await answerOf(ada, other);
      const crossed = await ada.go({ ...theirs, url: mine.url });
      await ada.assertRefused(crossed, 'invalid_acs_url', 'destination_mismatch');
      const signedIn = await ada.redeem(ada.callbackOf(await ada.go(await answerOf(ada, own))));
      assertIs(signedIn, ada.person, acme, own);
    });

    test('used before', async () => {
      const ada = visitor();
      const answer = await answerOf(ada, await acme.saml(provider, BOTH));
      ada.callbackOf(await ada.go(answer));
      const again = await ada.browser.make(answer);
      assert.match(again.body, /id="error-code">invalid_saml_response</);
      const eve = visitor();
      await eve.assertRefused(await eve.go(answer), CONTENT, 'answer_replayed');
    });

    test('brought by a browser that did not ask', async () => {
      const connection = await acme.saml(provider, BOTH);
      const answer = await answerOf(visitor(), connection);
      const eve = visitor();
      await eve.assertRefused(await eve.go(answer));
      const second = await answerOf(visitor(), connection);
      const mallory = visitor();
      await answerOf(mallory, connection); // has asked something, but not this
      await mallory.assertRefused(await mallory.go(second));
    });

    test('that come when the connection is disabled', async () => {
      const connection = await acme.saml(provider, BOTH);
      const ada = visitor();
      const answer = await answerOf(ada, connection);
      await acme.disable(connection.id);
      const end = await ada.go(answer);
      await ada.assertRefused(end, 'connection_not_active', 'connection_disabled');
      const url = authorizeUrl(gatehouse, { connection_id: connection.id });
      await ada.assertRefused(await ada.go(url), 'connection_not_active');
      await acme.enable(connection.id);
      const signedIn = await ada.redeem(
        ada.callbackOf(await ada.go(await answerOf(ada, connection))),
      );
      assertIs(signedIn, ada.person, acme, connection);
    });

    if (name !== 'SimpleSAMLphp') {
      test('for another audience', async () => {
        const mode = { ...BOTH, audience: 'http://127.0.0.1/another' };
        await assertRefused([CONTENT, 'audience_mismatch'], mode);
      });
    }
    if (name === 'samlp') {
      test('that are over', async () => {
        await assertRefused(['assertion_expired', 'assertion_expired'], {
          ...BOTH,
          lifetimeSeconds: -600,
        });
      });
    }
  });
}

// A certified OpenID provider signs people in, and does not where something is wrong.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { authorizeUrl } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import type { Step } from './browser.js';
import { account, assertIs, SEED, Visitor } from './journey.js';
import { ALGORITHMS, OidcProvider } from './oidc_provider.js';
import type { Account } from './saml_provider.js';
import { administer, Tenant, type Connection } from './tenant.js';

const PEOPLE: Account[] = Array.from({ length: 40 }, () => account('acme-sso.com'));
const STRANGER = account('elsewhere-sso.com');
const UNINVITED = account('elsewhere-sso.com');

describe('oidc-provider', () => {
  let gatehouse: Gatehouse;
  let provider: OidcProvider;
  let acme: Tenant;
  let next = 0;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    provider = await OidcProvider.start([...PEOPLE, STRANGER, UNINVITED]);
    acme = await Tenant.create(gatehouse, 'Acme', 'acme-sso.com');
  });
  beforeEach(() => {
    provider.become({});
    provider.problems.length = 0;
  });
  after(async () => await Promise.all([provider?.stop(), gatehouse?.stop()]));

  const visitor = (): Visitor => {
    const who = PEOPLE[next++ % (PEOPLE.length - 1)];
    assert.ok(who);
    return new Visitor(gatehouse, who);
  };
  const signIn = async (by: Connection, ada = visitor()) => {
    const signedIn = await ada.signIn({ connection_id: by.id }, provider.handOf(ada.person));
    assertIs(signedIn, ada.person, acme, by);
    return signedIn;
  };
  const answerOf = async (ada: Visitor, { id }: Connection): Promise<Step> =>
    await ada.answerOf({ connection_id: id }, provider.handOf(ada.person));

  describe('signs people in', () => {
    for (const auth of ['client_secret_basic', 'client_secret_post'] as const) {
      test(`with ${auth}, and the same person again`, async () => {
        const connection = await acme.oidc(provider, { auth });
        const ada = visitor();
        const first = await signIn(connection, ada);
        assert.equal(ada.codesAsked, 0, 'the address lies in a verified domain');
        const second = await signIn(connection, new Visitor(gatehouse, ada.person));
        assert.equal(second.user.id, first.user.id);
      });
    }

    test('with private_key_jwt, by our own key', async () => {
      const jwksUri = `${gatehouse.url}/keys`;
      const connection = await acme.oidc(provider, { auth: 'private_key_jwt', jwksUri });
      const ada = visitor();
      await ada.assertRefused(
        await ada.go(await answerOf(ada, connection)),
        'failed_to_exchange_token',
        'token_client_refused', // it shows a secret as yet
      );
      await administer(gatehouse, 'connection', 'update', connection.id, '--private-key-jwt', 'on');
      await signIn(connection, ada);
    });

    for (const algorithm of ALGORITHMS) {
      test(`with ID tokens signed by ${algorithm}`, async () => {
        await signIn(await acme.oidc(provider, { algorithm }));
      });
    }

    test('where PKCE is demanded', async () => {
      provider.become({ isPkceDemanded: true });
      await signIn(await acme.oidc(provider));
    });

    test('where the ID token says everything', async () => {
      provider.become({ claimsIn: 'id_token' });
      await signIn(await acme.oidc(provider));
    });

    test('with endpoints that were typed in', async () => {
      const { issuer } = provider;
      await signIn(
        await acme.oidc(
          provider,
          {},
          {
            authorize_uri: `${issuer}/auth`,
            token_uri: `${issuer}/token`,
            user_info_uri: `${issuer}/me`,
            jwks_uri: `${issuer}/jwks`,
          },
        ),
      );
    });

    test('before and after its keys are rotated', async () => {
      const connection = await acme.oidc(provider);
      await signIn(connection);
      await pause(1_100); // the key set is read again once it is a second old
      provider.rotateKeys();
      await signIn(connection);
    });

    test('whose address lies elsewhere, after a code; and again without one', async () => {
      const connection = await acme.oidc(provider);
      await acme.addMember(STRANGER);
      const first = new Visitor(gatehouse, STRANGER);
      await signIn(connection, first);
      assert.equal(first.codesAsked, 1);
      const second = new Visitor(gatehouse, STRANGER);
      await signIn(connection, second);
      assert.equal(second.codesAsked, 0);
    });

    test('whose profile follows the provider, where the connection says so', async () => {
      const renamed = PEOPLE.at(-1);
      assert.ok(renamed);
      const former = { ...renamed, familyName: 'Byron' };
      await acme.addMember(former);
      const visit = async ({ id }: Connection) =>
        await new Visitor(gatehouse, renamed).signIn(
          { connection_id: id },
          provider.handOf(renamed),
        );
      const kept = await visit(await acme.oidc(provider));
      assert.equal(kept.user.familyName, 'Byron');
      const more = { sync_user_profile_on_login: true };
      const followed = await visit(await acme.oidc(provider, {}, more));
      assert.equal(followed.user.familyName, renamed.familyName);
    });

    test('whom the organization invited, but nobody from elsewhere that it did not', async () => {
      const connection = await acme.oidc(provider);
      const eve = new Visitor(gatehouse, UNINVITED);
      const url = authorizeUrl(gatehouse, { connection_id: connection.id });
      await eve.assertRefused(await eve.go(url, [provider.handOf(UNINVITED)]));
      assert.equal(eve.codesAsked, 1);
    });

    test('and is told whom it is about', async () => {
      const { id } = await acme.oidc(provider);
      const ada = visitor();
      const url = authorizeUrl(gatehouse, { connection_id: id, login_hint: ada.person.email });
      const end = await ada.go(url, [], (step) => step.url.startsWith(provider.issuer));
      const asked = new URL(end.step?.url ?? '').searchParams;
      assert.equal(asked.get('login_hint'), ada.person.email);
      assert.equal(asked.get('code_challenge_method'), 'S256');
      assert.ok(asked.get('nonce'));
      assert.ok(asked.get('state'));
    });
  });

  describe('signs nobody in', () => {
    test('who does not consent', async () => {
      const { id } = await acme.oidc(provider);
      const ada = visitor();
      const url = authorizeUrl(gatehouse, { connection_id: id });
      const end = await ada.go(url, [provider.refusalOf(ada.person)]);
      await ada.assertRefused(end, 'access_denied', 'provider_refused');
    });

    test('where the secret is wrong', async () => {
      const connection = await acme.oidc(provider, {}, { client_secret: 'x'.repeat(43) });
      const ada = visitor();
      await ada.assertRefused(
        await ada.go(await answerOf(ada, connection)),
        'failed_to_exchange_token',
        'token_client_refused',
      );
    });

    test('by keys that the connection does not know', async () => {
      const other = await OidcProvider.start([]);
      try {
        const connection = await acme.oidc(
          provider,
          {},
          {
            authorize_uri: `${provider.issuer}/auth`,
            token_uri: `${provider.issuer}/token`,
            user_info_uri: `${provider.issuer}/me`,
            jwks_uri: `${other.issuer}/jwks`,
          },
        );
        const ada = visitor();
        await ada.assertRefused(
          await ada.go(await answerOf(ada, connection)),
          'invalid_id_token',
          'id_token_key_unknown',
        );
      } finally {
        await other.stop();
      }
    });

    test('by a code that was issued for another connection', async () => {
      // A code that was issued for one connection is injected into the sign-in by another.
      const own = await acme.oidc(provider);
      const other = await acme.oidc(provider);
      const ada = visitor();
      const mine = await answerOf(ada, own);
      const theirs = await answerOf(ada, other);
      const code = new URL(theirs.url).searchParams.get('code') ?? '';
      const injected = new URL(mine.url);
      injected.searchParams.set('code', code);
      await ada.assertRefused(
        await ada.go({ ...mine, url: injected.href }),
        'failed_to_exchange_token',
        'token_code_refused',
      );
    });

    test("by another connection's answer", async () => {
      const [own, other] = [await acme.oidc(provider), await acme.oidc(provider)];
      const ada = visitor();
      const mine = new URL((await answerOf(ada, own)).url);
      const theirs = await answerOf(ada, other);
      const mixed = new URL(theirs.url);
      mixed.pathname = mine.pathname;
      await ada.assertRefused(
        await ada.go({ ...theirs, url: mixed.href }),
        'invalid_connection_id',
        'request_of_other_connection',
      );
      await signIn(own, ada);
    });

    test('by an answer that was used before', async () => {
      const connection = await acme.oidc(provider);
      const ada = visitor();
      const answer = await answerOf(ada, connection);
      ada.callbackOf(await ada.go(answer));
      const again = await ada.go(answer);
      assert.match(again.page?.body ?? '', /You are signed in/, 'it is, and gets no other code');
      const eve = visitor();
      await eve.assertRefused(await eve.go(answer));
    });

    test('whose browser did not ask', async () => {
      const connection = await acme.oidc(provider);
      const answer = await answerOf(visitor(), connection);
      const eve = visitor();
      await eve.assertRefused(await eve.go(answer));
      const mallory = visitor();
      await answerOf(mallory, connection); // has asked something, but not this
      await mallory.assertRefused(await mallory.go(answer));
    });

    test('while the connection is disabled', async () => {
      const connection = await acme.oidc(provider);
      const ada = visitor();
      const answer = await answerOf(ada, connection);
      await acme.disable(connection.id);
      await ada.assertRefused(await ada.go(answer), 'connection_not_active', 'connection_disabled');
      await acme.enable(connection.id);
      await signIn(connection, ada);
    });

    test('when it is not there', async () => {
      const gone = await OidcProvider.start([]);
      const connection = await acme.oidc(gone);
      await gone.stop();
      const ada = visitor();
      const url = authorizeUrl(gatehouse, { connection_id: connection.id });
      await ada.assertRefused(await ada.go(url), 'server_error', 'provider_unreachable');
    });
  });
});

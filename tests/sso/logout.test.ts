// Signing out, in both directions: who signs out here is signed out at the identity provider where
// the connection says so, and who signs out there is signed out here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { authorizeUrl, POST_LOGOUT_URI, sdk } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import type { End, Step } from './browser.js';
import { account, SEED, Visitor, type SignedIn } from './journey.js';
import { OidcProvider } from './oidc_provider.js';
import { SamlifyProvider } from './samlify_provider.js';
import type { Account } from './saml_provider.js';
import { SimpleSamlPhp } from './simplesamlphp.js';
import { Tenant } from './tenant.js';

const PEOPLE: Account[] = Array.from({ length: 12 }, () => account('acme-sso.com'));

describe('signing out', () => {
  let gatehouse: Gatehouse;
  let php: SimpleSamlPhp;
  let openid: OidcProvider;
  const samlify = new SamlifyProvider();
  let acme: Tenant;
  let next = 0;
  before(async () => {
    [gatehouse, php, openid] = await Promise.all([
      Gatehouse.start({ seed: SEED }),
      SimpleSamlPhp.start(PEOPLE),
      OidcProvider.start(PEOPLE),
      samlify.listen(),
    ]);
    acme = await Tenant.create(gatehouse, 'Acme', 'acme-sso.com');
  });
  after(
    async () => await Promise.all([php?.stop(), openid?.stop(), samlify.stop(), gatehouse?.stop()]),
  );

  const visitor = (): Visitor => {
    const who = PEOPLE[next++ % PEOPLE.length];
    assert.ok(who);
    return new Visitor(gatehouse, who);
  };
  const logoutUrl = ({ idToken }: SignedIn): string =>
    sdk(gatehouse).getLogoutUrl({
      idTokenHint: idToken,
      postLogoutRedirectUri: POST_LOGOUT_URI,
      state: 'bye',
    });
  const assertAtApplication = (ada: Visitor, end: End): void => {
    assert.ok(end.step?.url.startsWith(POST_LOGOUT_URI) === true, ada.described(end));
    assert.equal(new URL(end.step?.url ?? '').searchParams.get('state'), 'bye');
  };
  // Whether the provider would ask this browser for a password.
  const isAskedBy = async (origin: string, ada: Visitor, id: string): Promise<boolean> => {
    const before = ada.browser.visited.length;
    let isAsked = false;
    const end = await ada.go(
      authorizeUrl(gatehouse, { connection_id: id }),
      [
        (page) => {
          isAsked ||= page.url.startsWith(origin) && /name="(password|login)"/.test(page.body);
          return undefined;
        },
      ],
      ({ url }) => /\/callback$/.test(new URL(url).pathname) && url.startsWith(gatehouse.url),
    );
    assert.ok(ada.browser.visited.slice(before).some((line) => line.includes(origin)));
    return isAsked || end.step === undefined;
  };

  describe('here', () => {
    for (const binding of ['HTTP_REDIRECT', 'HTTP_POST']) {
      test(`signs out at SimpleSAMLphp, by ${binding}`, async () => {
        const connection = await acme.saml(
          php,
          { signed: 'both' },
          {
            more: { idp_slo_required: true, idp_slo_request_binding: binding },
          },
        );
        const ada = visitor();
        const signedIn = await ada.signIn({ connection_id: connection.id }, php.handOf(ada.person));
        assertAtApplication(ada, await ada.go(logoutUrl(signedIn)));
        assert.ok(ada.browser.visited.some((line) => line.includes(php.sloUrl)));
        assert.equal(await ada.hasSession(), false);
        assert.equal(await isAskedBy(php.url, ada, connection.id), true);
      });
    }

    test('signs out at samlify', async () => {
      const connection = await acme.saml(
        samlify,
        { signed: 'both' },
        {
          more: { idp_slo_required: true, idp_slo_request_binding: 'HTTP_POST' },
        },
      );
      const ada = visitor();
      const hand = samlify.handOf(ada.person);
      const signedIn = await ada.signIn({ connection_id: connection.id }, hand);
      assertAtApplication(ada, await ada.go(logoutUrl(signedIn)));
      assert.ok(ada.browser.visited.some((line) => line.includes(samlify.sloUrl)));
      assert.equal(await ada.hasSession(), false);
    });

    test('leaves SimpleSAMLphp alone where the connection does not ask for it', async () => {
      const connection = await acme.saml(php, { signed: 'both' });
      const ada = visitor();
      const signedIn = await ada.signIn({ connection_id: connection.id }, php.handOf(ada.person));
      assertAtApplication(ada, await ada.go(logoutUrl(signedIn)));
      assert.equal(
        ada.browser.visited.some((line) => line.includes(php.sloUrl)),
        false,
      );
      assert.equal(await ada.hasSession(), false);
      assert.equal(await isAskedBy(php.url, ada, connection.id), false);
    });

    test('signs out at oidc-provider', async () => {
      const connection = await acme.oidc(openid, {}, { idp_logout_required: true });
      const ada = visitor();
      const hand = openid.handOf(ada.person);
      const signedIn = await ada.signIn({ connection_id: connection.id }, hand);
      const end = await ada.go(logoutUrl(signedIn), [openid.logoutHand()]);
      assertAtApplication(ada, end);
      assert.equal(await ada.hasSession(), false);
      assert.equal(await isAskedBy(openid.issuer, ada, connection.id), true);
    });
  });

  describe('there', () => {
    const isOver = async (ada: Visitor): Promise<boolean> => {
      for (let tries = 0; tries < 50; ++tries) {
        if (!(await ada.hasSession())) return true;
        await pause(20);
      }
      return false;
    };

    test('at SimpleSAMLphp signs out here', async () => {
      const connection = await acme.saml(php, { signed: 'both' });
      const ada = visitor();
      await ada.signIn({ connection_id: connection.id }, php.handOf(ada.person));
      const bystander = visitor();
      await bystander.signIn({ connection_id: connection.id }, php.handOf(bystander.person));
      const end = await ada.go(php.logoutUrl(POST_LOGOUT_URI));
      assert.ok(end.step?.url.startsWith(POST_LOGOUT_URI) === true, ada.described(end));
      assert.equal(await ada.hasSession(), false);
      assert.equal(await bystander.hasSession(), true);
    });

    test('at samlify signs out here', async () => {
      const connection = await acme.saml(samlify, { signed: 'both' });
      const ada = visitor();
      await ada.signIn({ connection_id: connection.id }, samlify.handOf(ada.person));
      const step = logoutStep(samlify, String(connection.settings['sp_entity_id']), ada.person);
      await ada.go(step);
      assert.equal(await isOver(ada), true);
    });

    test('by a request that somebody else signed signs nobody out', async () => {
      const connection = await acme.saml(samlify, { signed: 'both' });
      const ada = visitor();
      await ada.signIn({ connection_id: connection.id }, samlify.handOf(ada.person));
      const forger = await new SamlifyProvider().listen();
      try {
        forger.introduce(await acme.metadataOf(connection.id), { signed: 'both' });
        const entityId = String(connection.settings['sp_entity_id']);
        const { fields } = logoutStep(forger, entityId, ada.person);
        const xml = Buffer.from(fields?.['SAMLRequest'] ?? '', 'base64').toString();
        assert.ok(xml.includes('<ds:Signature'), 'it is signed');
        await ada.go(logoutStep(forger, entityId, ada.person));
        assert.equal(await ada.hasSession(), true);
      } finally {
        await forger.stop();
      }
    });

    test('at oidc-provider signs out here, by the back channel', async () => {
      const connection = await acme.oidc(openid);
      const ada = visitor();
      await ada.signIn({ connection_id: connection.id }, openid.handOf(ada.person));
      const bystander = visitor();
      await bystander.signIn({ connection_id: connection.id }, openid.handOf(bystander.person));
      await ada.go(openid.logoutUrl, [openid.logoutHand()]);
      assert.equal(await isOver(ada), true, openid.problems.join('\n'));
      assert.equal(await bystander.hasSession(), true);
    });
  });
});

function logoutStep(provider: SamlifyProvider, entityId: string, who: Account): Step {
  const { url, fields } = provider.logoutRequest(entityId, who, `_session-of-${who.uid}`);
  return { method: 'POST', url, fields, from: new URL(provider.ssoUrl).origin };
}

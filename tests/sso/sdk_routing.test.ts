// Single sign-on as an application meets it through the official SDK: which connection a sign-in
// goes to, what comes back, and launches from the provider's own portal.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ScalekitClient } from '@scalekit-sdk/node';
import { REDIRECT_URI, sdk } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import type { Step } from './browser.js';
import { account, assertIs, INITIATE_LOGIN_URI, SEED, Visitor } from './journey.js';
import { OidcProvider } from './oidc_provider.js';
import { SamlifyProvider } from './samlify_provider.js';
import type { Account } from './saml_provider.js';
import { Tenant, type Connection } from './tenant.js';

const MEMBERS: Account[] = Array.from({ length: 12 }, () => account('globex-sso.com'));

describe('the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  const saml = new SamlifyProvider();
  let openid: OidcProvider;
  let acme: Tenant;
  let globex: Tenant;
  let bySaml: Connection;
  let byOpenid: Connection;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    openid = await OidcProvider.start(MEMBERS);
    await saml.listen();
    client = sdk(gatehouse);
    acme = await Tenant.create(gatehouse, 'Acme', 'acme-sso.com');
    globex = await Tenant.create(gatehouse, 'Globex', 'globex-sso.com');
    bySaml = await acme.saml(saml, { signed: 'both' });
    byOpenid = await globex.oidc(openid);
  });
  after(async () => await Promise.all([saml.stop(), openid?.stop(), gatehouse?.stop()]));

  type Selectors = NonNullable<Parameters<ScalekitClient['getAuthorizationUrl']>[1]>;
  const urlOf = (selectors: Selectors): string =>
    client.getAuthorizationUrl(REDIRECT_URI, { state: 'kept', ...selectors });
  const somebody = (): Visitor => new Visitor(gatehouse, account('acme-sso.com'));

  // Which provider the browser is sent to.
  const providerOf = async (url: string): Promise<string> => {
    const isThere = ({ url: at }: Step): boolean => new URL(at).hostname === '127.0.0.1';
    const end = await somebody().browser.travel(url, isThere, []);
    return end.step ? new URL(end.step.url).origin : `page ${end.page?.status}`;
  };
  const [samlOrigin, openidOrigin] = [
    () => new URL(saml.ssoUrl).origin,
    () => new URL(openid.issuer).origin,
  ];

  test('lists the connections that lead to a domain', async () => {
    const idsOf = async (domain: string): Promise<string[]> =>
      (await client.connection.listConnectionsByDomain(domain)).connections.map(({ id }) => id);
    assert.deepEqual(await idsOf('acme-sso.com'), [bySaml.id]);
    assert.deepEqual(await idsOf('globex-sso.com'), [byOpenid.id]);
    assert.deepEqual(await idsOf('sub.acme-sso.com'), []);
  });

  describe('leads a sign-in to the provider', () => {
    test('of the connection', async () => {
      assert.equal(await providerOf(urlOf({ connectionId: bySaml.id })), samlOrigin());
      assert.equal(await providerOf(urlOf({ connectionId: byOpenid.id })), openidOrigin());
    });
    test('of the organization', async () => {
      assert.equal(await providerOf(urlOf({ organizationId: acme.id })), samlOrigin());
      assert.equal(await providerOf(urlOf({ organizationId: globex.id })), openidOrigin());
    });
    test('of the domain', async () => {
      assert.equal(await providerOf(urlOf({ domainHint: 'acme-sso.com' })), samlOrigin());
      assert.equal(await providerOf(urlOf({ domainHint: 'globex-sso.com' })), openidOrigin());
    });
    test('of the domain of the address', async () => {
      assert.equal(await providerOf(urlOf({ loginHint: 'x@acme-sso.com' })), samlOrigin());
      assert.equal(await providerOf(urlOf({ loginHint: 'x@globex-sso.com' })), openidOrigin());
    });
    test('by the most exact of what is said', async () => {
      const all = {
        connectionId: bySaml.id,
        organizationId: globex.id,
        domainHint: 'globex-sso.com',
        loginHint: 'x@globex-sso.com',
      };
      assert.equal(await providerOf(urlOf(all)), samlOrigin());
      const { connectionId: _, ...rest } = all;
      assert.equal(await providerOf(urlOf(rest)), openidOrigin());
      const domainFirst = { domainHint: 'acme-sso.com', loginHint: 'x@globex-sso.com' };
      assert.equal(await providerOf(urlOf(domainFirst)), samlOrigin());
    });
    test('of the address that is typed on the page', async () => {
      const ada = somebody();
      const isThere = ({ url }: Step): boolean => url.startsWith(samlOrigin());
      const end = await ada.go(urlOf({}), [], isThere);
      assert.ok(end.step && isThere(end.step), ada.described(end));
    });
  });

  describe('does not lead to one', () => {
    test('by a part of a domain, or a domain nobody has', async () => {
      for (const domain of ['sub.acme-sso.com', 'acme-sso.com.evil.com', 'nobodys-sso.com']) {
        const end = await somebody().browser.travel(
          urlOf({ domainHint: domain }),
          ({ url }) => new URL(url).hostname === '127.0.0.1',
          [],
        );
        assert.ok(end.page && end.page.status === 200, domain);
      }
    });
    test('by a connection that does not exist', async () => {
      const ada = somebody();
      const url = urlOf({ connectionId: 'conn_123456789012345678' });
      await ada.assertRefused(await ada.go(url), 'invalid_connection_id');
    });
    test('by an organization that does not exist', async () => {
      const ada = somebody();
      const url = urlOf({ organizationId: 'org_123456789012345678' });
      await ada.assertRefused(await ada.go(url), 'invalid_organization_id');
    });
    test('by a social provider that nobody set up', async () => {
      const ada = somebody();
      const url = urlOf({ provider: 'google' });
      await ada.assertRefused(await ada.go(url), 'no_configured_connections');
    });
  });

  test('redeems the code for the user, the connection and the organization', async () => {
    const ada = somebody();
    const end = await ada.go(urlOf({ organizationId: acme.id }), [saml.handOf(ada.person)]);
    const callback = ada.callbackOf(end);
    assert.equal(callback.searchParams.get('state'), 'kept');
    const signedIn = await ada.redeem(callback);
    assertIs(signedIn, ada.person, acme, bySaml);
    const claims = await client.validateToken<{ iss: string; aud: string[] }>(signedIn.idToken);
    assert.equal(claims.iss, gatehouse.url);
    assert.deepEqual(claims.aud, [gatehouse.ready.client_id]);
    await assert.rejects(ada.redeem(callback), 'a code is good once');

    const who = MEMBERS[0];
    assert.ok(who);
    const bob = new Visitor(gatehouse, who);
    const other = await bob.go(urlOf({ loginHint: who.email }), [openid.handOf(who)]);
    assertIs(await bob.redeem(bob.callbackOf(other)), who, globex, byOpenid);
  });

  test('signs in by a social provider of the environment', async () => {
    // No OAuth provider is at hand that nobody here wrote; where it leads is what is proven.
    const { api } = acme;
    const made = await api.call('POST', '/connections', {
      type: 'OAUTH',
      provider: 'GITHUB',
      key_id: 'github',
    });
    const id = String((made['connection'] as { id: string }).id);
    await api.call('PATCH', `/connections/${id}`, {
      type: 'OAUTH',
      provider: 'GITHUB',
      debug_enabled: true,
      oauth_config: {
        authorize_uri: 'http://127.0.0.1:9/authorize',
        token_uri: 'http://127.0.0.1:9/token',
        user_info_uri: 'http://127.0.0.1:9/user',
        client_id: 'a-client-of-github',
        client_secret: 'a-secret-of-that-client',
        scopes: ['user:email'],
      },
    });
    await api.call('PATCH', `/connections/${id}:enable`, {});
    const isThere = ({ url }: Step): boolean => new URL(url).hostname !== 'localhost';
    const end = await somebody().browser.travel(urlOf({ provider: 'github' }), isThere, []);
    const asked = new URL(end.step?.url ?? '');
    assert.equal(asked.searchParams.get('client_id'), 'a-client-of-github');
    const redirectUri = `${gatehouse.url}/sso/v1/oauth/${id}/callback`;
    assert.equal(asked.searchParams.get('redirect_uri'), redirectUri);
  });

  describe('a launch from the portal of the provider', () => {
    const launched = async (ada: Visitor, relayState?: string): Promise<URL> => {
      const entityId = String(bySaml.settings['sp_entity_id']);
      const start = saml.launchUrl(entityId, relayState);
      const end = await ada.go(start, [saml.handOf(ada.person)]);
      assert.ok(end.step?.url.startsWith(INITIATE_LOGIN_URI) === true, ada.described(end));
      return new URL(end.step?.url ?? '');
    };

    test('is handed to the application, which signs in by it', async () => {
      const ada = somebody();
      const at = await launched(ada, 'the-deep-page');
      assert.equal(await ada.hasSession(), false, 'a launch alone signs nobody in');
      const token = at.searchParams.get('idp_initiated_login') ?? '';
      const claims = await client.getIdpInitiatedLoginClaims(token);
      assert.equal(claims.connection_id, bySaml.id);
      assert.equal(claims.organization_id, acme.id);
      assert.equal(claims.login_hint, ada.person.email);
      assert.equal(claims.relay_state, 'the-deep-page');
      const url = client.getAuthorizationUrl(REDIRECT_URI, {
        connectionId: claims.connection_id,
        organizationId: claims.organization_id,
        loginHint: claims.login_hint,
        ...(claims.relay_state && { state: claims.relay_state }),
      });
      const end = await ada.go(url, [saml.handOf(ada.person)]);
      const callback = ada.callbackOf(end);
      assert.equal(callback.searchParams.get('state'), 'the-deep-page');
      assertIs(await ada.redeem(callback), ada.person, acme, bySaml);
    });

    test('without a relay state has none in its token', async () => {
      const at = await launched(somebody());
      const token = at.searchParams.get('idp_initiated_login') ?? '';
      const claims = await client.getIdpInitiatedLoginClaims(token);
      assert.ok(!claims.relay_state);
    });

    test('with a forged token is nothing to the SDK', async () => {
      const at = await launched(somebody());
      const token = at.searchParams.get('idp_initiated_login') ?? '';
      const forged = token.replace(/.(?=.{10}$)/, (sign) => (sign === 'A' ? 'B' : 'A'));
      await assert.rejects(client.getIdpInitiatedLoginClaims(forged));
    });

    test('counts once', async () => {
      const ada = somebody();
      const entityId = String(bySaml.settings['sp_entity_id']);
      const isAnswer = ({ url }: Step): boolean => url.includes('/sso/v1/saml/');
      const end = await ada.go(saml.launchUrl(entityId), [saml.handOf(ada.person)], isAnswer);
      assert.ok(end.step);
      const first = await ada.go(end.step);
      assert.ok(first.step?.url.startsWith(INITIATE_LOGIN_URI) === true, ada.described(first));
      const second = await ada.go(end.step);
      const isLetIn = second.step?.url.includes('idp_initiated_login=') ?? false;
      assert.equal(isLetIn, false, 'the same response again');
    });

    test('is no answer to what a browser asked', async () => {
      const ada = somebody();
      await ada.answerOf({ connection_id: bySaml.id }, saml.handOf(ada.person));
      await launched(ada);
      assert.equal(await ada.hasSession(), false);
    });
  });
});

// Organizations and the clients of organizations by our SDK, as the official one sees them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { collected, refusedHere, same, sameFailure, startBoth, type Both } from './management.js';

const UNKNOWN = 'org_123456789012345678';
const portalOf = (location: string): string | undefined =>
  new URL(location).pathname.split('/')[1];

describe('organizations through our SDK', () => {
  let both: Both;
  let id: string;
  before(async () => {
    both = await startBoth();
    const made = await both.ours.organization.createOrganization('Megasoft', {
      externalId: 'mega-1',
      slug: 'auth.megasoft.com',
      logoUrl: 'https://megasoft.com/logo.png',
      metadata: { tier: 'gold' },
    });
    id = made.organization?.id ?? '';
  });
  after(async () => await both?.gatehouse.stop());

  test('what is created is read back as the official SDK reads it', async () => {
    const { ours, official } = both;
    await same(ours.organization.getOrganization(id), official.organization.getOrganization(id));
    await same(
      ours.organization.getOrganizationByExternalId('mega-1'),
      official.organization.getOrganizationByExternalId('mega-1'),
    );
    const { organization } = await ours.organization.getOrganization(id);
    assert.equal(organization?.slug, 'auth.megasoft.com');
    assert.deepEqual(organization?.metadata, { tier: 'gold' });
    assert.equal(organization?.regionCode, 'REGION_CODE_UNSPECIFIED');
    assert.ok(Date.parse(organization?.createTime ?? '') > 0);
  });

  test('an update keeps what it does not name', async () => {
    const { ours } = both;
    const renamed = await ours.organization.updateOrganization(id, { displayName: 'Mega Corp' });
    assert.equal(renamed.organization?.displayName, 'Mega Corp');
    assert.equal(renamed.organization?.externalId, 'mega-1');
    const change = { metadata: { tier: 'lead' }, slug: undefined };
    const tagged = await ours.organization.updateOrganizationByExternalId('mega-1', change);
    assert.deepEqual(tagged.organization?.metadata, { tier: 'lead' });
    assert.equal(tagged.organization?.slug, 'auth.megasoft.com');
  });

  test('pages follow each other, and the iterator walks all of them', async () => {
    const { ours, official } = both;
    for (let number = 0; number < 5; number += 1) {
      await ours.organization.createOrganization(`Customer ${number}`);
    }
    const first = await ours.organization.listOrganization({ pageSize: 2 });
    assert.equal(first.organizations.length, 2);
    const next = { pageSize: 2, pageToken: first.nextPageToken };
    await same(
      ours.organization.listOrganization(next),
      official.organization.listOrganization(next),
    );
    await same(ours.organization.listOrganization(), official.organization.listOrganization());
    const all = await collected(ours.organization.listAllOrganizations({ pageSize: 2 }));
    assert.equal(all.length, first.totalSize);
    assert.equal(new Set(all.map((organization) => organization.id)).size, first.totalSize);
    for await (const one of ours.organization.listAllOrganizations({ pageSize: 2 })) {
      assert.equal(one.displayName, 'Customer 4');
      break;
    }
  });

  test('a search finds parts of names, and lists are lists even when empty', async () => {
    const { ours, official } = both;
    await same(
      ours.organization.searchOrganization('CUSTOMER', 2),
      official.organization.searchOrganization('CUSTOMER', 2),
    );
    const nothing = await ours.organization.searchOrganization('zzzz-nobody');
    assert.deepEqual(nothing, {
      organizations: [],
      totalSize: 0,
      nextPageToken: '',
      prevPageToken: '',
    });
    await refusedHere(ours.organization.searchOrganization('  '), /query is required/);
  });

  test('settings: features, people, session policy', async () => {
    const { ours, official } = both;
    const { organization } = await ours.organization.updateOrganizationSettings(id, {
      features: [{ name: 'sso', enabled: false }],
    });
    const sso = organization?.settings?.features.find((feature) => feature.name === 'sso');
    assert.deepEqual(sso, { name: 'sso', enabled: false });
    const settings = await ours.organization.upsertUserManagementSettings(id, {
      maxAllowedUsers: 7,
    });
    assert.deepEqual(settings, { maxAllowedUsers: 7 });
    await same(
      ours.organization.getOrganizationUserManagementSetting(id),
      official.organization.getOrganizationUserManagementSetting(id),
    );
    const policy = await ours.organization.updateOrganizationSessionPolicy(id, {
      policySource: 'CUSTOM',
      absoluteSessionTimeout: 12,
      absoluteSessionTimeoutUnit: 'HOURS',
      idleSessionTimeoutEnabled: true,
      idleSessionTimeout: 30,
      idleSessionTimeoutUnit: 'MINUTES',
    });
    assert.equal(policy.policySource, 'CUSTOM');
    assert.equal(policy.absoluteSessionTimeout, 12);
    await same(
      ours.organization.getOrganizationSessionPolicy(id),
      official.organization.getOrganizationSessionPolicy(id),
    );
    const policySource = 'SOMETIMES' as 'APPLICATION';
    await refusedHere(
      ours.organization.updateOrganizationSessionPolicy(id, { policySource }),
      /APPLICATION or CUSTOM/,
    );
  });

  test('a portal link leads to the portal', async () => {
    const link = await both.ours.organization.generatePortalLink(id, { features: ['dir_sync'] });
    assert.ok(link.location.startsWith(both.gatehouse.url), link.location);
    assert.ok(Date.parse(link.expireTime ?? '') > 0);
    const official = await both.official.organization.generatePortalLink(id);
    assert.equal(portalOf(official.location), portalOf(link.location));
    const none = { features: ['cooking' as 'sso'] };
    await refusedHere(both.ours.organization.generatePortalLink(id, none), /features are/);
  });

  test('what is taken, missing, unknown or too long fails as it does there', async () => {
    const ours = both.ours.organization;
    const official = both.official.organization;
    const twin = { externalId: 'mega-1' };
    await sameFailure(
      ours.createOrganization('Twin', twin),
      official.createOrganization('Twin', twin),
      'ScalekitConflictException',
    );
    await sameFailure(
      ours.getOrganization(UNKNOWN),
      official.getOrganization(UNKNOWN),
      'ScalekitNotFoundException',
    );
    const long = 'n'.repeat(300);
    const refused = await sameFailure(
      ours.createOrganization(long),
      official.createOrganization(long),
      'ScalekitBadRequestException',
    );
    assert.deepEqual(
      refused.fieldViolations.map((violation) => violation.field),
      ['organization.display_name'],
    );
    await refusedHere(ours.getOrganization(''), /id is required/);
    await refusedHere(ours.deleteOrganization(undefined as never), /organizationId is required/);
    await refusedHere(ours.getOrganization({} as never), /id is required/);
  });

  test('a deleted one is gone', async () => {
    const { ours } = both;
    const made = await ours.organization.createOrganization('Brief');
    const brief = made.organization?.id ?? '';
    assert.deepEqual(await ours.organization.deleteOrganization(brief), {});
    await assert.rejects(ours.organization.getOrganization(brief), { code: 'not_found' });
  });

  test('clients of an organization: made, read, changed, given a secret, deleted', async () => {
    const { ours, official } = both;
    const made = await ours.m2m.createOrganizationClient(id, {
      name: 'Importer',
      customClaims: { team: 'data' },
      audience: ['https://api.megasoft.com'],
      scopes: ['read:all'],
    });
    assert.ok(made.plainSecret);
    const client = made.client?.clientId ?? '';
    assert.deepEqual(made.client?.customClaims, [{ key: 'team', value: 'data' }]);
    await same(
      ours.m2m.getOrganizationClient(id, client),
      official.m2m.getOrganizationClient(id, client),
    );
    const changed = await ours.m2m.updateOrganizationClient(id, client, { name: 'Reader' });
    assert.equal(changed.client?.name, 'Reader');
    assert.deepEqual(changed.client?.scopes, ['read:all']);
    const second = await ours.m2m.addOrganizationClientSecret(id, client);
    const secret = second.secret?.id ?? '';
    assert.ok(await ours.generateClientToken(client, second.plainSecret));
    await ours.m2m.removeOrganizationClientSecret(id, client, secret);
    await assert.rejects(ours.generateClientToken(client, second.plainSecret), {
      code: 'invalid_client',
    });
    await same(ours.m2m.listOrganizationClients(id), official.m2m.listOrganizationClients(id));
    const all = await collected(ours.m2m.listAllOrganizationClients(id, { pageSize: 1 }));
    assert.deepEqual(
      all.map((one) => one.clientId),
      [client],
    );
    await ours.m2m.deleteOrganizationClient(id, client);
    await sameFailure(
      ours.m2m.getOrganizationClient(id, client),
      official.m2m.getOrganizationClient(id, client),
      'ScalekitNotFoundException',
    );
    await refusedHere(ours.m2m.createOrganizationClient(''), /organizationId is required/);
  });
});

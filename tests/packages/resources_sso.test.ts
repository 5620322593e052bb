// Connections, domains, directories and events by our SDK, as the official one sees them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { collected, refusedHere, same, sameFailure, startBoth, type Both } from './management.js';

const UNKNOWN = 'org_123456789012345678';

describe('single sign-on through our SDK', () => {
  let both: Both;
  let acme: string;
  before(async () => {
    both = await startBoth();
    const { organization } = await both.ours.organization.createOrganization('Rockets');
    acme = organization?.id ?? '';
  });
  after(async () => await both?.gatehouse.stop());

  test('a connection is made, read, switched on and off, listed and deleted', async () => {
    const ours = both.ours.connection;
    const official = both.official.connection;
    const { connection } = await ours.createConnection(acme, {
      provider: 'IDP_SIMULATOR',
      type: 'OIDC',
    });
    const id = connection?.id ?? '';
    assert.equal(connection?.type, 'OIDC');
    assert.equal(connection?.enabled, false);
    await same(ours.getConnection(acme, id), official.getConnection(acme, id));
    assert.deepEqual((await ours.listConnections(acme)).connections, []);
    assert.equal((await ours.enableConnection(acme, id)).enabled, true);
    await both.ours.domain.createDomain(acme, 'rockets-sso.com');
    await same(ours.listConnections(acme), official.listConnections(acme));
    await same(
      ours.listConnectionsByDomain('rockets-sso.com'),
      official.listConnectionsByDomain('rockets-sso.com'),
    );
    const everywhere = await collected(ours.listAllOrganizationConnections({ pageSize: 1 }));
    assert.ok(everywhere.some((one) => one.id === id));
    assert.equal((await ours.disableConnection(acme, id)).enabled, false);
    assert.deepEqual(await ours.deleteConnection(acme, id), {});
    await sameFailure(
      ours.getConnection(acme, id),
      official.getConnection(acme, id),
      'ScalekitNotFoundException',
    );
  });

  test('connections of applications are listed; what cannot be is refused', async () => {
    const ours = both.ours.connection;
    const official = both.official.connection;
    await same(
      ours.listAppConnections({ pageSize: 10, provider: 'GOOGLE' }),
      official.listAppConnections({ pageSize: 10, provider: 'GOOGLE' }),
    );
    assert.deepEqual(await collected(ours.listAllAppConnections({ provider: 'GOOGLE' })), []);
    const { connection } = await ours.createConnection(acme, { provider: 'OKTA', type: 'OIDC' });
    const id = connection?.id ?? '';
    await sameFailure(
      ours.enableConnection(acme, id),
      official.enableConnection(acme, id),
      'ScalekitBadRequestException',
    );
    await assert.rejects(ours.createConnection(acme, { type: 'NO_SUCH' as 'OIDC' }), {
      code: 'invalid_argument',
    });
    await refusedHere(ours.getConnection(acme, ''), /id is required/);
    await refusedHere(ours.listConnectionsByDomain(''), /domain is required/);
  });

  test('domains', async () => {
    const ours = both.ours.domain;
    const official = both.official.domain;
    const { domain } = await ours.createDomain(acme, 'rockets-join.com', {
      domainType: 'ALLOWED_EMAIL_DOMAIN',
    });
    const id = domain?.id ?? '';
    assert.equal(domain?.verificationStatus, 'AUTO_VERIFIED');
    await same(ours.getDomain(acme, id), official.getDomain(acme, id));
    const filter = { domainType: 'ALLOWED_EMAIL_DOMAIN' };
    await same(ours.listDomains(acme, filter), official.listDomains(acme, filter));
    await refusedHere(ours.listDomains(acme, { domainType: 'ANY' }), /domainType is one of/);
    await sameFailure(
      ours.createDomain(acme, 'gmail.com'),
      official.createDomain(acme, 'gmail.com'),
      'ScalekitBadRequestException',
    );
    await sameFailure(
      ours.listDomains(UNKNOWN),
      official.listDomains(UNKNOWN),
      'ScalekitNotFoundException',
    );
    assert.deepEqual(await ours.deleteDomain(acme, id), {});
    await assert.rejects(ours.getDomain(acme, id), { code: 'not_found' });
  });

  test('a directory, its people and its groups', async () => {
    const ours = both.ours.directory;
    const official = both.official.directory;
    await assert.rejects(ours.getPrimaryDirectoryByOrganizationId(acme), { code: 'not_found' });
    const { directory } = await ours.createDirectory(acme, {
      directoryType: 'SCIM',
      directoryProvider: 'OKTA',
    });
    const id = directory?.id ?? '';
    await same(ours.getDirectory(acme, id), official.getDirectory(acme, id));
    await same(ours.listDirectories(acme), official.listDirectories(acme));
    assert.equal((await ours.getPrimaryDirectoryByOrganizationId(acme)).id, id);
    const options = { pageSize: 10, includeDetail: true, updatedAfter: '2025-01-01T00:00:00Z' };
    await same(
      ours.listDirectoryUsers(acme, id, options),
      official.listDirectoryUsers(acme, id, options),
    );
    await same(
      ours.listDirectoryGroups(acme, id, options),
      official.listDirectoryGroups(acme, id, options),
    );
    assert.deepEqual(await collected(ours.listAllDirectoryUsers(acme, id, { pageSize: 1 })), []);
    assert.deepEqual(await collected(ours.listAllDirectoryGroups(acme, id)), []);
    const later = { updatedAfter: new Date(Date.now() + 3_600_000) };
    assert.deepEqual((await ours.listDirectoryUsers(acme, id, later)).users, []);
    const ofGroup = { directoryGroupId: 'dirgroup_1' };
    await sameFailure(
      ours.listDirectoryUsers(acme, id, ofGroup),
      official.listDirectoryUsers(acme, id, ofGroup),
      'ScalekitNotFoundException',
    );
    await refusedHere(ours.listDirectoryUsers(acme, id, { updatedAfter: '' }), /not a time/);
    const junk = { pageToken: 'nonsense' };
    await sameFailure(
      ours.listDirectoryUsers(acme, id, junk),
      official.listDirectoryUsers(acme, id, junk),
      'ScalekitBadRequestException',
    );
    assert.equal((await ours.enableDirectory(acme, id)).enabled, true);
    await sameFailure(
      ours.deleteDirectory(acme, id),
      official.deleteDirectory(acme, id),
      'ScalekitBadRequestException',
    );
    assert.equal((await ours.disableDirectory(acme, id)).enabled, false);
    assert.deepEqual(await ours.deleteDirectory(acme, id), {});
  });

  test('events: filtered, by page, and all', async () => {
    const ours = both.ours.events;
    const official = both.official.events;
    const filter = { eventTypes: ['organization.created'], organizationId: acme };
    await same(
      ours.listEventsPaginated(1, undefined, filter),
      official.listEventsPaginated(1, undefined, filter),
    );
    await same(ours.listEventsPaginated(), official.listEventsPaginated());
    const [created] = await collected(ours.listAllEvents(filter, { pageSize: 1 }));
    assert.equal(created?.type, 'organization.created');
    assert.equal(created?.object, 'Organization');
    const future = { startTime: new Date(Date.now() + 3_600_000) };
    assert.deepEqual((await ours.listEventsPaginated(5, undefined, future)).events, []);
    await sameFailure(
      ours.listEventsPaginated(5, 'nonsense'),
      official.listEventsPaginated(5, 'nonsense'),
      'ScalekitBadRequestException',
    );
  });
});

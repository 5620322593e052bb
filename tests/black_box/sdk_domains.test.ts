// Domains by the official SDK: what it offers of them, and how it sees failures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { sdk, SEED } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';

// The numbers of the contract's enums.
const ALLOWED_EMAIL_DOMAIN = 1;
const ORGANIZATION_DOMAIN = 2;
const VERIFIED = 2;

describe('domains through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
  });
  after(async () => await gatehouse?.stop());

  const organization = async (): Promise<string> =>
    (await client.organization.createOrganization('Rockets')).organization?.id ?? '';
  const added = async (id: string, name: string, domainType?: string) => {
    const { domain } = await client.domain.createDomain(id, name, domainType ? { domainType } : {});
    assert.ok(domain);
    return domain;
  };

  test('one is an organization domain unless told otherwise, and verified at once', async () => {
    const id = await organization();
    assert.deepEqual((await client.domain.listDomains(id)).domains, []);
    const domain = await added(id, 'rockets-default.com');
    assert.match(domain.id, /^dom_\d{15,19}$/);
    assert.equal(domain.domainType, ORGANIZATION_DOMAIN);
    assert.equal(domain.verificationStatus, VERIFIED);
    assert.equal(domain.organizationId, id);
    assert.deepEqual((await client.domain.getDomain(id, domain.id)).domain, domain);
  });

  test('the list is filtered by type', async () => {
    const id = await organization();
    await added(id, 'rockets-sso.com', 'ORGANIZATION_DOMAIN');
    await added(id, 'rockets-join.com', 'ALLOWED_EMAIL_DOMAIN');
    assert.equal((await client.domain.listDomains(id)).domains.length, 2);
    const joinable = await client.domain.listDomains(id, { domainType: 'ALLOWED_EMAIL_DOMAIN' });
    assert.deepEqual(
      joinable.domains.map(({ domain, domainType }) => [domain, domainType]),
      [['rockets-join.com', ALLOWED_EMAIL_DOMAIN]],
    );
  });

  test('names without a dot and public providers are bad requests', async () => {
    const id = await organization();
    for (const name of ['invalid-domain-name', 'gmail.com']) {
      const failure = await failureOf(client.domain.createDomain(id, name));
      assert.ok(failure instanceof ScalekitBadRequestException);
      assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
    }
    assert.ok(
      (await failureOf(client.domain.createDomain('org_', 'rockets-x.com'))) instanceof
        ScalekitBadRequestException,
    );
  });

  test('a name that another organization has is a conflict, until that is gone', async () => {
    const first = await organization();
    const second = await organization();
    await added(first, 'rockets-shared.com');
    const failure = await failureOf(client.domain.createDomain(second, 'rockets-shared.com'));
    assert.ok(failure instanceof ScalekitConflictException);
    assert.equal(failure.errorCode, 'ALREADY_EXISTS');
    await client.organization.deleteOrganization(first);
    await added(second, 'rockets-shared.com');
  });

  test('a deleted one is not found', async () => {
    const id = await organization();
    const domain = await added(id, 'rockets-gone.com');
    await client.domain.deleteDomain(id, domain.id);
    for (const call of [
      () => client.domain.getDomain(id, domain.id),
      () => client.domain.deleteDomain(id, domain.id),
      () => client.domain.getDomain(id, 'dom_123456789012345678'),
      () => client.domain.listDomains('org_123456789012345678'),
    ]) {
      const failure = await failureOf(call());
      assert.ok(failure instanceof ScalekitNotFoundException);
      assert.match(failure.message, /not found/);
    }
  });
});

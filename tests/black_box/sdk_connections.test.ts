// Connections by the official SDK: what it offers of them, and how it sees failures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { sdk, SEED } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';

type NewConnection = Parameters<ScalekitClient['connection']['createConnection']>[1];

// The numbers of the contract's enums.
const OKTA = 1;
const IDP_SIMULATOR = 14;
const OIDC = 1;
const SAML = 2;
const OAUTH = 4;
const DRAFT = 1;

const newConnection = (fields: object): NewConnection =>
  ({ providerKey: '', ...fields }) as unknown as NewConnection;

describe('connections through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  let acme: string;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
    acme = (await client.organization.createOrganization('Rockets')).organization?.id ?? '';
  });
  after(async () => await gatehouse?.stop());

  const made = async (fields: object) => {
    const { connection } = await client.connection.createConnection(acme, newConnection(fields));
    assert.ok(connection);
    return connection;
  };

  test('a new one has what was asked for, and is read back alike', async () => {
    const saml = await made({ provider: OKTA, type: SAML });
    assert.match(saml.id, /^conn_\d{15,19}$/);
    assert.equal(saml.provider, OKTA);
    assert.equal(saml.type, SAML);
    assert.equal(saml.organizationId, acme);
    assert.equal(saml.status, DRAFT);
    assert.equal(saml.enabled, false);
    assert.deepEqual((await client.connection.getConnection(acme, saml.id)).connection, saml);
    const oidc = await made({ provider: OKTA, type: OIDC });
    assert.equal(oidc.testConnectionUri, `${gatehouse.url}/sso/v1/oidc/${oidc.id}/test`);
  });

  test('the simulator can be switched on and off, and is listed while it is on', async () => {
    const { id } = await made({ provider: IDP_SIMULATOR, type: OIDC, providerKey: 'test-key' });
    const listed = async (): Promise<string[]> =>
      (await client.connection.listConnections(acme)).connections.map(
        (connection) => connection.id,
      );
    assert.deepEqual(await listed(), []);
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await client.connection.enableConnection(acme, id)).enabled, true);
    }
    assert.deepEqual(await listed(), [id]);
    await client.domain.createDomain(acme, 'rockets-sso.com');
    const byDomain = await client.connection.listConnectionsByDomain('rockets-sso.com');
    assert.deepEqual(
      byDomain.connections.map((connection) => connection.id),
      [id],
    );
    assert.deepEqual(
      (await client.connection.listConnectionsByDomain('nobodys-domain.com')).connections,
      [],
    );
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await client.connection.disableConnection(acme, id)).enabled, false);
    }
    assert.deepEqual(await listed(), []);
  });

  test('an unfinished one cannot be enabled', async () => {
    const { id } = await made({ provider: OKTA, type: OIDC });
    const failure = await failureOf(client.connection.enableConnection(acme, id));
    assert.ok(failure instanceof ScalekitBadRequestException);
    assert.equal(failure.errorCode, 'FAILED_PRECONDITION');
  });

  test('types that organizations do not have are bad requests', async () => {
    for (const fields of [{ provider: OKTA, type: OAUTH }, { type: OIDC }]) {
      const failure = await failureOf(
        client.connection.createConnection(acme, newConnection(fields)),
      );
      assert.ok(failure instanceof ScalekitBadRequestException);
      assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
    }
  });

  test('a deleted one is not found', async () => {
    const { id } = await made({ provider: OKTA, type: SAML });
    await client.connection.deleteConnection(acme, id);
    for (const call of [
      () => client.connection.getConnection(acme, id),
      () => client.connection.deleteConnection(acme, id),
      () => client.connection.enableConnection(acme, id),
      () => client.connection.getConnection('org_123456789012345678', id),
      () => client.connection.listConnections('org_123456789012345678'),
    ]) {
      const failure = await failureOf(call());
      assert.ok(failure instanceof ScalekitNotFoundException);
      assert.equal(failure.errorCode, 'NOT_FOUND');
    }
  });

  test('connections of applications are listed, page by page', async () => {
    const answer = await client.connection.listAppConnections({ pageSize: 10, provider: 'GOOGLE' });
    assert.deepEqual(answer.connections, []);
    assert.equal(answer.totalSize, 0);
    assert.equal(answer.nextPageToken, '');
  });
});

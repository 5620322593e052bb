// Clients of organizations by the official SDK: what it offers, their tokens, and its failures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { claimsOf, sdk, SEED } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';

const FULL = {
  name: 'Nightly sync',
  description: 'Copies orders',
  scopes: ['read', 'write', 'delete'],
  audience: ['my-own-api'],
  customClaims: { wksp_id: 'w1' },
};

interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

describe('clients of organizations through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  let acme: string;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
    acme = (await client.organization.createOrganization('Acme Machines')).organization?.id ?? '';
  });
  after(async () => await gatehouse?.stop());

  const create = async (
    options: Parameters<ScalekitClient['m2m']['createOrganizationClient']>[1] = FULL,
    organization = acme,
  ): Promise<{ id: string; secret: string; secretId: string }> => {
    const made = await client.m2m.createOrganizationClient(organization, options);
    assert.ok(made.client);
    return {
      id: made.client.clientId,
      secret: made.plainSecret,
      secretId: made.client.secrets[0]?.id ?? '',
    };
  };
  const token = async (fields: Record<string, string>, basic?: string): Promise<TokenAnswer> => {
    const answer = await fetch(`${gatehouse.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...fields,
      }),
      ...(basic === undefined
        ? {}
        : {
            headers: {
              authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
            },
          }),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as Record<string, unknown>,
    };
  };

  test('one is created with a secret, and read back as it is', async () => {
    const made = await client.m2m.createOrganizationClient(acme, FULL);
    assert.ok(made.client && made.plainSecret);
    assert.match(made.client.clientId, /^m2morg_\d+$/);
    assert.equal(made.client.organizationId, acme);
    assert.equal(made.client.expiry, 3600n);
    assert.deepEqual(made.client.scopes, FULL.scopes);
    assert.deepEqual(made.client.audience, FULL.audience);
    assert.deepEqual(
      made.client.customClaims.map(({ key, value }) => [key, value]),
      [['wksp_id', 'w1']],
    );
    assert.equal(made.client.secrets.length, 1);
    const { client: found } = await client.m2m.getOrganizationClient(acme, made.client.clientId);
    assert.deepEqual(found, made.client);
  });

  test('its token verifies by the SDK and says whose it is', async () => {
    const { id, secret } = await create();
    const { status, body } = await token({
      client_id: id,
      client_secret: secret,
      scope: 'write read',
    });
    assert.equal(status, 200);
    assert.equal(body['scope'], 'write read');
    const accessToken = String(body['access_token']);
    await client.validateToken(accessToken, {
      issuer: gatehouse.url,
      audience: ['my-own-api'],
      requiredScopes: ['read', 'write'],
    });
    const claims = claimsOf(accessToken);
    assert.equal(claims['sub'], id);
    assert.equal(claims['client_id'], id);
    assert.equal(claims['oid'], acme);
    assert.deepEqual(claims['aud'], ['my-own-api']);
    assert.deepEqual(claims['custom_claims'], { wksp_id: 'w1' });
    assert.equal((await token({}, `${id}:${secret}`)).status, 200);
  });

  test('a scope it lacks and a wrong secret are refused', async () => {
    const { id, secret } = await create();
    const scope = await token({
      client_id: id,
      client_secret: secret,
      scope: 'read admin',
    });
    assert.equal(scope.body['error'], 'invalid_scope');
    const wrong = await token({ client_id: id, client_secret: `${secret}x` });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.body['error'], 'invalid_client');
  });

  test('an update echoes what it changed and keeps the rest', async () => {
    const { id } = await create();
    const { client: updated } = await client.m2m.updateOrganizationClient(acme, id, {
      name: 'Weekly sync',
      description: 'Copies all',
    });
    assert.equal(updated?.name, 'Weekly sync');
    assert.equal(updated.description, 'Copies all');
    assert.deepEqual(updated.scopes, FULL.scopes);
  });

  test('a second secret stands behind the first; the last one cannot be removed', async () => {
    const { id, secret, secretId } = await create();
    const second = await client.m2m.addOrganizationClientSecret(acme, id);
    const { client: found } = await client.m2m.getOrganizationClient(acme, id);
    assert.equal(found?.secrets.length, 2);
    assert.equal(found.secrets[1]?.id, second.secret?.id);
    await client.m2m.removeOrganizationClientSecret(acme, id, secretId);
    assert.equal((await token({ client_id: id, client_secret: secret })).status, 401);
    assert.equal((await token({ client_id: id, client_secret: second.plainSecret })).status, 200);
    const failure = await failureOf(
      client.m2m.removeOrganizationClientSecret(acme, id, second.secret?.id ?? ''),
    );
    assert.ok(failure instanceof ScalekitBadRequestException);
    assert.match(failure.message, /last client cannot be deleted/);
    assert.equal(failure.errorCode, 'FAILED_PRECONDITION');
  });

  test('the list has pages and a total; an empty organization has none', async () => {
    const made = await client.organization.createOrganization('Listed Machines');
    const listed = made.organization?.id ?? '';
    const empty = await client.m2m.listOrganizationClients(listed);
    assert.equal(empty.totalSize, 0);
    assert.deepEqual(empty.clients, []);
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.unshift((await create({ name: `n${i}` }, listed)).id);
    const first = await client.m2m.listOrganizationClients(listed, {
      pageSize: 2,
    });
    assert.equal(first.totalSize, 3);
    const second = await client.m2m.listOrganizationClients(listed, {
      pageSize: 2,
      pageToken: first.nextPageToken,
    });
    const all = [...first.clients, ...second.clients];
    assert.deepEqual(
      all.map(({ clientId }) => clientId),
      ids,
    );
    assert.equal(second.nextPageToken, '');
  });

  test('a deleted one is gone, and an unknown one was never there', async () => {
    const { id, secret } = await create();
    await client.m2m.deleteOrganizationClient(acme, id);
    assert.equal((await token({ client_id: id, client_secret: secret })).status, 401);
    for (const call of [
      () => client.m2m.getOrganizationClient(acme, id),
      () => client.m2m.deleteOrganizationClient(acme, id),
      () => client.m2m.addOrganizationClientSecret(acme, 'm2morg_1'),
      () => client.m2m.listOrganizationClients('org_1'),
    ]) {
      const failure = await failureOf(call());
      assert.ok(failure instanceof ScalekitNotFoundException);
      assert.equal(failure.errorCode, 'NOT_FOUND');
      assert.match(failure.message, /not found/);
    }
  });

  test('a name that is too long is refused', async () => {
    const failure = await failureOf(create({ name: 'n'.repeat(129) }));
    assert.ok(failure instanceof ScalekitBadRequestException);
    assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
  });

  test('its token does not open the management API', async () => {
    const { id, secret } = await create();
    const { body } = await token({ client_id: id, client_secret: secret });
    const answer = await fetch(`${gatehouse.url}/api/v1/organizations`, {
      headers: { authorization: `Bearer ${String(body['access_token'])}` },
    });
    assert.ok([401, 403].includes(answer.status));
  });
});

// API tokens by the official SDK: from their making to their end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  ScalekitValidateTokenFailureException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { ADA, sdk, SEED } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';

describe('API tokens through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  let acme: string;
  let ada: string;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
    const { organizations } = await client.organization.searchOrganization('Acme');
    acme = organizations[0]?.id ?? '';
    const { users } = await client.user.listOrganizationUsers(acme, {
      pageSize: 10,
    });
    ada = users.find(({ email }) => email === ADA)?.id ?? '';
    assert.ok(acme && ada);
  });
  after(async () => await gatehouse?.stop());

  const fails = async (token: string): Promise<void> => {
    await assert.rejects(client.token.validateToken(token), (failure) => {
      assert.ok(failure instanceof ScalekitValidateTokenFailureException, String(failure));
      assert.match(failure.message, /token not found/);
      return true;
    });
  };

  test('one of an organization is validated by itself and by its id', async () => {
    const seconds = BigInt(Math.floor(Date.now() / 1000) + 3600);
    const made = await client.token.createToken(acme, {
      description: 'CI',
      customClaims: { env: 'test', scope: 'read' },
      expiry: { $typeName: 'google.protobuf.Timestamp', seconds, nanos: 0 },
    });
    assert.ok(made.tokenId.startsWith('apit_'));
    for (const reference of [made.token, made.tokenId]) {
      const { tokenInfo } = await client.token.validateToken(reference);
      assert.equal(tokenInfo?.tokenId, made.tokenId);
      assert.equal(tokenInfo.organizationId, acme);
      assert.deepEqual(tokenInfo.customClaims, { env: 'test', scope: 'read' });
      assert.equal(tokenInfo.description, 'CI');
      assert.equal(tokenInfo.expiry?.seconds, seconds);
      assert.ok(made.token.endsWith(tokenInfo.tokenSuffix));
    }
  });

  test('one of a member tells who they are and what their roles are', async () => {
    const { token } = await client.token.createToken(acme, { userId: ada });
    const { tokenInfo } = await client.token.validateToken(token);
    assert.equal(tokenInfo?.userId, ada);
    assert.equal(tokenInfo.email, ADA);
    assert.deepEqual(tokenInfo.roles, ['admin']);
    const stranger = await failureOf(
      client.token.createToken(acme, { userId: 'usr_1000000000000000' }),
    );
    assert.ok(stranger instanceof ScalekitNotFoundException);
  });

  test('one of a member ends with the membership', async () => {
    const { user } = await client.user.createUserAndMembership(acme, {
      email: 'leaver@acme.test',
      sendInvitationEmail: false,
    });
    const id = user?.id ?? '';
    const { token } = await client.token.createToken(acme, { userId: id });
    await client.token.validateToken(token);
    await client.user.deleteMembership(acme, id);
    await fails(token);
  });

  test('an unknown or invalidated one fails to validate, not to authenticate', async () => {
    const made = await client.token.createToken(acme);
    await client.token.invalidateToken(made.tokenId);
    await client.token.invalidateToken(made.tokenId);
    await client.token.invalidateToken(made.token);
    for (const reference of [made.token, made.tokenId, 'apit_1', 'ghapi_none', 'nonsense']) {
      await fails(reference);
    }
    const unknown = await failureOf(client.token.invalidateToken('apit_1'));
    assert.ok(unknown instanceof ScalekitNotFoundException);
    const { tokens } = await client.token.listTokens(acme, { pageSize: 30 });
    assert.ok(!tokens.some(({ tokenId }) => tokenId === made.tokenId));
  });

  test('claims given replace the old, and no claims leave them', async () => {
    const made = await client.token.createToken(acme, {
      customClaims: { a: '1', b: '2' },
      description: 'first',
    });
    type Change = Parameters<typeof client.token.updateToken>[1];
    const change = async (options: Change) =>
      (await client.token.updateToken(made.tokenId, options)).tokenInfo;
    assert.deepEqual((await change({ customClaims: { c: '3' } }))?.customClaims, { c: '3' });
    const emptied = await change({ customClaims: {} });
    assert.deepEqual(emptied?.customClaims, { c: '3' });
    assert.equal(emptied.description, 'first');
    assert.equal((await change({ description: '' }))?.description, undefined);
    const refused = await failureOf(
      client.token.updateToken(made.tokenId, { customClaims: { c: '' } }),
    );
    assert.ok(refused instanceof ScalekitBadRequestException);
    assert.equal(refused.errorCode, 'INVALID_ARGUMENT');
    const { tokenInfo } = await client.token.validateToken(made.token);
    assert.deepEqual(tokenInfo?.customClaims, { c: '3' });
  });

  test('a list goes by pages, and can be of one member', async () => {
    const { organization } = await client.organization.createOrganization('Paged');
    const id = organization?.id ?? '';
    const made: string[] = [];
    for (let i = 0; i < 3; ++i) made.unshift((await client.token.createToken(id)).tokenId);
    const first = await client.token.listTokens(id, { pageSize: 1 });
    assert.deepEqual([first.totalCount, first.tokens[0]?.tokenId], [3, made[0]]);
    assert.ok(first.nextPageToken.length > 0 && first.nextPageToken.length <= 32);
    const second = await client.token.listTokens(id, {
      pageSize: 1,
      pageToken: first.nextPageToken,
    });
    assert.equal(second.tokens[0]?.tokenId, made[1]);
    assert.equal((await client.token.listTokens(id)).tokens.length, 3);
    const own = await client.token.listTokens(acme, { userId: ada });
    assert.ok(own.tokens.every(({ userId }) => userId === ada));
    for (const options of [{ pageSize: 31 }, { pageToken: 'nonsense' }]) {
      const refused = await failureOf(client.token.listTokens(id, options));
      assert.ok(refused instanceof ScalekitBadRequestException, String(refused));
    }
    const unknown = await failureOf(client.token.listTokens('org_1000000000000000'));
    assert.ok(unknown instanceof ScalekitNotFoundException);
  });
});

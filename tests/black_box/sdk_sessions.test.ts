// Sessions by the official SDK: those that sign-ins make, and their end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { claimsOf, sdk, SEED, signIn } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';

describe('sessions through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
  });
  after(async () => await gatehouse?.stop());

  // A sign-in of its own, and the ids in its token.
  const session = async (email: string) => {
    const signed = await signIn(gatehouse, email);
    const { sid, sub, oid } = claimsOf(signed.accessToken) as Record<string, string>;
    return {
      ...signed,
      id: sid ?? '',
      user: sub ?? '',
      organization: oid ?? '',
    };
  };

  test('one says whose it is, how it stands and for whom', async () => {
    const { id, user, organization } = await session('one@acme.test');
    const found = await client.session.getSession(id);
    assert.deepEqual([found.sessionId, found.userId, found.status], [id, user, 'active']);
    assert.equal(found.organizationId, organization);
    assert.deepEqual(found.authenticatedOrganizations, [organization]);
    assert.equal(found.authenticatedClients[0]?.clientId, gatehouse.ready.client_id);
    assert.equal(found.device?.ip, '127.0.0.1');
    assert.ok(found.absoluteExpiresAt && found.createdAt && found.lastActiveAt);
  });

  test('a user without sessions has an empty list', async () => {
    const { organization } = await client.organization.createOrganization('Quiet');
    const { user } = await client.user.createUserAndMembership(organization?.id ?? '', {
      email: 'quiet@acme.test',
      sendInvitationEmail: false,
    });
    const list = await client.session.getUserSessions(user?.id ?? '');
    assert.deepEqual([list.sessions.length, list.totalSize], [0, 0]);
  });

  test('the list is filtered by status and time, and goes by pages', async () => {
    const first = await session('list@acme.test');
    const second = await session('list@acme.test');
    await client.session.revokeSession(first.id);
    const ids = async (options: Parameters<typeof client.session.getUserSessions>[1]) =>
      (await client.session.getUserSessions(first.user, options)).sessions.map((s) => s.sessionId);
    assert.deepEqual(await ids({}), [second.id, first.id]);
    assert.deepEqual(await ids({ filter: { status: ['active'] } }), [second.id]);
    assert.deepEqual(await ids({ filter: { status: ['revoked'] } }), [first.id]);
    assert.deepEqual(await ids({ filter: { endTime: new Date(Date.now() - 3_600_000) } }), []);
    const page = await client.session.getUserSessions(first.user, {
      pageSize: 1,
    });
    assert.equal(page.totalSize, 2);
    assert.deepEqual(await ids({ pageSize: 1, pageToken: page.nextPageToken }), [first.id]);
    const refused = await failureOf(
      client.session.getUserSessions(first.user, {
        filter: { status: ['alive'] },
      }),
    );
    assert.ok(refused instanceof ScalekitBadRequestException);
  });

  test('revoking one ends its refresh tokens, and can be done once', async () => {
    const { id, user, refreshToken = '' } = await session('revoke@acme.test');
    const { revokedSession } = await client.session.revokeSession(id);
    assert.deepEqual(
      [revokedSession?.sessionId, revokedSession?.userId, revokedSession?.status],
      [id, user, 'revoked'],
    );
    await assert.rejects(client.refreshAccessToken(refreshToken));
    const again = await failureOf(client.session.revokeSession(id));
    assert.ok(again instanceof ScalekitBadRequestException);
    assert.equal(again.errorCode, 'FAILED_PRECONDITION');
  });

  test('revoking all of a user tells which they were', async () => {
    const first = await session('all@acme.test');
    const second = await session('all@acme.test');
    const { revokedSessions, totalRevoked } = await client.session.revokeAllUserSessions(
      first.user,
    );
    assert.equal(totalRevoked, 2);
    assert.deepEqual(
      revokedSessions.map(({ sessionId }) => sessionId),
      [second.id, first.id],
    );
    assert.equal((await client.session.revokeAllUserSessions(first.user)).totalRevoked, 0);
  });

  test('unknown ids are not found, malformed ones are refused', async () => {
    const unknown = '1000000000000000';
    for (const call of [
      () => client.session.getSession(`ses_${unknown}`),
      () => client.session.revokeSession(`ses_${unknown}`),
      () => client.session.getUserSessions(`usr_${unknown}`),
      () => client.session.revokeAllUserSessions(`usr_${unknown}`),
    ]) {
      const failure = await failureOf(call());
      assert.ok(failure instanceof ScalekitNotFoundException, String(failure));
      assert.equal(failure.errorCode, 'NOT_FOUND');
    }
    for (const end of ['abc', '', '123abc']) {
      for (const call of [
        () => client.session.getSession(`ses_${end}`),
        () => client.session.revokeSession(`ses_${end}`),
        () => client.session.getUserSessions(`usr_${end}`),
        () => client.session.revokeAllUserSessions(`usr_${end}`),
      ]) {
        const failure = await failureOf(call());
        assert.ok(failure instanceof ScalekitBadRequestException, String(failure));
        assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
      }
    }
  });
});

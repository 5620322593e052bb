// People, their memberships, sessions and passkeys by our SDK, as the official one sees them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { types } from '@gatehouse/sdk';
import { claimsOf, signIn } from '../black_box/clients.js';
import { collected, refusedHere, same, sameFailure, startBoth, type Both } from './management.js';

const UNKNOWN = 'usr_123456789012345678';

const membershipIn = (organization: string, user: types.users.User | undefined) =>
  user?.memberships.find((membership) => membership.organizationId === organization);
const rolesIn = (organization: string, user: types.users.User | undefined) =>
  membershipIn(organization, user)?.roles.map((role) => role.name);

describe('people through our SDK', () => {
  let both: Both;
  let acme: string;
  before(async () => {
    both = await startBoth();
    const { organization } = await both.ours.organization.createOrganization('Rockets');
    acme = organization?.id ?? '';
  });
  after(async () => await both?.gatehouse.stop());

  const made = async (email: string, options: object = {}): Promise<string> => {
    const quiet = { email, sendInvitationEmail: false, ...options };
    const { user } = await both.ours.user.createUserAndMembership(acme, quiet);
    assert.match(user?.id ?? '', /^usr_\d+$/);
    return user?.id ?? '';
  };

  test('a new one has what was given, and is read as the official SDK reads it', async () => {
    const { ours, official } = both;
    const id = await made('grace@rockets.test', {
      externalId: 'grace-1',
      phoneNumber: '+15551234567',
      userProfile: { givenName: 'Grace', familyName: 'Hopper' },
      metadata: { desk: 'north' },
      roles: ['admin'],
    });
    await same(ours.user.getUser(id), official.user.getUser(id));
    await same(
      ours.user.getUserByExternalId('grace-1'),
      official.user.getUserByExternalId('grace-1'),
    );
    const { user } = await ours.user.getUser(id);
    assert.equal(user?.userProfile?.name, 'Grace Hopper');
    assert.equal(user?.userProfile?.phoneNumber, '+15551234567');
    assert.deepEqual(user?.metadata, { desk: 'north' });
    assert.deepEqual(
      user?.memberships[0]?.roles.map((role) => role.name),
      ['admin'],
    );
    assert.equal(user?.memberships[0]?.membershipStatus, 'ACTIVE');
  });

  test('changes keep what they do not name', async () => {
    const { ours } = both;
    const id = await made('edsger@rockets.test', { externalId: 'edsger-1' });
    const profile = { userProfile: { firstName: 'Edsger', lastName: 'Dijkstra' } };
    await ours.user.updateUser(id, profile);
    const { user } = await ours.user.updateUserByExternalId('edsger-1', {
      metadata: { desk: 'south' },
    });
    assert.equal(user?.externalId, 'edsger-1');
    assert.equal(user?.userProfile?.givenName, 'Edsger');
    assert.deepEqual(user?.metadata, { desk: 'south' });
    assert.deepEqual(await ours.user.deleteUserByExternalId('edsger-1'), {});
    await assert.rejects(ours.user.getUser(id), { code: 'not_found' });
  });

  test('lists and searches, by pages and all at once', async () => {
    const { ours, official } = both;
    for (const name of ['ann', 'bob', 'cid']) await made(`${name}@list.test`);
    await same(ours.user.listUsers({ pageSize: 2 }), official.user.listUsers({ pageSize: 2 }));
    await same(
      ours.user.listOrganizationUsers(acme, { pageSize: 2 }),
      official.user.listOrganizationUsers(acme, { pageSize: 2 }),
    );
    await same(ours.user.searchUsers('ann@list'), official.user.searchUsers('ann@list'));
    await same(
      ours.user.searchOrganizationUsers(acme, 'bob@list', 5),
      official.user.searchOrganizationUsers(acme, 'bob@list', 5),
    );
    const total = (await ours.user.listUsers()).totalSize;
    assert.equal((await collected(ours.user.listAllUsers({ pageSize: 2 }))).length, total);
    const members = (await ours.user.listOrganizationUsers(acme)).totalSize;
    const walked = await collected(ours.user.listAllOrganizationUsers(acme, { pageSize: 1 }));
    assert.equal(walked.length, members);
    await refusedHere(ours.user.searchUsers(''), /query is required/);
    await refusedHere(ours.user.searchOrganizationUsers('', 'bob'), /organizationId is required/);
  });

  test('memberships, by either id', async () => {
    const { ours } = both;
    const other = (await ours.organization.createOrganization('Second')).organization?.id ?? '';
    const id = await made('barbara@rockets.test', { externalId: 'barbara-1' });
    const quiet = { sendInvitationEmail: false };
    const joined = await ours.user.createMembership(other, id, { roles: ['member'], ...quiet });
    assert.deepEqual(rolesIn(other, joined.user), ['member']);
    const changed = await ours.user.updateMembership(other, id, { roles: ['admin'] });
    assert.deepEqual(rolesIn(other, changed.user), ['admin']);
    assert.deepEqual(await ours.user.deleteMembership(other, id), {});
    await ours.user.createMembershipByExternalId(other, 'barbara-1', quiet);
    const tagged = await ours.user.updateMembershipByExternalId(other, 'barbara-1', {
      metadata: { floor: 'two' },
    });
    assert.deepEqual(membershipIn(other, tagged.user)?.metadata, { floor: 'two' });
    assert.deepEqual(await ours.user.deleteMembershipByExternalId(other, 'barbara-1'), {});
    assert.deepEqual((await ours.user.listOrganizationUsers(other)).users, []);
  });

  test('roles and permissions of a member', async () => {
    const { ours, official } = both;
    const id = await made('donald@rockets.test');
    const assigned = await ours.user.assignUserRoles(acme, id, ['admin']);
    assert.ok(assigned.roles.some((role) => role.name === 'admin'));
    await same(ours.user.listUserRoles(acme, id), official.user.listUserRoles(acme, id));
    await same(
      ours.user.listUserPermissions(acme, id),
      official.user.listUserPermissions(acme, id),
    );
    assert.deepEqual(await ours.user.removeUserRole(acme, id, 'admin'), {});
    const { roles } = await ours.user.listUserRoles(acme, id);
    assert.ok(!roles.some((role) => role.name === 'admin'));
  });

  test('an invitation is sent again', async () => {
    const { user } = await both.ours.user.createUserAndMembership(acme, {
      email: 'invited@rockets.test',
    });
    const { invite } = await both.ours.user.resendInvite(acme, user?.id ?? '');
    assert.equal(invite?.status, 'PENDING_INVITE');
    assert.equal(invite?.resentCount, 1);
  });

  test('who is unknown, taken or malformed fails as there', async () => {
    const ours = both.ours.user;
    const official = both.official.user;
    await sameFailure(
      ours.getUser(UNKNOWN),
      official.getUser(UNKNOWN),
      'ScalekitNotFoundException',
    );
    const bad = { email: 'no address', sendInvitationEmail: false };
    await sameFailure(
      ours.createUserAndMembership(acme, bad),
      official.createUserAndMembership(acme, bad),
      'ScalekitBadRequestException',
    );
    await refusedHere(ours.createUserAndMembership(acme, {} as never), /email is required/);
    await refusedHere(ours.createUserAndMembership(acme, undefined as never), /email is required/);
    await refusedHere(ours.deleteUser(''), /userId is required/);
    await refusedHere(ours.getUserByExternalId(' '), /externalId is required/);
    await sameFailure(
      ours.deleteUser(UNKNOWN),
      official.deleteUser(UNKNOWN),
      'ScalekitNotFoundException',
    );
  });

  test('sessions: read, filtered, walked, ended', async () => {
    const { ours, official, gatehouse } = both;
    const first = claimsOf((await signIn(gatehouse, 'one@acme.test')).accessToken);
    const second = claimsOf((await signIn(gatehouse, 'one@acme.test')).accessToken);
    const user = String(first['sub']);
    const id = String(first['sid']);
    await same(ours.session.getSession(id), official.session.getSession(id));
    const filter = { status: ['active'], startTime: new Date(0) };
    await same(
      ours.session.getUserSessions(user, { pageSize: 1, filter }),
      official.session.getUserSessions(user, { pageSize: 1, filter }),
    );
    const early = { filter: { endTime: '2001-01-01T00:00:00Z' } };
    assert.deepEqual((await ours.session.getUserSessions(user, early)).sessions, []);
    const all = await collected(ours.session.listAllUserSessions(user, { pageSize: 1 }));
    assert.deepEqual(
      all.map((session) => session.sessionId),
      [second['sid'], id],
    );
    const { revokedSession } = await ours.session.revokeSession(id);
    assert.equal(revokedSession?.status, 'revoked');
    await sameFailure(
      ours.session.revokeSession(id),
      official.session.revokeSession(id),
      'ScalekitBadRequestException',
    );
    const ended = await ours.session.revokeAllUserSessions(user);
    assert.deepEqual([ended.totalRevoked, ended.revokedSessions.length], [1, 1]);
    const never = { filter: { startTime: 'never' } };
    await refusedHere(ours.session.getUserSessions(user, never), /startTime is not a time/);
    await refusedHere(ours.session.revokeAllUserSessions(''), /userId is required/);
  });

  test('passkeys: none yet, and none that is unknown', async () => {
    const { ours, official } = both;
    const id = await made('alan@rockets.test');
    await same(ours.webauthn.listCredentials(id), official.webauthn.listCredentials(id));
    assert.deepEqual((await ours.webauthn.listCredentials(id)).credentials, []);
    await sameFailure(
      ours.webauthn.updateCredential('wac_1', 'Laptop'),
      official.webauthn.updateCredential('wac_1', 'Laptop'),
      'ScalekitNotFoundException',
    );
    await sameFailure(
      ours.webauthn.deleteCredential('laptop'),
      official.webauthn.deleteCredential('laptop'),
      'ScalekitBadRequestException',
    );
    await refusedHere(ours.webauthn.updateCredential('wac_1', ''), /displayName is required/);
  });

  test('nobody can be named for a sign-in that waits nowhere', async () => {
    const user = { sub: 'u-1', email: 'ada@acme.test' };
    await sameFailure(
      both.ours.auth.updateLoginUserDetails('conn_1', 'lri_1', user),
      both.official.auth.updateLoginUserDetails('conn_1', 'lri_1', user),
      'ScalekitNotFoundException',
    );
    await refusedHere(
      both.ours.auth.updateLoginUserDetails('conn_1', 'lri_1', null as never),
      /user is required/,
    );
  });
});

// Users, memberships and their roles by the official SDK: what it offers, and how it sees failures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
  ScalekitServerException,
  ScalekitTooManyRequestsException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { sdk, SEED } from './clients.js';
import { Gatehouse } from './gatehouse.js';

// The numbers of the contract's MembershipStatus.
const ACTIVE = 1;
const PENDING_INVITE = 3;
const NOBODY = 'usr_123456789012345678';

async function failureOf(call: Promise<unknown>): Promise<ScalekitServerException> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof ScalekitServerException, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the call was expected to fail' });
}

describe('users through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  let acme: string;
  let globex: string;
  let count = 0;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
    acme = await organization('Acme Rockets');
    globex = await organization('Globex');
  });
  after(async () => await gatehouse?.stop());

  const organization = async (name: string): Promise<string> =>
    (await client.organization.createOrganization(name)).organization?.id ?? '';
  const address = (): string => `person${(count += 1)}@rockets.test`;
  const member = async (email = address(), externalId?: string): Promise<string> => {
    const made = await client.user.createUserAndMembership(acme, {
      email,
      sendInvitationEmail: false,
      ...(externalId === undefined ? {} : { externalId }),
    });
    return made.user?.id ?? '';
  };
  const roleNames = async (user: string): Promise<string[]> =>
    (await client.user.listUserRoles(acme, user)).roles.map(({ name }) => name);

  test('who is created is read back whole, with the environment and the membership', async () => {
    const email = address();
    const made = await client.user.createUserAndMembership(acme, {
      email,
      externalId: 'grace',
      userProfile: { firstName: 'Grace', lastName: 'Hopper' },
      metadata: { plan: 'gold' },
      sendInvitationEmail: false,
    });
    const id = made.user?.id ?? '';
    assert.match(id, /^usr_\d{15,19}$/);
    const { user } = await client.user.getUser(id);
    assert.deepEqual(user, made.user);
    assert.deepEqual((await client.user.getUserByExternalId('grace')).user, user);
    assert.equal(user?.email, email);
    assert.deepEqual(user?.metadata, { plan: 'gold' });
    assert.match(user?.environmentId ?? '', /^env_\d+$/);
    assert.equal(user?.userProfile?.givenName, 'Grace');
    assert.equal(user?.userProfile?.lastName, 'Hopper');
    assert.equal(user?.userProfile?.name, 'Grace Hopper');
    assert.equal(user?.userProfile?.emailVerified, true);
    assert.equal(user?.memberships[0]?.membershipStatus, ACTIVE);
    assert.deepEqual(
      user?.memberships[0]?.roles.map(({ name }) => name),
      ['member'],
    );
  });

  test('lists know the environment, take no page size, and go on where they ended', async () => {
    await member();
    await member();
    const all = await client.user.listOrganizationUsers(acme);
    assert.ok(all.users.length >= 3);
    assert.equal(all.totalSize, all.users.length);
    const first = await client.user.listOrganizationUsers(acme, { pageSize: 2 });
    assert.deepEqual(first.users, all.users.slice(0, 2));
    const second = await client.user.listOrganizationUsers(acme, {
      pageSize: 2,
      pageToken: first.nextPageToken,
    });
    assert.deepEqual(second.users, all.users.slice(2, 4));
    const everybody = await client.user.listUsers({ pageSize: 1, pageToken: '' });
    assert.equal(everybody.users.length, 1);
    assert.match(everybody.users[0]?.environmentId ?? '', /^env_/);
    assert.ok(everybody.totalSize > all.totalSize); // with Ada of the seed
    const bad = await failureOf(client.user.listUsers({ pageToken: 'made-up' }));
    assert.ok(bad instanceof ScalekitBadRequestException);
    assert.equal(bad.errorCode, 'INVALID_ARGUMENT');
  });

  test('a change touches what it names', async () => {
    const id = await member(address(), 'changing');
    const changed = await client.user.updateUser(id, {
      userProfile: { firstName: 'Ada' },
      metadata: { team: 'red' },
    });
    assert.equal(changed.user?.userProfile?.firstName, 'Ada');
    const again = await client.user.updateUserByExternalId('changing', {
      userProfile: { lastName: 'Byron' },
    });
    assert.equal(again.user?.userProfile?.name, 'Ada Byron');
    assert.deepEqual(again.user?.metadata, { team: 'red' });
    assert.equal(again.user?.externalId, 'changing');
    await client.user.updateUser(id, { externalId: 'changed' });
    const old = await failureOf(client.user.getUserByExternalId('changing'));
    assert.ok(old instanceof ScalekitNotFoundException);
    assert.equal((await client.user.getUserByExternalId('changed')).user?.id, id);
  });

  test('an invitation waits, and is sent again with a count', async () => {
    const made = await client.user.createUserAndMembership(acme, {
      email: address(),
      sendInvitationEmail: true,
    });
    const id = made.user?.id ?? '';
    assert.equal(made.user?.memberships[0]?.membershipStatus, PENDING_INVITE);
    const { invite } = await client.user.resendInvite(acme, id);
    assert.equal(invite?.status, 'PENDING_INVITE');
    assert.equal(invite?.userId, id);
    assert.equal(invite?.organizationId, acme);
    assert.equal(invite?.resentCount, 1);
    assert.ok(invite?.createdAt);
    assert.ok(Number(invite?.expiresAt?.seconds) * 1000 > Date.now());
    const unneeded = await failureOf(client.user.resendInvite(acme, await member()));
    assert.equal(unneeded.errorCode, 'FAILED_PRECONDITION');
    const unknown = await failureOf(client.user.resendInvite(acme, NOBODY));
    assert.equal(unknown.errorCode, 'NOT_FOUND');
  });

  test('a second membership comes and goes, the user stays', async () => {
    const id = await member(address(), 'commuter');
    const options = { roles: ['admin'], sendInvitationEmail: false };
    const joined = await client.user.createMembership(globex, id, options);
    assert.equal(joined.user?.id, id);
    const twice = await failureOf(client.user.createMembership(globex, id, options));
    assert.ok(twice instanceof ScalekitConflictException);
    assert.equal(twice.errorCode, 'ALREADY_EXISTS');
    const changed = await client.user.updateMembership(globex, id, {
      roles: ['member'],
      metadata: { desk: 'seven' },
    });
    const there = changed.user?.memberships.find(({ organizationId }) => organizationId === globex);
    assert.deepEqual(
      there?.roles.map(({ name }) => name),
      ['member'],
    );
    assert.deepEqual(there?.metadata, { desk: 'seven' });
    await client.user.deleteMembership(globex, id);
    assert.equal((await client.user.getUser(id)).user?.memberships.length, 1);
    const gone = await failureOf(client.user.deleteMembership(globex, id));
    assert.equal(gone.errorCode, 'NOT_FOUND');
  });

  test('memberships by external id are the same', async () => {
    const id = await member(address(), 'by-external-id');
    await client.user.createMembershipByExternalId(globex, 'by-external-id', {
      sendInvitationEmail: false,
    });
    const changed = await client.user.updateMembershipByExternalId(globex, 'by-external-id', {
      roles: ['admin'],
    });
    assert.equal(changed.user?.id, id);
    await client.user.deleteMembershipByExternalId(globex, 'by-external-id');
    const unknown = await failureOf(
      client.user.deleteMembershipByExternalId(globex, 'nobody-at-all'),
    );
    assert.equal(unknown.errorCode, 'NOT_FOUND');
    const bad = await failureOf(
      client.user.updateMembershipByExternalId(acme, 'by-external-id', { roles: ['no-such'] }),
    );
    assert.equal(bad.errorCode, 'NOT_FOUND');
  });

  test('roles are assigned, listed and removed, the only one too', async () => {
    const id = await member();
    await client.user.assignUserRoles(acme, id, ['member']);
    assert.deepEqual(await roleNames(id), ['member']);
    const assigned = await client.user.assignUserRoles(acme, id, ['admin']);
    assert.deepEqual(assigned.roles.map(({ name }) => name).sort(), ['admin', 'member']);
    await client.user.removeUserRole(acme, id, 'admin');
    const { permissions } = await client.user.listUserPermissions(acme, id);
    assert.deepEqual(
      permissions.map(({ name }) => name),
      ['sk_org_settings_read', 'sk_org_users_read'],
    );
    await client.user.removeUserRole(acme, id, 'member');
    assert.deepEqual(await roleNames(id), []);
    const unknown = await failureOf(client.user.assignUserRoles(acme, id, ['no_such_role']));
    assert.ok(unknown instanceof ScalekitNotFoundException);
    const nobody = await failureOf(client.user.listUserRoles(acme, NOBODY));
    assert.ok(nobody instanceof ScalekitNotFoundException);
  });

  test('search goes by the beginning of an address, everywhere or in one place', async () => {
    const id = await member('searchable.person@rockets.test');
    await client.user.createUserAndMembership(globex, {
      email: 'searchable.other@globex.test',
      sendInvitationEmail: false,
    });
    const everywhere = await client.user.searchUsers('searchable');
    assert.equal(everywhere.users.length, 2);
    assert.equal(everywhere.totalSize, 2);
    const one = await client.user.searchUsers('searchable', 1);
    assert.equal(one.users.length, 1);
    const rest = await client.user.searchUsers('searchable', 1, one.nextPageToken);
    assert.equal(rest.users.length, 1);
    assert.notEqual(rest.users[0]?.id, one.users[0]?.id);
    const there = await client.user.searchOrganizationUsers(acme, 'searchable');
    assert.deepEqual(
      there.users.map((user) => user.id),
      [id],
    );
    assert.equal((await client.user.searchUsers('zzzzzzzzz')).totalSize, 0);
    const short = await failureOf(client.user.searchUsers('se'));
    assert.equal(short.errorCode, 'INVALID_ARGUMENT');
  });

  test('what is taken, missing, malformed or full fails with its code', async () => {
    await member('taken@rockets.test', 'taken');
    const email = await failureOf(member('Taken@rockets.test'));
    assert.ok(email instanceof ScalekitConflictException);
    assert.equal(email.errorCode, 'ALREADY_EXISTS');
    const externalId = await failureOf(member(address(), 'taken'));
    assert.equal(externalId.errorCode, 'ALREADY_EXISTS');
    const malformed = await failureOf(member('no address'));
    assert.equal(malformed.errorCode, 'INVALID_ARGUMENT');
    const unknown = await failureOf(client.user.getUser(NOBODY));
    assert.ok(unknown instanceof ScalekitNotFoundException);
    assert.match(unknown.message, /user not found/);
    for (const id of ['usr_abc', 'usr_', 'usr_123abc', 'grace']) {
      const bad = await failureOf(client.user.getUser(id));
      assert.equal(bad.errorCode, 'INVALID_ARGUMENT');
    }
    const small = await organization('Small');
    await client.organization.upsertUserManagementSettings(small, { maxAllowedUsers: 1 });
    const first = { email: address(), sendInvitationEmail: false };
    await client.user.createUserAndMembership(small, first);
    const second = await failureOf(
      client.user.createUserAndMembership(small, { email: address(), sendInvitationEmail: false }),
    );
    assert.ok(second instanceof ScalekitTooManyRequestsException);
    assert.equal(second.errorCode, 'RESOURCE_EXHAUSTED');
  });

  test('a deleted user is gone', async () => {
    const id = await member();
    await client.user.deleteUser(id);
    assert.equal((await failureOf(client.user.getUser(id))).errorCode, 'NOT_FOUND');
    assert.equal((await failureOf(client.user.deleteUser(id))).errorCode, 'NOT_FOUND');
    await member(address(), 'short-lived');
    await client.user.deleteUserByExternalId('short-lived');
    const gone = await failureOf(client.user.getUserByExternalId('short-lived'));
    assert.equal(gone.errorCode, 'NOT_FOUND');
  });
});

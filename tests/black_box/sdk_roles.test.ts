// Roles and permissions by the official SDK: what it offers, and how it sees failures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  ScalekitServerException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { claimsOf, sdk, SEED, signIn } from './clients.js';
import { Gatehouse } from './gatehouse.js';

type NewRole = Parameters<ScalekitClient['role']['createRole']>[0];
type NewOrganizationRole = Parameters<ScalekitClient['role']['createOrganizationRole']>[1];
type RoleChange = Parameters<ScalekitClient['role']['updateRole']>[1];
type NewPermission = Parameters<ScalekitClient['permission']['createPermission']>[0];

const newRole = (name: string, extended?: string): NewRole =>
  ({
    name,
    displayName: `Called ${name}`,
    description: `About ${name}`,
    permissions: [],
    ...(extended === undefined ? {} : { extends: extended }),
  }) as unknown as NewRole;
const newOrganizationRole = (name: string, extended?: string): NewOrganizationRole =>
  newRole(name, extended) as unknown as NewOrganizationRole;
const change = (fields: object): RoleChange =>
  ({ permissions: [], ...fields }) as unknown as RoleChange;
const newPermission = (name: string, description = ''): NewPermission =>
  ({ name, description }) as unknown as NewPermission;
const names = (items: { name: string }[]): string[] => items.map(({ name }) => name);

async function failureOf(call: Promise<unknown>): Promise<ScalekitServerException> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof ScalekitServerException, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the call was expected to fail' });
}

describe('roles and permissions through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  let acme: string;
  let count = 0;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
    acme = (await client.organization.createOrganization('Acme Rockets')).organization?.id ?? '';
  });
  after(async () => await gatehouse?.stop());

  const fresh = (): string => `made_${(count += 1)}`;
  const role = async (extended?: string): Promise<string> =>
    (await client.role.createRole(newRole(fresh(), extended))).role?.name ?? '';
  const permission = async (): Promise<string> =>
    (await client.permission.createPermission(newPermission(`thing:${fresh()}`))).permission
      ?.name ?? '';
  const member = async (roleName: string): Promise<string> => {
    const made = await client.user.createUserAndMembership(acme, {
      email: `${fresh()}@rockets.test`,
      sendInvitationEmail: false,
    });
    const user = made.user?.id ?? '';
    await client.user.updateMembership(acme, user, { roles: [roleName] });
    return user;
  };

  test('an environment is born with an admin for creators and a member for who joins', async () => {
    const { roles } = await client.role.listRoles();
    assert.deepEqual(names(roles.filter((each) => each.defaultCreator)), ['admin']);
    assert.deepEqual(names(roles.filter((each) => each.defaultMember)), ['member']);
  });

  test('a role is created, read, changed in part, and deleted', async () => {
    const name = fresh();
    const made = (await client.role.createRole(newRole(name))).role;
    assert.match(made?.id ?? '', /^role_\d+$/);
    assert.equal(made?.displayName, `Called ${name}`);
    assert.equal(made?.description, `About ${name}`);
    assert.equal(made?.defaultCreator, false);
    assert.equal(made?.extends, undefined);
    assert.equal((await client.role.getRole(name)).role?.id, made?.id);
    const changed = (await client.role.updateRole(name, change({ displayName: 'Other' }))).role;
    assert.equal(changed?.id, made?.id);
    assert.equal(changed?.name, name);
    assert.equal(changed?.displayName, 'Other');
    assert.equal(changed?.description, `About ${name}`);
    await client.role.deleteRole(name);
    const gone = await failureOf(client.role.getRole(name));
    assert.ok(gone instanceof ScalekitNotFoundException);
    assert.equal(gone.errorCode, 'NOT_FOUND');
    assert.ok(
      (await failureOf(client.role.updateRole(name, change({ displayName: 'x' })))) instanceof
        ScalekitNotFoundException,
    );
  });

  test('malformed names and a second role of one name are bad requests', async () => {
    assert.ok(
      (await failureOf(client.role.getRole('non-existent-role'))) instanceof
        ScalekitBadRequestException,
    );
    const name = await role();
    const again = await failureOf(client.role.createRole(newRole(name)));
    assert.ok(again instanceof ScalekitBadRequestException);
    assert.equal(again.errorCode, 'INVALID_ARGUMENT');
    assert.match(again.message, /duplicate key not allowed/);
  });

  test('a role that somebody has is deleted only with another to take its place', async () => {
    const old = await role();
    const heir = await role();
    const user = await member(old);
    assert.equal(Number((await client.role.getRoleUsersCount(old)).count), 1);
    const refused = await failureOf(client.role.deleteRole(old));
    assert.ok(refused instanceof ScalekitBadRequestException);
    assert.match(refused.message, /role cannot be deleted as it is assigned to users$/);
    assert.ok(
      (await failureOf(client.role.deleteRole(old, 'nobody'))) instanceof ScalekitNotFoundException,
    );
    await client.role.deleteRole(old, heir);
    assert.deepEqual(names((await client.user.listUserRoles(acme, user)).roles), [heir]);
  });

  test('a base is inherited from, has dependents, and is absent once taken away', async () => {
    const base = await role();
    assert.deepEqual((await client.role.listDependentRoles(base)).roles, []);
    const child = await role(base);
    assert.equal((await client.role.getRole(child)).role?.extends, base);
    assert.deepEqual(names((await client.role.listDependentRoles(base)).roles), [child]);
    const allowed = await permission();
    await client.permission.addPermissionsToRole(base, [allowed]);
    const effective = await client.permission.listEffectiveRolePermissions(child);
    assert.deepEqual(names(effective.permissions), [allowed]);
    assert.deepEqual((await client.permission.listRolePermissions(child)).permissions, []);
    const blocked = await failureOf(client.role.deleteRole(base));
    assert.ok(blocked instanceof ScalekitBadRequestException);
    await client.role.deleteRoleBase(child);
    assert.equal((await client.role.getRole(child)).role?.extends, undefined);
    await client.role.deleteRole(base);
  });

  test('the defaults of the environment need both names, of roles that exist', async () => {
    const defaults = { defaultCreatorRole: 'admin', defaultMemberRole: 'member' };
    const chosen = await client.role.updateDefaultRoles(defaults);
    assert.equal(chosen.defaultCreator?.name, 'admin');
    assert.equal(chosen.defaultMember?.name, 'member');
    assert.ok(
      (await failureOf(client.role.updateDefaultRoles({ defaultCreatorRole: 'admin' }))) instanceof
        ScalekitBadRequestException,
    );
    const unknown = client.role.updateDefaultRoles({ ...defaults, defaultMemberRole: 'nobody' });
    assert.ok((await failureOf(unknown)) instanceof ScalekitNotFoundException);
  });

  test('an organization has roles, defaults and inheritance of its own', async () => {
    const base = fresh();
    const name = fresh();
    const made = await client.role.createOrganizationRole(acme, newOrganizationRole(base));
    assert.equal(made.role?.isOrgRole, true);
    await client.role.createOrganizationRole(acme, newOrganizationRole(name, base));
    const listed = (await client.role.listOrganizationRoles(acme)).roles;
    assert.equal(listed.find((each) => each.name === name)?.isOrgRole, true);
    assert.equal(listed.find((each) => each.name === 'admin')?.isOrgRole, false);
    assert.equal((await client.role.getOrganizationRole(acme, name)).role?.extends, base);
    const changed = await client.role.updateOrganizationRole(
      acme,
      name,
      change({ description: 'x' }),
    );
    assert.equal(changed.role?.description, 'x');
    await client.role.deleteOrganizationRoleBase(acme, name);
    assert.equal((await client.role.getOrganizationRole(acme, name)).role?.extends, undefined);

    const chosen = await client.role.updateDefaultOrganizationRoles(acme, name);
    assert.equal(chosen.defaultMember?.name, name);
    const made2 = await client.user.createUserAndMembership(acme, {
      email: `${fresh()}@rockets.test`,
      sendInvitationEmail: false,
    });
    const user = made2.user?.id ?? '';
    assert.deepEqual(names((await client.user.listUserRoles(acme, user)).roles), [name]);
    assert.equal(Number((await client.role.getOrganizationRoleUsersCount(acme, name)).count), 1);

    assert.ok(
      (await failureOf(client.role.deleteOrganizationRole(acme, name))) instanceof
        ScalekitBadRequestException,
    );
    await client.role.deleteOrganizationRole(acme, name, 'member');
    assert.ok(
      (await failureOf(client.role.getOrganizationRole(acme, name))) instanceof
        ScalekitNotFoundException,
    );
    assert.ok(
      (await failureOf(
        client.role.createOrganizationRole('org_1234567890123456', newOrganizationRole(name)),
      )) instanceof ScalekitNotFoundException,
    );
  });

  test('permissions are created, described, paged and deleted', async () => {
    const name = `thing:${fresh()}`;
    const made = (await client.permission.createPermission(newPermission(name))).permission;
    assert.match(made?.id ?? '', /^perm_\d+$/);
    assert.equal(made?.description, '');
    assert.ok(
      (await failureOf(client.permission.createPermission(newPermission(name)))) instanceof
        ScalekitBadRequestException,
    );
    const described = await client.permission.updatePermission(name, newPermission(name, 'What'));
    assert.equal(described.permission?.description, 'What');
    assert.equal((await client.permission.getPermission(name)).permission?.description, 'What');
    assert.ok(names((await client.permission.listPermissions()).permissions).includes(name));
    const first = await client.permission.listPermissions(undefined, 1);
    assert.equal(first.permissions.length, 1);
    const second = await client.permission.listPermissions(first.nextPageToken, 1);
    assert.notEqual(second.permissions[0]?.name, first.permissions[0]?.name);
    await client.permission.deletePermission(name);
    assert.ok(
      (await failureOf(client.permission.getPermission(name))) instanceof ScalekitNotFoundException,
    );
  });

  test('permissions of a role: unknown ones are passed over, malformed ones are not', async () => {
    const name = await role();
    const held = await permission();
    const add = (permissions: string[]) =>
      client.permission.addPermissionsToRole(name, permissions);
    assert.deepEqual((await add(['unknown'])).permissions, []);
    assert.deepEqual(names((await add([held])).permissions), [held]);
    assert.ok(
      (await failureOf(add(['non.existent.permission']))) instanceof ScalekitBadRequestException,
    );
    const unknown = client.permission.removePermissionFromRole(name, 'unknown');
    assert.ok((await failureOf(unknown)) instanceof ScalekitNotFoundException);
    await client.permission.removePermissionFromRole(name, held);
    assert.deepEqual((await client.permission.listRolePermissions(name)).permissions, []);
    assert.ok(
      (await failureOf(client.permission.listRolePermissions('nobody'))) instanceof
        ScalekitNotFoundException,
    );
  });

  test('what a role comes to allow stands in the next token of who has it', async () => {
    const allowed = await permission();
    await client.permission.addPermissionsToRole('admin', [allowed]);
    const { accessToken } = await signIn(gatehouse);
    const permissions = claimsOf(accessToken)['permissions'] as string[];
    assert.ok(permissions.includes(allowed));
    await client.permission.deletePermission(allowed);
    const later = await signIn(gatehouse);
    assert.ok(!(claimsOf(later.accessToken)['permissions'] as string[]).includes(allowed));
  });
});

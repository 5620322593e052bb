// Roles, permissions, API tokens, mails and applications by our SDK, as the official one sees them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { TokenError } from '@gatehouse/sdk';
import { collected, refusedHere, same, sameFailure, startBoth, type Both } from './management.js';

describe('access through our SDK', () => {
  let both: Both;
  let acme: string;
  before(async () => {
    both = await startBoth();
    const { organization } = await both.ours.organization.createOrganization('Rockets');
    acme = organization?.id ?? '';
  });
  after(async () => await both?.gatehouse.stop());

  test('permissions', async () => {
    const ours = both.ours.permission;
    const official = both.official.permission;
    const { permission } = await ours.createPermission({
      name: 'docs:read',
      description: 'Reads documents',
    });
    assert.equal(permission?.name, 'docs:read');
    await ours.createPermission({ name: 'docs:write', description: 'Writes documents' });
    await same(ours.getPermission('docs:read'), official.getPermission('docs:read'));
    await same(ours.listPermissions(undefined, 2), official.listPermissions(undefined, 2));
    const total = (await ours.listPermissions()).totalSize;
    assert.equal((await collected(ours.listAllPermissions({ pageSize: 5 }))).length, total);
    const change = { name: 'docs:read', description: 'Reads all documents' };
    const changed = await ours.updatePermission('docs:read', change);
    assert.equal(changed.permission?.description, 'Reads all documents');
    await sameFailure(
      ours.getPermission('docs:burn'),
      official.getPermission('docs:burn'),
      'ScalekitNotFoundException',
    );
    await refusedHere(ours.createPermission({}), /permission.name is required/);
  });

  test('roles of the environment, and what they may', async () => {
    const ours = both.ours.role;
    const official = both.official.role;
    const { role } = await ours.createRole({
      name: 'editor',
      displayName: 'Editor',
      description: 'Writes',
      permissions: ['docs:read'],
    });
    assert.equal(role?.name, 'editor');
    await ours.createRole({ name: 'chief', displayName: 'Chief', extends: 'editor' });
    await same(ours.getRole('chief'), official.getRole('chief'));
    await same(ours.listRoles(), official.listRoles());
    await same(ours.listDependentRoles('editor'), official.listDependentRoles('editor'));
    const renamed = await ours.updateRole('editor', { displayName: 'Author' });
    assert.equal(renamed.role?.displayName, 'Author');
    const permission = both.ours.permission;
    const theirs = both.official.permission;
    await permission.addPermissionsToRole('editor', ['docs:write']);
    await same(permission.listRolePermissions('editor'), theirs.listRolePermissions('editor'));
    await same(
      permission.listEffectiveRolePermissions('chief'),
      theirs.listEffectiveRolePermissions('chief'),
    );
    assert.deepEqual(await permission.removePermissionFromRole('editor', 'docs:write'), {});
    const left = await permission.listRolePermissions('editor');
    assert.deepEqual(
      left.permissions.map((one) => one.name),
      ['docs:read'],
    );
    assert.deepEqual(await ours.deleteRoleBase('chief'), {});
    await same(ours.getRoleUsersCount('editor'), official.getRoleUsersCount('editor'));
    const before = { defaultCreatorRole: 'admin', defaultMemberRole: 'member' };
    const defaults = await ours.updateDefaultRoles({ ...before, defaultMemberRole: 'editor' });
    assert.equal(defaults.defaultMember?.name, 'editor');
    await ours.updateDefaultRoles(before);
    assert.deepEqual(await ours.deleteRole('chief', 'editor'), {});
    assert.deepEqual(await permission.deletePermission('docs:write'), {});
    await sameFailure(
      ours.getRole('chief'),
      official.getRole('chief'),
      'ScalekitNotFoundException',
    );
    await refusedHere(ours.updateDefaultRoles({ defaultMemberRole: '' }), /is required/);
    await refusedHere(ours.deleteRole(''), /roleName is required/);
  });

  test('roles of one organization', async () => {
    const ours = both.ours.role;
    const official = both.official.role;
    const { role } = await ours.createOrganizationRole(acme, {
      name: 'pilot',
      displayName: 'Pilot',
      extends: 'member',
    });
    assert.equal(role?.name, 'pilot');
    await same(
      ours.getOrganizationRole(acme, 'pilot'),
      official.getOrganizationRole(acme, 'pilot'),
    );
    await same(ours.listOrganizationRoles(acme), official.listOrganizationRoles(acme));
    const renamed = await ours.updateOrganizationRole(acme, 'pilot', { displayName: 'Captain' });
    assert.equal(renamed.role?.displayName, 'Captain');
    await same(
      ours.getOrganizationRoleUsersCount(acme, 'pilot'),
      official.getOrganizationRoleUsersCount(acme, 'pilot'),
    );
    const defaults = await ours.updateDefaultOrganizationRoles(acme, 'pilot');
    assert.equal(defaults.defaultMember?.name, 'pilot');
    await ours.updateDefaultOrganizationRoles(acme, 'member');
    assert.deepEqual(await ours.deleteOrganizationRoleBase(acme, 'pilot'), {});
    assert.deepEqual(await ours.deleteOrganizationRole(acme, 'pilot', 'member'), {});
    await sameFailure(
      ours.getOrganizationRole(acme, 'pilot'),
      official.getOrganizationRole(acme, 'pilot'),
      'ScalekitNotFoundException',
    );
    await refusedHere(ours.createOrganizationRole('', { name: 'x' }), /orgId is required/);
  });

  test('API tokens', async () => {
    const ours = both.ours.token;
    const official = both.official.token;
    const made = await ours.createToken(acme, {
      description: 'Nightly export',
      customClaims: { team: 'data' },
      expiry: new Date(Date.now() + 3_600_000),
    });
    await same(ours.validateToken(made.token), official.validateToken(made.token));
    await same(ours.listTokens(acme), official.listTokens(acme));
    await ours.createToken(acme);
    const all = await collected(ours.listAllTokens(acme, { pageSize: 1 }));
    assert.equal(all.length, 2);
    assert.ok(all.some((token) => token.tokenId === made.tokenId));
    const changed = await ours.updateToken(made.token, { description: '' });
    assert.equal(changed.tokenInfo?.description, undefined);
    assert.deepEqual(changed.tokenInfo?.customClaims, { team: 'data' });
    assert.deepEqual(await ours.invalidateToken(made.token), {});
    await assert.rejects(ours.validateToken(made.token), (error) => {
      assert.ok(error instanceof TokenError);
      assert.equal(error.name, 'ScalekitValidateTokenFailureException');
      assert.equal(error.code, 'token_unknown');
      assert.ok(!error.message.includes(made.token));
      return true;
    });
    await refusedHere(ours.createToken(acme, { expiry: 'tomorrow-ish' }), /expiry is not a time/);
    await refusedHere(ours.validateToken(''), /token is required/);
    const past = new Date(0);
    await assert.rejects(ours.createToken(acme, { expiry: past }), { code: 'invalid_argument' });
  });

  test('codes and links by mail', async () => {
    const ours = both.ours.passwordless;
    const options = { state: 'mine', magiclinkAuthUri: 'https://app.acme.test/magic' };
    const sent = await ours.sendPasswordlessEmail('mia@acme.test', {
      template: 'SIGNUP',
      expiresIn: 600,
      ...options,
    });
    assert.equal(sent.passwordlessType, 'LINK_OTP');
    assert.equal(sent.expiresIn, 600);
    assert.match(sent.expiresAt, /^\d+$/);
    await both.gatehouse.mailTo('mia@acme.test');
    const again = await ours.resendPasswordlessEmail(sent.authRequestId);
    const mail = await both.gatehouse.mailTo('mia@acme.test');
    const proof = { code: mail.code };
    const verified = await ours.verifyPasswordlessEmail(proof, again.authRequestId);
    assert.deepEqual(
      [verified.email, verified.state, verified.template],
      ['mia@acme.test', 'mine', 'SIGNUP'],
    );
    await sameFailure(
      ours.verifyPasswordlessEmail({ linkToken: 'link_l' }),
      both.official.passwordless.verifyPasswordlessEmail({ linkToken: 'link_l' }),
      'ScalekitBadRequestException',
    );
    await refusedHere(ours.verifyPasswordlessEmail({}), /code or linkToken is required/);
    await refusedHere(ours.sendPasswordlessEmail('a@b.test', { template: 'X' }), /template is/);
    await refusedHere(ours.sendPasswordlessEmail(7 as never), /email is required/);
  });

  test('a method that has no name of its own here is called by that of the contract', async () => {
    const { organizations } = await both.ours.call(
      'scalekit.v1.organizations.OrganizationService',
      'SearchOrganization',
      { query: 'Rockets' },
    );
    assert.deepEqual(
      organizations.map((one) => one.id),
      [acme],
    );
    for (const [service, method] of [
      ['scalekit.v1.organizations.OrganizationService', '../../oauth/token'],
      ['scalekit.v1.organizations.OrganizationService', 'toString'],
      ['scalekit.v1.organizations.OrganizationService', 'Get\\w+'],
      ['constructor', 'name'],
      ['scalekit.v1.tools.ToolService', 'ListTools'],
    ]) {
      const call = both.ours.call(service as never, method as never, {} as never);
      await refusedHere(call, /no method/);
    }
  });

  test('applications: made, changed, given a secret, deleted', async () => {
    const { ours } = both;
    const { client } = await ours.clients.create({
      name: 'Shop',
      clientType: 'WEB_APP',
      postLoginUris: ['https://shop.test/callback'],
    });
    const id = client?.id ?? '';
    assert.deepEqual((await ours.clients.get(id)).client, client);
    const changed = await ours.clients.update(
      id,
      { name: 'Shop 2', postLogoutRedirectUris: ['https://shop.test/'] },
      { mask: 'name,post_logout_redirect_uris' },
    );
    assert.equal(changed.client?.name, 'Shop 2');
    assert.deepEqual(changed.client?.postLoginUris, ['https://shop.test/callback']);
    const { plainSecret, secret } = await ours.clients.createSecret(id);
    assert.ok(plainSecret.endsWith(secret?.secretSuffix ?? 'none'));
    assert.deepEqual(await ours.clients.deleteSecret(id, secret?.id ?? ''), {});
    const shops = await ours.clients.list({ clientTypes: ['WEB_APP'] });
    assert.ok(shops.clients.some((one) => one.id === id));
    assert.ok(shops.clients.every((one) => one.clientType === 'WEB_APP'));
    const all = await collected(ours.clients.listAll({ pageSize: 1 }));
    assert.equal(all.length, (await ours.clients.list()).totalSize);
    assert.deepEqual(await ours.clients.delete(id), {});
    await assert.rejects(ours.clients.get(id), { name: 'ScalekitNotFoundException' });
    await refusedHere(ours.clients.create({ name: 'Shop' }), /client.clientType is required/);
    await refusedHere(ours.clients.delete(''), /clientId is required/);
    await assert.rejects(
      ours.clients.create({ name: 'x', clientType: 'TOASTER' }),
      (error: { fieldViolations?: unknown[]; code?: string }) => error.code === 'invalid_argument',
    );
  });
});

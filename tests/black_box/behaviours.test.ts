// What existing clients rely on beyond the contract's own words, where no test of one service says
// so: by the official SDK, and over REST for the methods that it does not offer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { ADA, claimsOf, sdk, signIn } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';

type NewRole = Parameters<ScalekitClient['role']['createRole']>[0];
type NewPermission = Parameters<ScalekitClient['permission']['createPermission']>[0];
type NewConnection = Parameters<ScalekitClient['connection']['createConnection']>[1];
type NewDirectory = Parameters<ScalekitClient['directory']['createDirectory']>[1];
type Fields = Record<string, unknown>;

// The numbers of the contract's enums.
const OKTA = 1;
const OIDC = 1;
const SCIM = 1;
const APPLICATION = 1;
const okta = { provider: OKTA, type: OIDC, providerKey: '' } as unknown as NewConnection;
const scim = { directoryType: SCIM, directoryProvider: OKTA } as unknown as NewDirectory;
const newRole = (name: string): NewRole =>
  ({ name, displayName: name, description: '', permissions: [] }) as unknown as NewRole;
const newPermission = (name: string): NewPermission =>
  ({ name, description: '' }) as unknown as NewPermission;
const names = (items: { name: string }[]): string[] => items.map(({ name }) => name);
const is = (value: unknown): Fields => value as Fields;

// One server for all of the groups below, with what `gatehouse dev` has when nobody seeds it.
let gatehouse: Gatehouse;
let client: ScalekitClient;
let count = 0;
before(async () => {
  gatehouse = await Gatehouse.start();
  client = sdk(gatehouse);
});
after(async () => await gatehouse?.stop());

const fresh = (): string => `made_${(count += 1)}`;
const address = (): string => `${fresh()}@rockets.test`;
const organization = async (): Promise<string> =>
  (await client.organization.createOrganization(`Rockets ${fresh()}`)).organization?.id ?? '';
const member = async (id: string): Promise<string> => {
  const options = { email: address(), sendInvitationEmail: false };
  return (await client.user.createUserAndMembership(id, options)).user?.id ?? '';
};

interface Reply {
  status: number;
  statusText: string;
  body: Fields;
}
async function http(method: string, path: string, token?: string, body?: Fields): Promise<Reply> {
  const answer = await fetch(`${gatehouse.url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const { status, statusText } = answer;
  return { status, statusText, body: text === '' ? {} : (JSON.parse(text) as Fields) };
}
async function tokenFor(id: string, secret: string): Promise<Reply> {
  const answer = await fetch(`${gatehouse.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
    }),
  });
  const { status, statusText } = answer;
  return { status, statusText, body: (await answer.json()) as Fields };
}
async function environmentToken(): Promise<string> {
  const { client_id, client_secret } = gatehouse.ready;
  return String((await tokenFor(client_id, client_secret)).body['access_token']);
}
// REST with the credentials of the environment, which must succeed.
async function rest(method: string, path: string, body?: Fields): Promise<Fields> {
  const answer = await http(method, `/api/v1${path}`, await environmentToken(), body);
  assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

describe('a fresh environment', () => {
  test('has its two roles, one for who creates an organization and one for who joins', async () => {
    const { roles } = await client.role.listRoles();
    assert.deepEqual(names(roles).sort(), ['admin', 'member']);
    assert.deepEqual(names(roles.filter((role) => role.defaultCreator)), ['admin']);
    assert.deepEqual(names(roles.filter((role) => role.defaultMember)), ['member']);
  });

  test('has Acme with its administrator, who can be found by every list', async () => {
    const { organizations } = await client.organization.listOrganization();
    const acme = organizations.find(({ displayName }) => displayName === 'Acme');
    const { users } = await client.user.listOrganizationUsers(acme?.id ?? '');
    assert.deepEqual(
      users.map(({ email }) => email),
      [ADA],
    );
  });

  test('takes any two of its roles as defaults, and both in either order', async () => {
    const [first, second] = names((await client.role.listRoles()).roles);
    for (const pair of [
      [first, second],
      [second, first],
      ['admin', 'member'],
    ]) {
      const chosen = await client.role.updateDefaultRoles({
        defaultCreatorRole: pair[0] ?? '',
        defaultMemberRole: pair[1] ?? '',
      });
      assert.equal(chosen.defaultCreator?.name, pair[0]);
      assert.equal(chosen.defaultMember?.name, pair[1]);
      const id = await organization();
      const user = await member(id);
      assert.deepEqual(names((await client.user.listUserRoles(id, user)).roles), [pair[1]]);
    }
  });

  test('lists its users again where the token of the next page is empty', async () => {
    const first = await client.user.listUsers({ pageSize: 30 });
    assert.equal(first.nextPageToken, '');
    assert.ok(first.users.length > 0);
    const again = await client.user.listUsers({ pageSize: 30, pageToken: first.nextPageToken });
    assert.deepEqual(again.users, first.users);
  });

  test('has organizations that take links, connections and directories at once', async () => {
    const id = await organization();
    const link = await client.organization.generatePortalLink(id);
    assert.ok(link.id && link.location);
    const { connection } = await client.connection.createConnection(id, okta);
    const { directory } = await client.directory.createDirectory(id, scim);
    assert.ok(connection && directory);
    const listed = await client.directory.listDirectories(id);
    assert.equal(listed.directories[0]?.id, directory.id);
  });
});

describe('organizations', () => {
  test('a session policy that was taken back is the application’s when it is read', async () => {
    const id = await organization();
    await client.organization.updateOrganizationSessionPolicy(id, {
      policySource: 'CUSTOM',
      absoluteSessionTimeout: 360,
      absoluteSessionTimeoutUnit: 'MINUTES',
      idleSessionTimeoutEnabled: false,
    });
    const custom = await client.organization.getOrganizationSessionPolicy(id);
    assert.equal(custom.absoluteSessionTimeout, 360);
    assert.equal(custom.idleSessionTimeoutEnabled, false);
    await client.organization.updateOrganizationSessionPolicy(id, { policySource: 'APPLICATION' });
    const read = await client.organization.getOrganizationSessionPolicy(id);
    assert.equal(read.policySource, APPLICATION);
  });

  test('one that was deleted is not found by its external id either', async () => {
    const externalId = fresh();
    const made = await client.organization.createOrganization('Gone', { externalId });
    await client.organization.deleteOrganization(made.organization?.id ?? '');
    const gone = await failureOf(client.organization.getOrganizationByExternalId(externalId));
    assert.ok(gone instanceof ScalekitNotFoundException);
    assert.equal(gone.errorCode, 'NOT_FOUND');
    assert.match(gone.message, /not found/);
  });
});

describe('users', () => {
  test('a search in an organization finds nothing by nonsense', async () => {
    const id = await organization();
    await member(id);
    const nothing = await client.user.searchOrganizationUsers(id, 'zzzz-nobody');
    assert.equal(nothing.users.length, 0);
    assert.equal(nothing.totalSize, 0);
    assert.equal(nothing.nextPageToken, '');
  });

  test('the sessions of ids that are none cannot be asked for', async () => {
    for (const bad of ['usr_abc', 'usr_', 'usr_123abc', 'usr_1'.repeat(8)]) {
      const failure = await failureOf(client.session.getUserSessions(bad));
      assert.ok(failure instanceof ScalekitBadRequestException, bad);
      assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
    }
    for (const bad of ['ses_abc', 'ses_', 'ses_123abc']) {
      const failure = await failureOf(client.session.getSession(bad));
      assert.equal(failure.errorCode, 'INVALID_ARGUMENT', bad);
    }
  });
});

describe('roles and permissions', () => {
  const role = async (): Promise<string> =>
    (await client.role.createRole(newRole(fresh()))).role?.name ?? '';
  const permission = async (): Promise<string> =>
    (await client.permission.createPermission(newPermission(fresh()))).permission?.name ?? '';

  test('a new role is no default', async () => {
    const made = (await client.role.createRole(newRole(fresh()))).role;
    assert.equal(made?.defaultCreator, false);
    assert.equal(made?.defaultMember, false);
  });

  test('a second permission of one name is a bad request that says so', async () => {
    const name = await permission();
    const twice = await failureOf(client.permission.createPermission(newPermission(name)));
    assert.ok(twice instanceof ScalekitBadRequestException);
    assert.match(twice.message, /duplicate key not allowed/);
  });

  test('the roles that every environment has can be asked for dependents', async () => {
    for (const name of ['admin', 'member']) {
      assert.deepEqual((await client.role.listDependentRoles(name)).roles, []);
      assert.ok(Number((await client.role.getRoleUsersCount(name)).count) >= 0);
    }
  });

  test('adding permissions returns as many as were added', async () => {
    const name = await role();
    const wanted = [await permission(), await permission()];
    const two = await client.permission.addPermissionsToRole(name, wanted);
    assert.deepEqual(names(two.permissions).sort(), wanted.sort());
    const other = await role();
    const one = await client.permission.addPermissionsToRole(other, wanted.slice(0, 1));
    assert.deepEqual(names(one.permissions), wanted.slice(0, 1));
  });

  test('nothing is done to the permissions of a role that nobody has', async () => {
    const held = await permission();
    for (const [name, codes] of [
      ['nobody_at_all', ['NOT_FOUND']],
      ['non-existent-role', ['NOT_FOUND', 'INVALID_ARGUMENT']],
    ] as const) {
      for (const call of [
        () => client.permission.listRolePermissions(name),
        () => client.permission.listEffectiveRolePermissions(name),
        () => client.permission.addPermissionsToRole(name, [held]),
        () => client.permission.removePermissionFromRole(name, held),
      ]) {
        const { errorCode } = await failureOf(call());
        assert.ok(
          codes.some((code) => code === errorCode),
          `${name}: ${errorCode}`,
        );
      }
    }
  });

  test('a permission that nobody has is neither read nor deleted', async () => {
    for (const call of [
      () => client.permission.getPermission('nobody_has_it'),
      () => client.permission.deletePermission('nobody_has_it'),
    ]) {
      const failure = await failureOf(call());
      assert.ok(failure instanceof ScalekitNotFoundException);
      assert.equal(failure.errorCode, 'NOT_FOUND');
    }
  });

  test('a base role of an organization goes once nothing extends it any more', async () => {
    const id = await organization();
    const [base, child] = [fresh(), fresh()];
    await client.role.createOrganizationRole(id, newRole(base) as never);
    await client.role.createOrganizationRole(id, {
      ...newRole(child),
      extends: base,
    } as never);
    await client.role.deleteOrganizationRoleBase(id, child);
    await client.role.deleteOrganizationRole(id, base);
    const { roles } = await client.role.listOrganizationRoles(id);
    assert.deepEqual(names(roles.filter(({ isOrgRole }) => isOrgRole)), [child]);
    const counted = await client.role.getOrganizationRoleUsersCount(id, child);
    assert.equal(Number(counted.count), 0);
  });
});

describe('connections and domains', () => {
  test('a draft is listed with include=all, by its organization and by a domain', async () => {
    const id = await organization();
    const name = `${fresh().replace('_', '-')}.com`;
    await client.domain.createDomain(id, name);
    const { connection } = await client.connection.createConnection(id, okta);
    const listed = async (query: string): Promise<string[]> =>
      ((await rest('GET', `/connections?${query}`))['connections'] as Fields[]).map((each) =>
        String(each['id']),
      );
    for (const query of [`organization_id=${id}`, `domain=${name}`]) {
      assert.deepEqual(await listed(query), [], query);
      assert.deepEqual(await listed(`${query}&include=all`), [connection?.id], query);
    }
    await client.connection.deleteConnection(id, connection?.id ?? '');
    assert.deepEqual(await listed(`organization_id=${id}&include=all`), []);
  });

  test('a domain of more than 32 characters cannot be asked for', async () => {
    const long = await failureOf(client.connection.listConnectionsByDomain('x'.repeat(33)));
    assert.equal(long.errorCode, 'INVALID_ARGUMENT');
    const most = await client.connection.listConnectionsByDomain(`${'x'.repeat(28)}.com`);
    assert.deepEqual(most.connections, []);
  });

  test('the filter of domains is exact', async () => {
    const id = await organization();
    await client.domain.createDomain(id, `${fresh().replace('_', '-')}.com`);
    const length = async (domainType: string): Promise<number> =>
      (await client.domain.listDomains(id, { domainType })).domains.length;
    assert.equal(await length('ORGANIZATION_DOMAIN'), 1);
    assert.equal(await length('ALLOWED_EMAIL_DOMAIN'), 0);
  });
});

describe('application clients', () => {
  const create = async (fields: Fields): Promise<Fields> =>
    is((await rest('POST', '/clients', { name: 'Made', ...fields }))['client']);
  const addSecret = async (id: unknown): Promise<Fields> =>
    await rest('POST', `/clients/${String(id)}/secrets`);

  test('what is asked for is kept, in its order', async () => {
    const uris = ['https://b.acme.test/cb', 'https://a.acme.test/cb', 'https://c.acme.test/cb'];
    for (const type of ['WEB_APP', 'SPA', 'NTV']) {
      const made = await create({
        client_type: type,
        post_login_uris: uris,
        access_token_expiry: '900',
      });
      const read = is((await rest('GET', `/clients/${String(made['id'])}`))['client']);
      assert.equal(read['client_type'], type);
      assert.deepEqual(read['post_login_uris'], uris);
      assert.equal(read['access_token_expiry'], '900');
      assert.deepEqual(read['back_channel_logout_uris'] ?? [], []);
      if (type === 'WEB_APP') assert.equal(read['enforce_pkce'] ?? false, false);
    }
  });

  test('one begins without secrets: two added and one removed leave one', async () => {
    const id = (await create({ client_type: 'WEB_APP' }))['id'];
    const secrets = async (): Promise<Fields[]> =>
      (is((await rest('GET', `/clients/${String(id)}`))['client'])['secrets'] ?? []) as Fields[];
    assert.deepEqual(await secrets(), []);
    const first = is((await addSecret(id))['secret'])['id'];
    const second = is((await addSecret(id))['secret'])['id'];
    assert.equal((await secrets()).length, 2);
    await rest('DELETE', `/clients/${String(id)}/secrets/${String(first)}`);
    assert.deepEqual(
      (await secrets()).map((secret) => secret['id']),
      [second],
    );
  });

  test('whether one may call the API is decided anew for every call', async () => {
    const made = await create({ client_type: 'WEB_APP', disallow_scalekit_api_access: true });
    const id = String(made['id']);
    const secret = String((await addSecret(id))['plain_secret']);
    const token = String((await tokenFor(id, secret)).body['access_token']);
    const call = async (): Promise<Reply> => await http('GET', '/api/v1/organizations', token);
    const refused = await call();
    assert.equal(refused.status, 401);
    assert.equal(refused.body['code'], 16);
    await rest('PATCH', `/clients/${id}`, { disallow_scalekit_api_access: false });
    assert.equal((await call()).status, 200);
  });
});

describe('tokens', () => {
  const isList = (value: unknown): void => assert.ok(Array.isArray(value));

  test('one of the environment’s client says whose it is, as every SDK reads it', async () => {
    const { client_id, client_secret } = gatehouse.ready;
    const { body } = await tokenFor(client_id, client_secret);
    assert.ok(Number.isInteger(body['expires_in']));
    assert.equal(body['token_type'], 'Bearer');
    const token = String(body['access_token']);
    const claims = claimsOf(token);
    assert.equal(claims['iss'], gatehouse.url);
    assert.equal(claims['sub'], client_id);
    assert.equal(claims['client_id'], client_id);
    isList(claims['aud']);
    isList(claims['scopes']);
    assert.equal(typeof claims['scope'], 'string');
    assert.match(String(claims['jti']), /^tkn_\d+$/);
    for (const time of ['iat', 'nbf', 'exp']) assert.ok(Number.isInteger(claims[time]), time);
    assert.ok(Number(claims['nbf']) <= Date.now() / 1000);
    const head = claimsOf(token, 0);
    assert.equal(head['alg'], 'RS256');
    assert.match(String(head['kid']), /^snk_\d+$/);
  });

  test('those of a person have lists and texts where SDKs are strict about them', async () => {
    const { accessToken, idToken } = await signIn(gatehouse);
    const access = claimsOf(accessToken);
    for (const list of ['aud', 'roles', 'permissions']) isList(access[list]);
    assert.equal(typeof access['scope'], 'string');
    assert.match(String(access['sub']), /^usr_\d{15,21}$/);
    assert.match(String(access['sid']), /^ses_\d+$/);
    assert.match(String(access['jti']), /^tkn_\d+$/);
    assert.match(String(access['oid']), /^org_\d+$/);
    assert.equal(access['client_id'], gatehouse.ready.client_id);
    const id = claimsOf(idToken);
    for (const list of ['aud', 'amr']) isList(id[list]);
    for (const text of ['at_hash', 'c_hash', 'azp', 'email', 'name', 'given_name', 'sid', 'oid']) {
      assert.equal(typeof id[text], 'string', text);
    }
    assert.equal(id['email_verified'], true);
    for (const text of ['updated_at', 'metadata']) {
      assert.ok(['undefined', 'string'].includes(typeof id[text]), text);
    }
    for (const time of ['iat', 'exp']) assert.ok(Number.isInteger(id[time]), time);
  });

  test('the key set has RSA keys for signatures, each with its name', async () => {
    const keys = (await http('GET', '/keys')).body['keys'] as Fields[];
    assert.ok(keys.length > 0);
    for (const key of keys) {
      assert.deepEqual([key['kty'], key['alg'], key['use']], ['RSA', 'RS256', 'sig']);
      assert.match(String(key['kid']), /^snk_\d+$/);
    }
  });
});

describe('API tokens', () => {
  test('an empty value of a claim is refused when one is made, and nothing is made', async () => {
    const id = await organization();
    const refused = await failureOf(client.token.createToken(id, { customClaims: { c: '' } }));
    assert.ok(refused instanceof ScalekitBadRequestException);
    assert.equal((await client.token.listTokens(id)).totalCount, 0);
  });

  test('one that is about a member says so when it is listed', async () => {
    const id = await organization();
    const user = await member(id);
    const made = await client.token.createToken(id, { userId: user });
    assert.match(made.tokenId, /^apit_\d+$/);
    const { tokens } = await client.token.listTokens(id);
    assert.deepEqual(
      tokens.map(({ tokenId, userId, organizationId }) => [tokenId, userId, organizationId]),
      [[made.tokenId, user, id]],
    );
  });
});

describe('failures', () => {
  test('REST tells the code, the message and ErrorInfo in the contract’s names', async () => {
    const { status, body } = await http('GET', '/api/v1/organizations');
    assert.equal(status, 401);
    assert.equal(body['code'], 16);
    assert.equal(typeof body['message'], 'string');
    const [detail] = body['details'] as Fields[];
    assert.equal(detail?.['@type'], 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo');
    assert.equal(detail['error_code'], 'UNAUTHENTICATED');
  });

  test('a method that takes no body minds no empty object, and nothing else', async () => {
    const id = await organization();
    const { directory } = await client.directory.createDirectory(id, scim);
    const path = `/organizations/${id}/directories/${directory?.id}:disable`;
    await rest('PATCH', path, {});
    const refused = await http('PATCH', `/api/v1${path}`, await environmentToken(), { a: 1 });
    assert.equal(refused.status, 400);
  });

  test('HTTP statuses have the reason phrases that SDKs look up', async () => {
    const { client_id } = gatehouse.ready;
    const wrong = await tokenFor(client_id, 'wrong');
    assert.deepEqual([wrong.status, wrong.statusText], [401, 'Unauthorized']);
    assert.equal(wrong.body['error'], 'invalid_client');
    assert.equal(typeof wrong.body['error_description'], 'string');
    const missing = await http(
      'GET',
      '/api/v1/organizations/org_123456789012345678',
      await environmentToken(),
    );
    assert.deepEqual([missing.status, missing.statusText], [404, 'Not Found']);
    const right = await tokenFor(client_id, gatehouse.ready.client_secret);
    assert.deepEqual([right.status, right.statusText], [200, 'OK']);
  });

  test('what was repeated in a message of a failure is short, however long it was', async () => {
    const id = await organization();
    const user = await member(id);
    const failure = await failureOf(client.user.removeUserRole(id, user, 'a'.repeat(200_000)));
    assert.ok(['NOT_FOUND', 'INVALID_ARGUMENT'].includes(failure.errorCode ?? ''));
    assert.ok(failure.message.length < 1000);
  });
});

describe('events', () => {
  test('tell of a person who signs up and names an organization, once', async () => {
    const email = address();
    const user = String(claimsOf((await signIn(gatehouse, email)).accessToken)['sub']);
    await signIn(gatehouse, email);
    const { events } = await client.events.listEventsPaginated(30, undefined, {
      eventTypes: ['user.signup'],
    });
    const own = events
      .map((event) => is(event.data))
      .filter((data) => is(data['user'])['id'] === user);
    assert.equal(own.length, 1);
    assert.match(String(is(own[0]?.['organization'])['id']), /^org_\d+$/);
  });
});

describe('identifiers', () => {
  test('are a prefix and as many digits as every SDK takes', async () => {
    const id = await organization();
    const user = await member(id);
    const { connection } = await client.connection.createConnection(id, okta);
    const { directory } = await client.directory.createDirectory(id, scim);
    const { domain } = await client.domain.createDomain(id, `${fresh().replace('_', '-')}.com`);
    const { role } = await client.role.createRole(newRole(fresh()));
    const { permission } = await client.permission.createPermission(newPermission(fresh()));
    const machine = await client.m2m.createOrganizationClient(id, { name: 'Nightly' });
    const link = await client.organization.generatePortalLink(id);
    const environment = (await client.user.getUser(user)).user?.environmentId;
    for (const [value, prefix] of [
      [id, 'org_'],
      [user, 'usr_'],
      [connection?.id, 'conn_'],
      [directory?.id, 'dir_'],
      [domain?.id, 'dom_'],
      [role?.id, 'role_'],
      [permission?.id, 'perm_'],
      [machine.client?.clientId, 'm2morg_'],
      [link.id, 'lnk_'],
      [environment, 'env_'],
      [gatehouse.ready.client_id, 'skc_'],
    ]) {
      assert.match(value ?? '', new RegExp(`^${prefix}[0-9]{15,21}$`));
      assert.ok((value ?? '').length <= 32);
    }
  });
});

// Directories by the official SDK: what it offers of them, and how it sees failures.
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

type NewDirectory = Parameters<ScalekitClient['directory']['createDirectory']>[1];

// The numbers of the contract's enums.
const SCIM = 1;
const OKTA = 1;
const okta = { directoryType: SCIM, directoryProvider: OKTA } as unknown as NewDirectory;

describe('directories through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
  });
  after(async () => await gatehouse?.stop());

  const organization = async (): Promise<string> =>
    (await client.organization.createOrganization('Rockets')).organization?.id ?? '';
  const made = async (id: string) => {
    const { directory } = await client.directory.createDirectory(id, okta);
    assert.ok(directory);
    return directory;
  };

  test('a new one is enabled, has its numbers, and is the first of its organization', async () => {
    const id = await organization();
    assert.deepEqual((await client.directory.listDirectories(id)).directories, []);
    const directory = await made(id);
    assert.match(directory.id, /^dir_\d{15,19}$/);
    assert.equal(directory.enabled, true);
    assert.equal(directory.directoryType, SCIM);
    assert.equal(directory.directoryProvider, OKTA);
    assert.equal(directory.stats?.totalUsers, 0);
    assert.equal(directory.directoryEndpoint, `${gatehouse.url}/directory/${directory.id}/scim/v2`);
    assert.deepEqual((await client.directory.getDirectory(id, directory.id)).directory, directory);
    await made(id);
    const primary = await client.directory.getPrimaryDirectoryByOrganizationId(id);
    assert.equal(primary.id, directory.id);
  });

  test('it is deleted only after it was disabled', async () => {
    const id = await organization();
    const directory = await made(id);
    assert.equal((await client.directory.enableDirectory(id, directory.id)).enabled, true);
    const failure = await failureOf(client.directory.deleteDirectory(id, directory.id));
    assert.ok(failure instanceof ScalekitBadRequestException);
    assert.equal(failure.errorCode, 'FAILED_PRECONDITION');
    assert.match(failure.message, /directory is enabled.*disable/);
    assert.equal((await client.directory.disableDirectory(id, directory.id)).enabled, false);
    await client.directory.deleteDirectory(id, directory.id);
    for (const call of [
      () => client.directory.getDirectory(id, directory.id),
      () => client.directory.disableDirectory(id, directory.id),
      () => client.directory.listDirectoryUsers(id, directory.id),
      () => client.directory.listDirectories('org_123456789012345678'),
    ]) {
      const gone = await failureOf(call());
      assert.ok(gone instanceof ScalekitNotFoundException);
      assert.equal(gone.errorCode, 'NOT_FOUND');
    }
  });

  test('users and groups are listed with every option that there is', async () => {
    const id = await organization();
    const directory = await made(id);
    const options = {
      pageSize: 10,
      pageToken: '',
      includeDetail: true,
      updatedAfter: '2025-01-01T00:00:00Z',
    };
    const users = await client.directory.listDirectoryUsers(id, directory.id, options);
    assert.deepEqual(users.users, []);
    assert.equal(users.totalSize, 0);
    assert.equal(users.nextPageToken, '');
    const groups = await client.directory.listDirectoryGroups(id, directory.id, options);
    assert.deepEqual(groups.groups, []);
    const failure = await failureOf(
      client.directory.listDirectoryUsers(id, directory.id, { pageToken: 'nonsense' }),
    );
    assert.ok(failure instanceof ScalekitBadRequestException);
    assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
  });
});

// Events by the official SDK: what is told of changes, and how lists of them are filtered.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitServerException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { sdk, SEED } from './clients.js';
import { Gatehouse } from './gatehouse.js';

const ROLE_OBJECT = 6;
const ORGANIZATION_OBJECT = 3;

describe('events through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
  });
  after(async () => await gatehouse?.stop());

  const createRole = async (name: string): Promise<void> => {
    const role = { name, displayName: name, permissions: [] };
    type Role = Parameters<ScalekitClient['role']['createRole']>[0];
    await client.role.createRole(role as unknown as Role);
  };

  test('a change is told with its type, its object and the thing itself', async () => {
    await createRole('teller');
    const { events } = await client.events.listEventsPaginated(1);
    const event = events[0];
    assert.match(event?.id ?? '', /^evt_\d+$/);
    assert.equal(event?.type, 'role.created');
    assert.equal(event?.object, ROLE_OBJECT);
    assert.equal(event?.specVersion, '1');
    assert.match(event?.environmentId ?? '', /^env_\d+$/);
    assert.equal(event?.organizationId, undefined);
    assert.equal(event?.displayName, 'Role Created');
    assert.equal((event?.data as { name?: string } | undefined)?.name, 'teller');
  });

  test('events are filtered by type and by organization', async () => {
    const acme = (await client.organization.createOrganization('Told')).organization?.id ?? '';
    await createRole('between');
    const ofType = await client.events.listEventsPaginated(10, undefined, {
      eventTypes: ['organization.created'],
    });
    assert.equal(ofType.events[0]?.object, ORGANIZATION_OBJECT);
    assert.ok(ofType.events.every((event) => event.type === 'organization.created'));
    const ofAcme = await client.events.listEventsPaginated(10, undefined, { organizationId: acme });
    assert.ok(ofAcme.events.length > 0);
    assert.ok(ofAcme.events.every((event) => event.organizationId === acme));
    const none = await client.events.listEventsPaginated(10, undefined, {
      eventTypes: ['role.exploded'],
    });
    assert.deepEqual(none.events, []);
    assert.equal(none.nextPageToken, '');
  });

  test('pages follow each other without repeating anything', async () => {
    for (const name of ['page_1', 'page_2', 'page_3']) await createRole(name);
    const seen: string[] = [];
    let token = '';
    do {
      const page = await client.events.listEventsPaginated(2, token, {
        eventTypes: ['role.created'],
      });
      seen.push(...page.events.map((event) => event.id));
      token = page.nextPageToken;
    } while (token !== '');
    assert.ok(seen.length >= 3);
    assert.equal(new Set(seen).size, seen.length);
  });

  test('a filter or token that cannot be is a bad request', async () => {
    const list = (token?: string, filter?: object) =>
      client.events.listEventsPaginated(10, token, filter);
    const calls = [() => list('made up'), () => list(undefined, { organizationId: 'acme' })];
    for (const call of calls) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof ScalekitBadRequestException, String(error));
        assert.ok(error instanceof ScalekitServerException);
        assert.equal(error.errorCode, 'INVALID_ARGUMENT');
        return true;
      });
    }
  });
});

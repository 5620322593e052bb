// Judges a history against what the nodes say afterwards: invariants I1 to I10 of the fault
// programme (docs/operations/faults.md). Every finding is a sentence that begins with its number.
// It ends the refresh families that it examines.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, Json } from './client.js';
import type { History } from './history.js';
import { REDIRECT_URI } from './nodes.js';

const FAMILIES_MAX = 150; // the newest
const CODES_MAX = 50;
const PAGE = 100;

export interface Evidence {
  // Folders whose files must not hold a secret in clear.
  folders?: string[];
}

export async function judge(client: Client, evidence: Evidence = {}): Promise<string[]> {
  const { history, installation } = client;
  const findings: string[] = [];
  const say = (text: string): void => void findings.push(text);
  await judgeKeys(client, say);
  await judgeFamilies(client, say);
  await judgeCodes(client, say);
  await judgeOrganizations(client, say);
  await judgeUsers(client, say);
  await judgeTraces(client, say);
  for (const line of await installation.fsck()) say(`I10: fsck: ${line}`);
  const folders = [installation.folder, ...(evidence.folders ?? [])];
  for (const folder of folders) judgeFiles(folder, secretsOf(client), say);
  return [...history.violations, ...findings];
}

type Say = (text: string) => void;

// I8: whoever verifies a token that is still good finds its key.
async function judgeKeys(client: Client, say: Say): Promise<void> {
  for (const node of client.installation.nodes) {
    const answer = await node.ask('/keys');
    const { keys } = JSON.parse(answer.body) as { keys: { kid: string }[] };
    const published = new Set(keys.map(({ kid }) => kid));
    for (const [keyId, until] of client.history.keyIds) {
      if (until > Date.now() / 1000 && !published.has(keyId)) say(`I8: no key ${keyId} in /keys`);
    }
  }
}

// I1: what was redeemed is not redeemed again, at any node. Trying ends the code's own family, so
// this comes after the families.
async function judgeCodes(client: Client, say: Say): Promise<void> {
  for (const times of client.history.codes.values()) {
    if (times > 1) say(`I1: a code got tokens ${times} times`);
  }
  for (const code of [...client.history.codes.keys()].slice(-CODES_MAX)) {
    const redirect = { code, redirect_uri: REDIRECT_URI };
    const answer = await client.tokenRequest({ grant_type: 'authorization_code', ...redirect });
    if (answer.status === 200) say('I1: a code that was used got tokens again');
  }
}

// I2, I3, I4: the newest token of a live family works, an ended family stays ended, and a token
// from before the newest's parent ends its family.
async function judgeFamilies(client: Client, say: Say): Promise<void> {
  for (const family of client.history.families.slice(-FAMILIES_MAX)) {
    const { ended } = family;
    const isRefreshed = (await client.refresh(family)) !== undefined;
    if (!isRefreshed || ended !== 'no') continue;
    // The new one is used, so that the one before the last is a parent too late.
    await client.refresh(family);
    const old = family.tokens.at(-3) ?? '';
    const replay = { grant_type: 'refresh_token', refresh_token: old };
    const answer = await client.tokenRequest(replay);
    if (answer.status === 200) say('I2: a token was good after its successor was used');
    const last = { grant_type: 'refresh_token', refresh_token: family.tokens.at(-1) ?? '' };
    const after = await client.tokenRequest(last);
    if (after.status === 200) say('I2: a family went on after a replay');
    family.ended = 'yes';
  }
}

// I3, I4: present is present with its last name, deleted is deleted.
async function judgeOrganizations(client: Client, say: Say): Promise<void> {
  const found = new Map<string, Json>();
  for (const one of await listed(client, 'organizations')) {
    found.set(String(one['external_id'] ?? ''), one);
  }
  for (const { externalId, presence, names, acknowledged, id } of client.history.organizations) {
    const there = found.get(externalId);
    if (presence === 'present' && !there) say(`I3: organization ${externalId} is lost`);
    if (presence === 'deleted' && there) say(`I4: organization ${externalId} came back`);
    if (presence !== 'present' || !there) continue;
    if (there['id'] !== id) say(`I3: organization ${externalId} has another id`);
    const name = names.indexOf(String(there['display_name']));
    if (name < acknowledged) say(`I3: organization ${externalId} lost its name`);
  }
}

// I3, I4, I5: as above; and no two users have one address.
async function judgeUsers(client: Client, say: Say): Promise<void> {
  const { history } = client;
  const found = new Map<string, Json>();
  const addresses = new Set<string>();
  for (const one of await listed(client, 'users')) {
    const email = String(one['email']).toLowerCase();
    if (addresses.has(email)) say(`I5: two users have the address ${email}`);
    addresses.add(email);
    found.set(String(one['external_id'] ?? ''), one);
  }
  for (const { externalId, presence, id } of history.users) {
    const there = found.get(externalId);
    if (presence === 'present' && !there) say(`I3: user ${externalId} is lost`);
    if (presence === 'deleted' && there) say(`I4: user ${externalId} came back`);
    if (presence === 'present' && there && there['id'] !== id) {
      say(`I3: user ${externalId} has another id`);
    }
  }
}

// I6, I9: for each thing there is or was, one record and one event; and none of anything else.
async function judgeTraces(client: Client, say: Say): Promise<void> {
  await client.installation.admin('audit', 'verify').catch((error) => say(`I6: ${String(error)}`));
  for (const [kind, list] of [
    ['organization', 'organizations'],
    ['user', 'users'],
  ] as const) {
    const there = new Set((await listed(client, list)).map(({ id }) => String(id)));
    const made = await audited(client, `${kind}.created`);
    const deleted = new Set(await audited(client, `${kind}.deleted`));
    const all = new Set(made);
    if (all.size !== made.length) say(`I6: a ${kind} was recorded twice`);
    for (const id of there) if (!all.has(id)) say(`I6: no record of ${kind} ${id}`);
    for (const id of there) if (deleted.has(id)) say(`I6: ${kind} ${id} is recorded as deleted`);
    for (const id of all) {
      if (!there.has(id) && !deleted.has(id)) say(`I6: a record of ${kind} ${id}, which is not`);
    }
    if (kind === 'organization') await judgeEvents(client, all, deleted, say);
  }
}

async function judgeEvents(
  client: Client,
  made: Set<string>,
  deleted: Set<string>,
  say: Say,
): Promise<void> {
  for (const [type, wanted] of [
    ['organization.created', made],
    ['organization.deleted', deleted],
  ] as const) {
    const told: string[] = [];
    for await (const event of pages(client, 'events', async (query) => {
      const filter = { event_types: [type] };
      return await client.call('POST', `/api/v1/events/paginated?${query}`, filter);
    })) {
      told.push(String((event['data'] as Json | undefined)?.['id']));
    }
    const all = new Set(told);
    if (all.size !== told.length) say(`I9: an event ${type} stands there twice`);
    for (const id of wanted) if (!all.has(id)) say(`I9: no event ${type} of ${id}`);
    for (const id of all) if (!wanted.has(id)) say(`I9: an event ${type} of ${id}, which is not`);
  }
}

// I7: what is a secret stands nowhere in clear.
function judgeFiles(folder: string, secrets: string[], say: Say): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.path, entry.name);
    if (!entry.isFile() || /printed\.txt$|\.toml$|master\.key$/.test(path)) continue;
    if (statSync(path).size > 512 << 20) continue;
    const bytes = readFileSync(path);
    const found = secrets.find((secret) => bytes.includes(secret));
    if (found) say(`I7: ${entry.name} holds a secret that begins with ${found.slice(0, 6)}`);
  }
}

function secretsOf(client: Client): string[] {
  const { codes, families } = client.history;
  const some = [...codes.keys()].slice(-5);
  for (const family of families.slice(-5)) some.push(family.tokens.at(-1) ?? '');
  return [client.installation.clientSecret, ...some].filter((secret) => secret.length > 12);
}

async function listed(client: Client, list: 'organizations' | 'users'): Promise<Json[]> {
  const all: Json[] = [];
  const ask = async (query: URLSearchParams) =>
    await client.call('GET', `/api/v1/${list}?${query}`);
  for await (const one of pages(client, list, ask)) all.push(one);
  return all;
}

async function* pages(
  client: Client,
  field: string,
  ask: (query: URLSearchParams) => ReturnType<Client['call']>,
): AsyncGenerator<Json> {
  for (let token = ''; ;) {
    const query = new URLSearchParams({ page_size: String(PAGE), page_token: token });
    const { status, json } = await ask(query);
    if (status !== 200) {
      client.history.violation(`${field} cannot be listed: ${status} ${JSON.stringify(json)}`);
      return;
    }
    yield* (json[field] as Json[] | undefined) ?? [];
    token = String(json['next_page_token'] ?? '');
    if (!token) return;
  }
}

async function audited(client: Client, event: string): Promise<string[]> {
  const subjects: string[] = [];
  for (let before: string[] = []; ;) {
    const words = ['audit', 'list', '--event', event, '--limit', '500', ...before];
    const page = (await client.installation.admin(...words)) as Record<string, string>[];
    for (const record of page) subjects.push(record['subject_id'] ?? '');
    const last = page.at(-1)?.['id'];
    if (page.length < 500 || !last) return subjects;
    before = ['--before', last];
  }
}

// One line on what was done, for the output of the tests.
export function summary(history: History): string {
  const { operations, unknowns, signIns, signInsBegunAgain, families } = history;
  return (
    `${operations} requests, ${unknowns} of them not settled at once, ${signIns} sign-ins` +
    ` (${signInsBegunAgain} begun again), ${families.length} grants`
  );
}

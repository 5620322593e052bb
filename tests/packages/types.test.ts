// The types of the management API: they are what proto/ says, and weigh nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ScalekitClient, types } from '@gatehouse/sdk';
import type { ScalekitClient as OfficialClient } from '@scalekit-sdk/node';
import { ROOT } from '../black_box/gatehouse.js';

const SDK = join(ROOT, 'packages/sdk');
const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const typeFiles = (folder: string): string[] => readdirSync(join(folder, 'types')).sort();

test('what is generated from proto/ is what stands in the SDK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-types-'));
  try {
    execFileSync(process.execPath, [join(SDK, 'scripts/generate_types.mjs'), folder]);
    const source = join(SDK, 'src');
    assert.deepEqual(typeFiles(folder), typeFiles(source));
    const names = typeFiles(folder).map((name) => `types/${name}`);
    assert.ok(names.length > 15);
    for (const name of [...names, 'resources/shapes.ts']) {
      const hint = `${name}: run node packages/sdk/scripts/generate_types.mjs`;
      assert.equal(read(folder, name), read(source, name), hint);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('types are nothing at run time, and none of them is any', () => {
  const built = join(SDK, 'dist/esm/types');
  const scripts = readdirSync(built).filter((name) => name.endsWith('.js'));
  assert.ok(scripts.length > 15);
  for (const name of scripts) {
    const code = read(built, name).replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
    assert.match(code.trim(), /^(export \{\};)?$/, name);
  }
  for (const name of typeFiles(join(SDK, 'src'))) {
    const code = read(join(SDK, 'src/types'), name).replace(/\/\*\*[^]*?\*\/|'[^']*'/g, '');
    assert.doesNotMatch(code, /\bany\b/, name);
  }
});

test('every method of every service that is served has its types', () => {
  const folder = join(ROOT, 'proto/scalekit/v1');
  const left = /^(tools|mcp|connected_accounts|providers|errdetails|options)\//;
  const protos = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.proto') && !left.test(name),
  );
  const declared = typeFiles(join(SDK, 'src')).map((name) => read(join(SDK, 'src/types'), name));
  const text = declared.join('\n');
  let count = 0;
  for (const proto of protos) {
    for (const [, method] of read(folder, proto).matchAll(/^ {2}rpc (\w+)\(/gm)) {
      assert.match(text, new RegExp(`^ {2}${method}: Method<`, 'm'), method);
      count += 1;
    }
  }
  assert.ok(count > 100, String(count));
});

// Never run: what must compile, and what must not.
export async function typed(client: ScalekitClient): Promise<void> {
  const { organization } = await client.organization.createOrganization('Acme');
  const id: string = organization?.id ?? '';
  // @ts-expect-error an organization may be absent from an answer
  organization.id;
  const region: types.organizations.Organization['regionCode'] = 'EU';
  // @ts-expect-error texts of an enum are known
  const wrong: types.organizations.Organization['regionCode'] = 'MARS';
  const time: string | undefined = organization?.createTime;
  const wide: types.passwordless.SendPasswordlessResponse['expiresAt'] = '1700000000';
  const method: types.Services['scalekit.v1.users.UserService']['GetUser']['idempotency'] = 'safe';
  // @ts-expect-error no such field
  await client.organization.updateOrganization(id, { color: 'red' });
  // @ts-expect-error no such method
  await client.call('scalekit.v1.users.UserService', 'Nothing', {});
  const { users } = await client.call('scalekit.v1.users.UserService', 'ListUsers', {});
  const emails: string[] = users.map((user) => user.email);
  const metadata: Record<string, string> | undefined = users[0]?.metadata;
  void [region, wrong, time, wide, method, emails, metadata];
}

// Methods of a part that do not take what those of the official SDK take.
type Differing<Part extends keyof OfficialClient & keyof ScalekitClient> = {
  [Name in keyof OfficialClient[Part]]: OfficialClient[Part][Name] extends (
    ...parameters: infer Theirs
  ) => unknown
    ? Name extends keyof ScalekitClient[Part]
      ? ScalekitClient[Part][Name] extends (...parameters: infer Ours) => unknown
        ? Theirs extends Ours
          ? never
          : Name
        : Name
      : Name
    : never;
}[keyof OfficialClient[Part]];

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;

// Never run either. What differs takes names of enums, or times, where theirs takes numbers and
// messages.
export const parameters: [
  Same<Differing<'organization'>, never>,
  Same<Differing<'connection'>, 'createConnection'>,
  Same<Differing<'domain'>, 'createDomain' | 'listDomains'>,
  Same<Differing<'directory'>, 'createDirectory'>,
  Same<Differing<'user'>, never>,
  Same<Differing<'session'>, never>,
  Same<Differing<'role'>, never>,
  Same<Differing<'permission'>, never>,
  Same<Differing<'passwordless'>, 'sendPasswordlessEmail'>,
  Same<Differing<'webauthn'>, never>,
  Same<Differing<'token'>, 'createToken'>,
  Same<Differing<'m2m'>, never>,
  Same<Differing<'auth'>, never>,
  Same<Differing<'events'>, 'listEventsPaginated'>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true, true];

// The resources of our SDK beside those of the official one: the same methods with the same
// parameters, and a test for each.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScalekitClient } from '@gatehouse/sdk';
import { ScalekitClient as OfficialClient } from '@scalekit-sdk/node';
import { ROOT } from '../black_box/gatehouse.js';

// Services that Gatehouse does not have.
const NOT_SERVED = new Set(['tools', 'connectedAccounts', 'actions']);
const INTERNAL = new Set(['coreClient', 'grpcConnect']);
// Private in the declarations of the official SDK.
const PRIVATE = new Set([
  'resolveDomainType',
  'verifyPayloadSignature',
  'extractScopesFromPayload',
  'verifyTimestamp',
  'computeSignature',
]);

const arguments_ = ['http://localhost:1', 'client', 'secret'] as const;
const ours = new ScalekitClient(...arguments_);
const official = new OfficialClient(...arguments_);

type Callable = (...parameters: unknown[]) => unknown;

function methodsOf(object: object): Map<string, Callable> {
  const found = new Map<string, Callable>();
  for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const value = (object as Record<string, unknown>)[name];
      if (name === 'constructor' || PRIVATE.has(name) || typeof value !== 'function') continue;
      found.set(name, value as Callable);
    }
  }
  return found;
}

function partsOf(client: object): Map<string, object> {
  const parts = Object.entries(client).filter(
    ([name, value]) => typeof value === 'object' && !NOT_SERVED.has(name) && !INTERNAL.has(name),
  );
  return new Map(parts as [string, object][]);
}

test('every method of the official SDK is here', () => {
  const missing: string[] = [];
  for (const name of methodsOf(official).keys()) {
    if (!methodsOf(ours).has(name)) missing.push(name);
  }
  let count = 0;
  for (const [part, object] of partsOf(official)) {
    const mine = partsOf(ours).get(part);
    for (const name of methodsOf(object).keys()) {
      count += 1;
      if (!mine || !methodsOf(mine).has(name)) missing.push(`${part}.${name}`);
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(count > 90, String(count));
  for (const name of NOT_SERVED) assert.ok(!(name in ours), name);
});

test('every method of a resource is called by a test', () => {
  const folder = join(ROOT, 'tests/packages');
  const text = readdirSync(folder)
    .filter((name) => /^resources_.*\.test\.ts$/.test(name))
    .filter((name) => name !== 'resources_coverage.test.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const forgotten: string[] = [];
  for (const [part, object] of partsOf(ours)) {
    for (const name of methodsOf(object).keys()) {
      const call = new RegExp(`\\b(ours|${part})\\.${name}\\(`);
      if (!call.test(text)) forgotten.push(`${part}.${name}`);
    }
  }
  assert.deepEqual(forgotten, []);
});

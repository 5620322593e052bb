// Every method of the Node SDK is called by one of the SDK's test files. AgentKit is left out: its
// methods are answered with UNIMPLEMENTED.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScalekitClient } from '@scalekit-sdk/node';
import { ROOT } from './gatehouse.js';

const AGENTKIT = new Set(['tools', 'connectedAccounts', 'actions']);
// Not ours to call, and what calls them is covered: token endpoint and key set of every SDK test.
const INTERNAL = new Set(['coreClient', 'grpcConnect']);
const sources = (): string => {
  const folder = join(ROOT, 'tests/black_box');
  return readdirSync(folder)
    .filter((name) => /^(sdk_.*|scalekit_sdk)\.test\.ts$/.test(name))
    .filter((name) => name !== 'sdk_coverage.test.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
};

// What the SDK's type declarations call private is not offered.
const privateNames = (): Set<string> => {
  const folder = join(ROOT, 'node_modules/@scalekit-sdk/node/lib');
  const declarations = readdirSync(folder)
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const found = declarations.join('\n').matchAll(/^\s*private (?:async )?(\w+)/gm);
  return new Set([...found].map(([, name = '']) => name));
};

const methodsOf = (object: object, hidden: Set<string>): string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    .filter((name) => name !== 'constructor' && !hidden.has(name))
    .filter((name) => typeof (object as Record<string, unknown>)[name] === 'function');

interface Method {
  part: string; // of the client; empty for the client's own
  name: string;
}

const offered = (): Method[] => {
  const hidden = privateNames();
  const client = new ScalekitClient('http://localhost:1', 'client', 'secret');
  const own = methodsOf(client, hidden).map((name) => ({ part: '', name }));
  const parts = Object.entries(client).filter(
    ([part]) => !AGENTKIT.has(part) && !INTERNAL.has(part),
  );
  return own.concat(
    parts.flatMap(([part, inner]) =>
      methodsOf(inner as object, hidden).map((name) => ({ part, name })),
    ),
  );
};

// Where two clients have a method of one name, a test has to say which it calls.
const callOf = ({ part, name }: Method, all: Method[]): RegExp => {
  const isShared = part !== '' && all.filter((other) => other.name === name).length > 1;
  return new RegExp(`${isShared ? `\\b${part}` : ''}\\.${name}\\s*(<[^;()]*>)?\\(`);
};

test('no method of the SDK outside AgentKit is left without a test', () => {
  const text = sources();
  const methods = offered();
  assert.ok(methods.length > 100, `the SDK offers ${methods.length} methods`);
  const forgotten = methods
    .filter((method) => !callOf(method, methods).test(text))
    .map(({ part, name }) => (part ? `${part}.${name}` : name));
  assert.deepEqual(forgotten, []);
});

// The management API by two SDKs at once: ours, and the official one that it stands in for. What
// both say of one thing must be the same.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createRegistry, toJson, type DescFile, type Message } from '@bufbuild/protobuf';
import { ScalekitClient, type ApiError } from '@gatehouse/sdk';
import { ScalekitClient as OfficialClient } from '@scalekit-sdk/node';
import { sdk, SEED } from '../black_box/clients.js';
import { Gatehouse, ROOT } from '../black_box/gatehouse.js';

export interface Both {
  gatehouse: Gatehouse;
  ours: ScalekitClient;
  official: OfficialClient;
}

export async function startBoth(): Promise<Both> {
  const gatehouse = await Gatehouse.start({ seed: SEED });
  const { environment_url, client_id, client_secret } = gatehouse.ready;
  const ours = new ScalekitClient(environment_url, client_id, client_secret);
  return { gatehouse, ours, official: sdk(gatehouse) };
}

const registry = (() => {
  const require = createRequire(import.meta.url);
  const folder = join(ROOT, 'node_modules/@scalekit-sdk/node/lib/pkg/grpc');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('_pb.js'))
    .flatMap((name) => Object.values(require(join(folder, name)) as Record<string, unknown>))
    .filter((exported) => (exported as { kind?: string } | null)?.kind === 'file');
  return createRegistry(...(files as DescFile[]));
})();

// A message of the official SDK as the JSON that it stands for, nothing left out.
export function jsonOf(message: unknown): unknown {
  const { $typeName } = message as Message;
  const schema = registry.getMessage($typeName);
  assert.ok(schema, `${$typeName} is known`);
  return toJson(schema, message as Message, { alwaysEmitImplicit: true, registry });
}

// Both give the same, and something at all.
export async function same(ours: Promise<unknown>, official: Promise<unknown>): Promise<void> {
  const [mine, theirs] = await Promise.all([ours, official]);
  assert.ok(Object.keys(mine as object).length > 0, 'there is an answer');
  assert.deepEqual(mine, jsonOf(theirs));
}

interface OfficialFailure extends Error {
  httpStatus: number;
  grpcStatus: number;
  errorCode: string | null;
}

// Both fail with the class of the same name, the same statuses and the same text.
export async function sameFailure(
  ours: Promise<unknown>,
  official: Promise<unknown>,
  expected: string,
): Promise<ApiError> {
  const [mine, theirs] = await Promise.allSettled([ours, official]);
  assert.equal(mine.status, 'rejected');
  assert.equal(theirs.status, 'rejected');
  const error = (mine as PromiseRejectedResult).reason as ApiError;
  const other = (theirs as PromiseRejectedResult).reason as OfficialFailure;
  assert.equal(error.name, expected, String(error));
  assert.equal(other.name, expected, String(other));
  assert.deepEqual(
    [error.httpStatus, error.grpcStatus, error.errorCode],
    [other.httpStatus, other.grpcStatus, other.errorCode],
  );
  assert.equal(`[${error.code}] ${error.message}`, other.message);
  assert.match(error.requestId ?? '', /^req_\d+$/);
  return error;
}

// Refused before anything is sent: as the server would refuse it.
export async function refusedHere(call: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(call, (error: ApiError) => {
    assert.equal(error.name, 'ScalekitBadRequestException');
    assert.equal(error.code, 'invalid_argument');
    assert.equal(error.requestId, undefined);
    assert.match(error.message, message);
    return true;
  });
}

export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

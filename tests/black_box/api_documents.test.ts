// What tools find: the OpenAPI document, the reference pages, gRPC health and reflection.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Gatehouse } from './gatehouse.js';
import { send } from './http.js';

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: unknown;
  security?: unknown[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

const VERBS = ['get', 'put', 'post', 'patch', 'delete'];

let server: Gatehouse;
let document: Document;
let token: string;

before(async () => {
  server = await Gatehouse.start();
  const fetched = await send(`${server.url}/api/openapi.json`);
  assert.equal(fetched.status, 200);
  document = JSON.parse(fetched.body) as Document;
  const issued = await send(`${server.url}/oauth/token`, {
    form: {
      grant_type: 'client_credentials',
      client_id: server.ready.client_id,
      client_secret: server.ready.client_secret,
    },
  });
  token = (JSON.parse(issued.body) as { access_token: string }).access_token;
});
after(async () => await server.stop());

// Frames of a unary call, and what came back.
async function call(path: string, message: Uint8Array, hold: 'end' | 'hold'): Promise<Buffer> {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  const session = http2.connect(server.url);
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.write(Buffer.concat([head, message]));
    if (hold === 'end') stream.end();
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  } finally {
    session.destroy();
  }
}

describe('documents of the API', () => {
  test('the OpenAPI document is valid', async () => {
    const result = await new Validator().validate(document as unknown as Record<string, unknown>);
    assert.deepEqual(result.errors ?? [], []);
    assert.equal(result.valid, true);
  });

  test('an invalid document would be noticed', async () => {
    const broken = { ...document, paths: { 'no-slash': { get: { responses: 1 } } } };
    assert.equal((await new Validator().validate(broken)).valid, false);
  });

  test('every operation of the document is served, to those with a token only', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs)
        .filter(([verb]) => VERBS.includes(verb))
        .map(([verb, operation]) => ({ path, verb, operation })),
    );
    assert.ok(operations.length > 100, `only ${operations.length} operations`);
    for (const { path, verb, operation } of operations) {
      const url = server.url + path.replace(/\{[^}]+\}/g, 'org_1234567890123456789');
      const options = {
        method: verb.toUpperCase(),
        ...(operation.requestBody !== undefined && {
          body: '{}',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        }),
        ...(operation.requestBody === undefined && {
          headers: { authorization: `Bearer ${token}` },
        }),
      };
      const answer = await send(url, options);
      const name = `${verb} ${path}: ${answer.status} ${answer.body.slice(0, 200)}`;
      assert.ok(answer.status < 500, name);
      assert.notEqual(answer.status, 401, name);
      assert.notEqual(answer.status, 405, name);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/, name);

      if (operation.security?.length === 0) continue;
      const refused = await send(url, { method: verb.toUpperCase() });
      assert.equal(refused.status, 401, `without a token: ${name}`);
    }
  });

  test('the reference lists every service, and every page of it can be read', async () => {
    const index = await send(`${server.url}/api/docs`);
    assert.equal(index.status, 200);
    const pages = [...index.body.matchAll(/<h2><a href="([^"]+)"/g)].map((match) => match[1]);
    assert.ok(pages.length >= 10, `only ${pages.length} services`);
    for (const page of pages) {
      const shown = await send(`${server.url}${page}`);
      assert.equal(shown.status, 200);
      assert.match(shown.body, /<code>\/scalekit\.v1\./);
    }
    assert.equal((await send(`${server.url}/api/docs/NoSuchService`)).status, 404);
  });

  test('every method has a sentence about what it does', () => {
    const silent = Object.values(document.paths)
      .flatMap((verbs) => Object.values(verbs))
      .filter((operation) => !('summary' in operation))
      .map((operation) => operation.operationId);
    assert.deepEqual(silent, []);
  });
});

describe('what gRPC tools ask', () => {
  test('health says that the server takes requests', async () => {
    const body = await call('/grpc.health.v1.Health/Check', new Uint8Array(), 'end');
    // HealthCheckResponse.status = SERVING
    assert.deepEqual([...body.subarray(5)], [0x08, 0x01]);
  });

  test('reflection lists the services, also to a caller that keeps its stream open', async () => {
    // ServerReflectionRequest.list_services = ""
    const question = Uint8Array.of(0x3a, 0x00);
    for (const version of ['v1', 'v1alpha']) {
      for (const hold of ['end', 'hold'] as const) {
        const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
        const answer = (await call(path, question, hold)).toString('latin1');
        assert.match(answer, /scalekit\.v1\.users\.UserService/);
        assert.match(answer, /grpc\.health\.v1\.Health/);
      }
    }
  });
});

// The authentication half where it has to run: small, without anything of Node, in a runtime that
// has nothing but web interfaces, and in Node 18, whose globals lack WebCrypto.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../black_box/gatehouse.js';
import { ACCESS, CLIENT_ID, ISSUER, NOW_MS, signer } from './auth_issuer.js';

const ENTRY = join(ROOT, 'packages/sdk/dist/esm/auth/index.js');
const GZIP_BYTES_MAX = 12 * 1024;

const { buildSync } = createRequire(join(ROOT, 'tests/packages/package.json'))(
  'esbuild',
) as typeof import('esbuild');

const bundle = (format: 'esm' | 'iife'): { text: string; imports: string[] } => {
  const { outputFiles, metafile, warnings } = buildSync({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'neutral',
    format,
    globalName: 'gatehouse',
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  const [output] = Object.values(metafile.outputs);
  return { text: outputFiles[0]?.text ?? '', imports: output?.imports.map((i) => i.path) ?? [] };
};

const keys = signer('ES256', 'k1');
const TOKEN = keys.sign({}, ACCESS);
const FORGED = signer('ES256', 'k1').sign({}, ACCESS);

// Signs a person in as far as that can be done without a server: a URL, PKCE, a token, a webhook.
const PROGRAM = `async (gatehouse, issuer, jwk, token, forged) => {
  const fetch = async () => Response.json({ keys: [jwk] });
  const now = () => ${NOW_MS};
  const client = new gatehouse.AuthClient(issuer, '${CLIENT_ID}', 'secret', { fetch, now });
  const begun = await gatehouse.createAuthorization(client, 'https://app.test/cb');
  const { sub } = await client.validateToken(token);
  const refusal = await client.validateToken(forged).catch((error) => error.code);
  let webhook = '';
  try { client.verifyWebhookPayload('whsec_AAAA', {}, ''); } catch (e) { webhook = e.code; }
  return JSON.stringify({ begun, sub, refusal, webhook });
}`;

interface Outcome {
  begun: { url: string; state: string; nonce: string; codeVerifier: string };
  sub: string;
  refusal: string;
  webhook: string;
}

const assertGood = (text: string): void => {
  const { begun, ...rest } = JSON.parse(text) as Outcome;
  assert.deepEqual(rest, {
    sub: 'usr_1',
    refusal: 'token_signature',
    webhook: 'webhook_headers',
  });
  for (const each of [begun.state, begun.nonce, begun.codeVerifier]) {
    assert.match(each, /^[A-Za-z0-9_-]{43}$/);
  }
  const query = new URL(begun.url).searchParams;
  assert.equal(query.get('state'), begun.state);
  assert.equal(query.get('code_challenge_method'), 'S256');
  assert.notEqual(query.get('code_challenge'), begun.codeVerifier);
};

describe('the bundle', () => {
  test('is under 12 KB, minified and compressed', () => {
    const bytes = gzipSync(bundle('esm').text, { level: 9 }).length;
    assert.ok(bytes < GZIP_BYTES_MAX, `${bytes} bytes`);
  });

  test('names no module, no Buffer and no process', () => {
    const { text, imports } = bundle('esm');
    assert.deepEqual(imports, []);
    assert.doesNotMatch(text, /\brequire\(|\bBuffer\b|\bprocess\b|\b__dirname\b/);
  });

  test('runs where there are web interfaces alone', async () => {
    const { crypto, TextEncoder, TextDecoder, atob, btoa, URL, URLSearchParams } = globalThis;
    const { Response, Headers, AbortController, setTimeout, clearTimeout } = globalThis;
    const context = createContext({
      ...{ crypto, TextEncoder, TextDecoder, atob, btoa, URL, URLSearchParams },
      ...{ Response, Headers, AbortController, setTimeout, clearTimeout },
    });
    new Script(bundle('iife').text).runInContext(context);
    const run = new Script(`(${PROGRAM})`).runInContext(context) as (
      ...given: unknown[]
    ) => Promise<string>;
    const gatehouse = new Script('gatehouse').runInContext(context) as unknown;
    assertGood(await run(gatehouse, ISSUER, keys.jwk, TOKEN, FORGED));
  });
});

// As Node 18 is: its globals have fetch, but not crypto.
for (const [format, load] of [
  ['ESM', `import('@gatehouse/sdk/auth')`],
  ['CommonJS', `Promise.resolve(require('@gatehouse/sdk/auth'))`],
] as const) {
  test(`${format} finds WebCrypto where it is no global`, () => {
    const program = `
      delete globalThis.crypto;
      if (globalThis.crypto) throw new Error('still there');
      ${load}
        .then((module) => (${PROGRAM})(module, ...JSON.parse(process.argv[1])))
        .then((text) => process.stdout.write(text));`;
    const given = JSON.stringify([ISSUER, keys.jwk, TOKEN, FORGED]);
    const type = format === 'ESM' ? 'module' : 'commonjs';
    const line = [`--input-type=${type}`, '-e', program, given];
    const done = spawnSync(process.execPath, line, { encoding: 'utf8', cwd: ROOT });
    assert.equal(done.stderr, '');
    assertGood(done.stdout);
  });
}

test('a client that is printed shows no secret', async () => {
  const { inspect } = await import('node:util');
  const { AuthClient } = await import('@gatehouse/sdk/auth');
  const secret = 'test_not-to-be-shown';
  const client = new AuthClient(ISSUER, CLIENT_ID, secret);
  assert.match(inspect(client), /skc_1/);
  const shown = inspect(client, { depth: 9, showHidden: true }) + JSON.stringify(client);
  assert.ok(!shown.includes(secret));
});

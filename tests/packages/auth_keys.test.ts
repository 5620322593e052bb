// How AuthClient keeps the published keys: a rotation is noticed at once, made-up keys do not make
// it ask again and again, and a server that is away takes nobody's session.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AuthClient, type ClientOptions } from '@gatehouse/sdk/auth';
import { ADA, SEED, signIn } from '../black_box/clients.js';
import { Gatehouse, ROOT } from '../black_box/gatehouse.js';
import {
  ACCESS,
  CLIENT_ID,
  ISSUER,
  KeyServer,
  NOW_S,
  signer,
  Wire,
  withCode,
} from './auth_issuer.js';

const old = signer('ES256', 'k1');
const next = signer('ES256', 'k2');
const foreign = signer('ES256', 'k9');
const MINUTE = 60_000;

// A client, its key server, and a clock that the test moves.
const setUp = (options: ClientOptions = {}) => {
  const server = new KeyServer(old);
  const clock = { ms: NOW_S * 1000 };
  const now = (): number => clock.ms;
  const client = new AuthClient(ISSUER, CLIENT_ID, 's', { fetch: server.fetch, now, ...options });
  // Tokens that end when the test does.
  const check = (by = old): Promise<unknown> =>
    client.validateToken(by.sign({}, { ...ACCESS, exp: NOW_S + 10 * 24 * 3600 }));
  return { server, clock, check };
};

describe('published keys', () => {
  test('are fetched when first needed, once for all who wait', async () => {
    const { server, check } = setUp();
    await Promise.all(Array.from({ length: 8 }, () => check()));
    assert.equal(server.asked, 1);
  });

  test('are kept for ten minutes', async () => {
    const { server, clock, check } = setUp();
    await check();
    clock.ms += 10 * MINUTE - 1;
    await check();
    assert.equal(server.asked, 1);
    clock.ms += 1;
    await Promise.all([check(), check()]);
    assert.equal(server.asked, 2);
  });

  test('that were withdrawn are not believed after ten minutes', async () => {
    const { server, clock, check } = setUp();
    await check();
    server.jwks = [next.jwk];
    clock.ms += 10 * MINUTE;
    await assert.rejects(check(), withCode('token_key_unknown'));
  });

  test('are fetched at once for a new one, and then not for 30 s', async () => {
    const { server, clock, check } = setUp();
    await check();
    server.jwks = [old.jwk, next.jwk];
    await Promise.all(Array.from({ length: 8 }, () => check(next)));
    assert.equal(server.asked, 2);
    for (let at = 0; at < 20; ++at) {
      await assert.rejects(check(foreign), withCode('token_key_unknown'));
    }
    assert.equal(server.asked, 2);
    clock.ms += 29_999;
    await assert.rejects(check(foreign), withCode('token_key_unknown'));
    assert.equal(server.asked, 2);
    clock.ms += 1;
    await assert.rejects(check(foreign), withCode('token_key_unknown'));
    assert.equal(server.asked, 3);
    await check(old);
    await check(next);
    assert.equal(server.asked, 3);
  });

  test('that were just fetched for the first time are not fetched again', async () => {
    const { server, check } = setUp();
    await assert.rejects(check(foreign), withCode('token_key_unknown'));
    assert.equal(server.asked, 1);
  });

  test('stay good for a day while the server is away, and are asked for every 30 s', async () => {
    const { server, clock, check } = setUp();
    await check();
    server.isDown = true;
    clock.ms += 11 * MINUTE;
    for (let at = 0; at < 8; ++at) await check();
    assert.equal(server.asked, 2);
    clock.ms += 30_000;
    await check();
    assert.equal(server.asked, 3);
    clock.ms += 23 * 60 * MINUTE;
    await check();
    clock.ms += 60 * MINUTE;
    await assert.rejects(check(), withCode('server_unreachable'));
    server.isDown = false;
    await check();
  });

  test('that cannot be had leave it open whether a token is good', async () => {
    const { server, clock, check } = setUp();
    server.isDown = true;
    await assert.rejects(check(), withCode('server_unreachable'));
    server.isDown = false;
    await check();
    server.isDown = true;
    await assert.rejects(check(next), withCode('server_unreachable'));
    await assert.rejects(check(next), withCode('server_unreachable'));
    assert.equal(server.asked, 3);
    server.isDown = false;
    server.jwks = [old.jwk, next.jwk];
    clock.ms += 30_000;
    await check(next);
  });

  test('that come as none are an outage, not a rotation', async () => {
    for (const jwks of [[], [{ kty: 'RSA' }], [null]]) {
      const { server, clock, check } = setUp();
      await check();
      server.jwks = jwks;
      clock.ms += 11 * MINUTE;
      await check();
      assert.equal(server.asked, 2);
    }
  });

  test('beyond the sixty-fourth are left aside', async () => {
    const { server, check } = setUp();
    server.jwks = [...Array.from({ length: 64 }, () => next.jwk), old.jwk];
    await assert.rejects(check(old), withCode('token_key_unknown'));
  });
});

describe('keys of the real server', () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  after(async () => await gatehouse?.stop());

  const rotate = async (): Promise<void> => {
    const binary = resolve(ROOT, process.env['GATEHOUSE'] ?? 'build/release/gatehouse');
    const line = ['keys', 'rotate', '--emergency', '--yes'];
    line.push('--data', join(gatehouse.folder, 'data'));
    if (gatehouse.databaseUrl) line.push('--database', gatehouse.databaseUrl);
    const done = spawnSync(binary, line, { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
    await gatehouse.restart({});
  };

  test('are rotated twice, and a running application notices by itself', async () => {
    const wire = new Wire();
    const { client_id, client_secret } = gatehouse.ready;
    const client = new AuthClient(gatehouse.url, client_id, client_secret, { fetch: wire.fetch });
    const first = await signIn(gatehouse, ADA);
    assert.ok(await client.validateToken(first.accessToken));
    assert.equal(wire.count('/keys'), 1);

    await rotate(); // to a key that was published long before
    const second = await signIn(gatehouse, ADA);
    assert.ok(await client.validateToken(second.accessToken));
    assert.equal(wire.count('/keys'), 1);

    await rotate(); // to one that this client has not seen
    const third = await signIn(gatehouse, ADA);
    assert.ok(await client.validateToken(third.accessToken));
    assert.equal(wire.count('/keys'), 2);
    await assert.rejects(client.validateToken(first.accessToken), withCode('token_key_unknown'));
    assert.equal(wire.count('/keys'), 2);
  });
});

// SQLite on a disk that is full, or that may not be written: a small file system of its own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, jsonOf } from './client.js';
import { History } from './history.js';
import { judge, summary } from './judge.js';
import { Load } from './load.js';
import { Installation } from './nodes.js';
import { record } from './report.js';

const SELF_HEALING_MS_MAX = 2000;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
const mount = (...words: string[]): void => {
  execFileSync('mount', [...words], { stdio: 'pipe' });
};
const mayMount = (() => {
  try {
    mount('-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'gatehouse-faults', folder);
    return true;
  } catch {
    return false;
  }
})();

describe('SQLite on a disk of its own', { skip: !mayMount && 'mount is not permitted' }, () => {
  let installation: Installation;
  let client: Client;
  before(async () => {
    installation = await Installation.start({ data: join(folder, 'data') });
    client = new Client(installation, new History());
  });
  after(async () => {
    await installation?.stop();
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('full: writes get 503, reads go on, and with room again all is well', async () => {
    const { history } = client;
    const load = new Load(client, { workers: 4 });
    await pause(500);
    const ballast = join(folder, 'ballast');
    fill(ballast);
    const node = installation.node(0);
    await pause(1500);
    assert.ok(history.refused503 > 0, 'nothing was refused');
    for (const path of ['/keys', '/.well-known/openid-configuration', '/livez']) {
      assert.equal((await node.ask(path)).status, 200, path);
    }
    rmSync(ballast);
    const began = performance.now();
    for (let status = 0; status !== 200; await pause(10)) {
      assert.ok(performance.now() - began < SELF_HEALING_MS_MAX, 'writes are refused still');
      const form = client.tokenForm({ grant_type: 'client_credentials' });
      const made = await node.ask('/oauth/token', form);
      const token = String(jsonOf(made)['access_token']);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ display_name: 'Room again' });
      status = (await node.ask('/api/v1/organizations', { headers, body })).status;
      if (status === 201) status = 200;
    }
    const healedMs = performance.now() - began;
    await load.stop();
    const violations = await judge(client);
    console.log(summary(history));
    record('Disk full, SQLite', {
      'full disk': 1,
      operations: history.operations,
      violations: violations.length,
      p50: healedMs,
      p99: healedMs,
    });
    assert.deepEqual(violations, []);
    assert.equal(history.withoutRetryAfter, 0);
  });

  test('read-only: a node says so and does not start; writable again, it does', async () => {
    const node = installation.node(0);
    await node.terminate();
    mount('-o', 'remount,ro', folder);
    try {
      const before = node.printed.length;
      node.spawn();
      assert.notEqual(await node.exited(), 0);
      assert.match(node.printed.slice(before), /data\.folder: .*(read-only|readonly|not writ)/i);
    } finally {
      mount('-o', 'remount,rw', folder);
    }
    await node.start();
    assert.deepEqual(await installation.fsck(), []);
  });
});

// Leaves no block free, whatever the database keeps open.
function fill(path: string): void {
  mkdirSync(folder, { recursive: true });
  for (let megabytes = statfsSync(folder).bavail >> 8; megabytes >= 0; --megabytes) {
    try {
      writeFileSync(path, Buffer.alloc(1 << 20), { flag: 'a' });
    } catch {
      return;
    }
  }
}

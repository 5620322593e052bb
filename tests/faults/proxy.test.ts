// The proxy against a real PostgreSQL and psql, without any node.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { withoutPostgres } from './cluster.js';
import { PostgresServer } from './postgres.js';
import { Proxy } from './proxy.js';

describe('the proxy', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  let proxy: Proxy;
  before(async () => {
    server = await PostgresServer.start();
    proxy = await Proxy.start(server.port);
    await server.sql('CREATE TABLE seen (id int)', 'gatehouse');
    const due = 'CREATE TABLE due (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)';
    await server.sql(due, 'gatehouse');
  });
  after(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  const psql = async (script: string, seconds = 20): Promise<{ failed: boolean; said: string }> => {
    const url = await server.url(proxy.port);
    const words = [
      '-XAtq',
      '-v',
      'ON_ERROR_STOP=1',
      ...script.split('|').flatMap((s) => ['-c', s]),
    ];
    return await new Promise((settle) => {
      execFile(
        '/usr/lib/postgresql/15/bin/psql',
        [url, ...words],
        { timeout: seconds * 1000 },
        done,
      );
      function done(error: unknown, out: string, said: string): void {
        settle({ failed: error !== null, said: out + said });
      }
    });
  };
  const seen = async (id: number): Promise<boolean> =>
    (await server.sql(`SELECT count(*) FROM seen WHERE id = ${id}`, 'gatehouse')) === '1';
  const insert = (id: number): string => `BEGIN|INSERT INTO seen VALUES (${id})|COMMIT`;

  test('lets everything through', async () => {
    assert.deepEqual(await psql(insert(1)), { failed: false, said: '' });
    assert.ok(await seen(1));
  });

  test('cuts after the COMMIT: it counts, and the client hears nothing', async () => {
    proxy.cutCommits({ at: 'after', cuts: 1 });
    assert.equal((await psql(insert(2))).failed, true);
    assert.ok(await seen(2));
    assert.equal((await psql(insert(3))).failed, false);
    assert.equal(proxy.cuts, 1);
  });

  test('cuts before the COMMIT: it does not count', async () => {
    proxy.cutCommits({ at: 'before', cuts: 1 });
    assert.equal((await psql(insert(4))).failed, true);
    assert.equal(await seen(4), false);
  });

  test('leaves a COMMIT alone that fails', async () => {
    proxy.cutCommits({ at: 'after', cuts: 1 });
    const { cuts } = proxy;
    const { said } = await psql('BEGIN|INSERT INTO due VALUES (1), (1)|COMMIT');
    assert.match(said, /duplicate key/);
    assert.equal(proxy.cuts, cuts);
    // The next one is cut instead.
    assert.equal((await psql(insert(5))).failed, true);
    assert.equal(proxy.cuts, cuts + 1);
  });

  test('delays, stalls and refuses', async () => {
    proxy.delay(100);
    const began = performance.now();
    assert.equal((await psql('SELECT 7')).said, '7\n');
    assert.ok(performance.now() - began >= 400, 'no delay');
    proxy.pass();
    proxy.stall();
    assert.equal((await psql('SELECT 8', 1)).failed, true);
    proxy.pass();
    await proxy.refuse();
    assert.match((await psql('SELECT 9')).said, /refused/);
    await proxy.admit();
    assert.equal((await psql('SELECT 10')).said, '10\n');
  });
});

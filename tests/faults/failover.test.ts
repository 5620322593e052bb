// The primary dies, and its synchronous standby takes over: nothing acknowledged is lost, and the
// nodes find the new primary by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type Json } from './client.js';
import { Cluster, withoutPostgres } from './cluster.js';
import { History } from './history.js';
import { judge, summary } from './judge.js';
import { Load } from './load.js';
import type { Node } from './nodes.js';
import { PostgresServer } from './postgres.js';
import { counts, percentile, record } from './report.js';

const RECOVERY_MS_MAX = 5000;

test('the primary killed, the standby promoted', { skip: withoutPostgres }, async () => {
  const cluster = await Cluster.start({ standby: 'standby' });
  try {
    const history = new History();
    const client = new Client(cluster.installation, history);
    const load = new Load(client, { workers: 6 });
    const recoveryMs: number[] = [];
    let primary = cluster.postgres;
    let standby = cluster.standby as PostgresServer;
    for (let failover = 0; failover < counts.failovers; ++failover) {
      await pause(200 + Math.random() * 300);
      await primary.kill();
      const deadProxy = cluster.proxies[failover % 2];
      await deadProxy?.refuse();
      await standby.promote();
      recoveryMs.push(await recovered(client));
      await primary.remove();
      const next = await standby.standby(`s${failover + 1}`);
      await deadProxy?.admit(next.port);
      [primary, standby] = [standby, next];
    }
    await load.stop();
    const violations = await judge(client);
    console.log(summary(history));
    record('Primary killed, standby promoted', {
      failovers: counts.failovers,
      operations: history.operations,
      violations: violations.length,
      ...percentile(recoveryMs),
    });
    assert.deepEqual(violations, []);
    assert.equal(history.signInsFailed, 0);
    assert.ok(percentile(recoveryMs).p99 <= RECOVERY_MS_MAX, `recovery: ${recoveryMs.join(', ')}`);
  } finally {
    await cluster.stop();
  }
});

// How long it takes until every node writes again.
async function recovered(client: Client): Promise<number> {
  const began = performance.now();
  await Promise.all(client.installation.nodes.map((node) => writes(client, node)));
  return performance.now() - began;
}

async function writes(client: Client, node: Node): Promise<void> {
  const form = client.tokenForm({ grant_type: 'client_credentials' });
  const body = JSON.stringify({ display_name: 'After the failover' });
  let authorization = '';
  for (const end = Date.now() + 20_000; Date.now() < end; await pause(10)) {
    if (!authorization) {
      const token = await client.once(node, '/oauth/token', form);
      if (typeof token === 'string' || token.status !== 200) continue;
      authorization = `Bearer ${String((JSON.parse(token.body) as Json)['access_token'])}`;
    }
    const headers = { authorization, 'content-type': 'application/json' };
    const made = await client.once(node, '/api/v1/organizations', { headers, body });
    if (typeof made === 'object' && made.status < 300) return;
  }
  throw new Error('a node did not write again within 20 s');
}

// The experiment sees what it is there to see: a server that acknowledges before it has written.
test(
  'a database that forgets what it acknowledged is found out',
  { skip: withoutPostgres },
  async () => {
    const cluster = await Cluster.start({ nodes: 1 });
    try {
      await forgetful(cluster.postgres);
      cluster.proxy.cutAll(); // the settings hold for connections from now on
      const client = new Client(cluster.installation, new History());
      const load = new Load(client, { workers: 8 });
      for (let kill = 0; kill < 3; ++kill) {
        await stopWriter(cluster.postgres);
        await acknowledged(client.history, 3);
        await cluster.postgres.kill();
        await cluster.postgres.restart();
      }
      await load.stop();
      const found = (await judge(client)).join('\n');
      assert.match(found, /I3: /);
    } finally {
      await cluster.stop();
    }
  },
);

// Commits are acknowledged from now on before anything of them is written.
async function forgetful(postgres: PostgresServer): Promise<void> {
  await postgres.sql('ALTER DATABASE gatehouse SET synchronous_commit = off');
  await postgres.sql('ALTER SYSTEM SET bgwriter_lru_maxpages = 0');
  await postgres.sql('ALTER SYSTEM SET autovacuum = off');
  await postgres.sql('SELECT pg_reload_conf()');
}

// What would write them a moment later stands still until the server is killed.
async function stopWriter(postgres: PostgresServer): Promise<void> {
  const query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'";
  for (const end = Date.now() + 20_000; Date.now() < end; await pause(20)) {
    const pid = Number(await postgres.sql(query));
    if (!pid) continue; // a server that has just started
    process.kill(pid, 'SIGSTOP');
    return;
  }
  throw new Error('the server has no WAL writer');
}

// Waits until so many more organizations stand than do now.
async function acknowledged(history: History, more: number): Promise<void> {
  const count = () => history.organizations.filter(({ presence }) => presence === 'present').length;
  const wanted = count() + more;
  for (const end = Date.now() + 20_000; Date.now() < end; await pause(5)) {
    if (count() >= wanted) return;
  }
  throw new Error(`not ${more} organizations were made in 20 s`);
}

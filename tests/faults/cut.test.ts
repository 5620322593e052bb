// Connections to PostgreSQL that break at the worst moment: the COMMIT is carried out, and nobody
// hears of it. Repeating gives one effect, whether the first try counted or not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from './client.js';
import { Cluster, withoutPostgres } from './cluster.js';
import { History } from './history.js';
import { judge, summary } from './judge.js';
import { Load } from './load.js';
import type { CutAt } from './proxy.js';
import { counts, record } from './report.js';

for (const at of ['after', 'before'] as CutAt[]) {
  const when = at === 'after' ? 'between COMMIT and its answer' : 'just before COMMIT';
  test(`connections cut ${when}`, { skip: withoutPostgres }, async () => {
    const cluster = await Cluster.start();
    try {
      const history = new History();
      const client = new Client(cluster.installation, history);
      const load = new Load(client, { workers: 8 });
      const { proxy } = cluster;
      proxy.cutCommits({ at, every: 7, cuts: counts.cuts });
      for (const end = Date.now() + 10_000 + counts.cuts * 200; proxy.cuts < counts.cuts;) {
        assert.ok(Date.now() < end, `only ${proxy.cuts} cuts`);
        await pause(20);
      }
      await load.stop();
      const violations = await judge(client);
      console.log(summary(history));
      record(`Connection cut ${when}`, {
        cuts: proxy.cuts,
        operations: history.operations,
        violations: violations.length,
      });
      assert.deepEqual(violations, []);
      assert.equal(history.signInsFailed, 0);
      if (at === 'after') assert.ok(history.unknowns > 0, 'no answer was lost');
    } finally {
      await cluster.stop();
    }
  });
}

// One node on SQLite: killed again and again under mixed load.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from './client.js';
import { History } from './history.js';
import { judge, summary } from './judge.js';
import { Load } from './load.js';
import { Installation } from './nodes.js';
import { counts, record, percentile } from './report.js';

test('kill -9 under mixed load: nothing acknowledged is lost, nothing works twice', async () => {
  const installation = await Installation.start();
  try {
    const history = new History();
    // There is hardly time between two kills for a whole sign-in; it takes several.
    const client = new Client(installation, history, { answerMs: 12_000, totalMs: 240_000 });
    const load = new Load(client, { workers: 8 });
    const node = installation.node(0);
    const readyMs: number[] = [];
    for (let kill = 0; kill < counts.kills; ++kill) {
      await pause(5 + Math.random() * counts.killEveryMs);
      await node.kill();
      await node.start();
      readyMs.push(node.readyMs);
    }
    await load.stop();
    const violations = await judge(client);
    console.log(summary(history));
    record('kill -9 of the one node, SQLite', {
      kills: counts.kills,
      operations: history.operations,
      violations: violations.length,
      ...percentile(readyMs),
    });
    assert.deepEqual(violations, []);
    assert.equal(history.signInsFailed, 0);
  } finally {
    await installation.stop();
  }
});

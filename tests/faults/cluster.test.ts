// Two nodes on one PostgreSQL behind a load balancer: people keep signing in while one of the nodes
// is killed, stopped in order, or frozen.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Balancer } from './balancer.js';
import { Client } from './client.js';
import { Cluster, withoutPostgres } from './cluster.js';
import { History } from './history.js';
import { judge, summary } from './judge.js';
import { Load } from './load.js';
import type { Node } from './nodes.js';
import { counts, percentile, record } from './report.js';

describe('one of two nodes', { skip: withoutPostgres }, () => {
  let cluster: Cluster;
  let balancer: Balancer;
  before(async () => {
    cluster = await Cluster.start();
    balancer = await Balancer.start(cluster.installation.nodes);
  });
  after(async () => {
    await balancer?.stop();
    await cluster?.stop();
  });

  // Does something to one node after the other while people sign in; nobody may fail to.
  const lose = async (
    name: string,
    options: { times: number; answerMs: number; act: (node: Node) => Promise<void> },
  ): Promise<History> => {
    const history = new History();
    const patience = { answerMs: options.answerMs, totalMs: 40_000 };
    const client = new Client(cluster.installation, history, patience, balancer.url);
    const load = new Load(client, { workers: 8, name });
    for (let time = 0; time < options.times; ++time) {
      await pause(200 + Math.random() * 300);
      await options.act(cluster.installation.node(time % 2));
    }
    await load.stop();
    const violations = await judge(client);
    console.log(`${name}: ${summary(history)}; ${balancer.handedOver} handed over`);
    record(`One of two nodes, ${name}`, {
      [name]: options.times,
      operations: history.operations,
      violations: violations.length,
      ...percentile(history.signInMs),
    });
    assert.deepEqual(violations, []);
    assert.equal(history.signInsFailed, 0);
    assert.ok(history.signIns > 0);
    return history;
  };

  test('killed and started again: everybody signs in', async () => {
    await lose('kills', {
      times: counts.nodeKills,
      answerMs: 5000,
      act: async (node) => {
        await node.kill();
        await pause(200);
        await node.start();
      },
    });
  });

  test('stopped in order and started again: nobody even has to begin again', async () => {
    const history = await lose('restarts', {
      times: 2,
      answerMs: 12_000,
      act: async (node) => {
        assert.equal(await node.terminate(), 0);
        await node.start();
      },
    });
    assert.equal(history.signInsBegunAgain, 0);
  });

  test('frozen, as a paused machine is: everybody signs in', async () => {
    await lose('freezes', {
      times: 1,
      answerMs: 1500,
      act: async (node) => {
        node.signal('SIGSTOP');
        await pause(counts.pauseMs);
        node.signal('SIGCONT');
      },
    });
  });
});

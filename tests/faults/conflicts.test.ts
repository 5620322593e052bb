// 32 clients that change one user at the same time: transactions that cannot be put in an order are
// run again by the node, and only a few come back to the client, who is told to try again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sent } from '../black_box/http.js';
import { Client } from './client.js';
import { Cluster, withoutPostgres } from './cluster.js';
import { History, type Family } from './history.js';
import { judge } from './judge.js';
import { counts, percentile, record } from './report.js';

const CLIENTS = 32;
const SUCCESS_MIN = 0.999;

// Nodes, and how often a client asks at most: a node knows nothing of the other one's losers.
for (const { nodes, tries } of [
  { nodes: 1, tries: 1 },
  { nodes: 2, tries: 5 },
]) {
  const title = `32 clients on one user, ${nodes === 1 ? 'one node' : 'two nodes'}`;
  test(title, { skip: withoutPostgres }, async () => {
    const cluster = await Cluster.start({ nodes });
    try {
      const client = new Client(cluster.installation, new History());
      const storm = new Storm(client, tries);
      await storm.run();
      const violations = await judge(client);
      console.log(`${title}: ${JSON.stringify([...storm.statuses])}`);
      record(title, {
        'first tries that lost': storm.lost,
        operations: storm.took.length,
        violations: violations.length,
        ...percentile(storm.took),
      });
      assert.deepEqual(violations, []);
      assert.equal(storm.statuses.get(500), undefined);
      const share = (storm.statuses.get(200) ?? 0) / storm.took.length;
      assert.ok(share >= SUCCESS_MIN, `${(share * 100).toFixed(2)} % were done`);
    } finally {
      await cluster.stop();
    }
  });
}

class Storm {
  lost = 0;
  readonly took: number[] = [];
  readonly statuses = new Map<number | string, number>(); // of the last try

  constructor(
    private readonly client: Client,
    private readonly tries: number,
  ) {}

  // Each client refreshes a token of its own of the one session, and writes the one user.
  async run(): Promise<void> {
    const { client } = this;
    const person = client.person('one@faults.test');
    const families: Family[] = [];
    while (families.length < CLIENTS) {
      const code = await client.authorize(person);
      const grant = code && (await client.exchange(code, person.email));
      if (grant) families.push(grant.family);
    }
    const { json } = await client.call('GET', '/api/v1/users');
    const { users } = json as { users: [{ id: string }] };
    const headers = await client.apiHeaders();
    const rounds = async (family: Family, index: number): Promise<void> => {
      for (let round = 0; round < counts.conflictRounds; ++round) {
        const shown = family.tokens.at(-1) ?? '';
        const form = { grant_type: 'refresh_token', refresh_token: shown };
        const body = await this.ask('/oauth/token', client.tokenForm(form));
        if (body) family.tokens.push(String(JSON.parse(body)['refresh_token']));
        const name = { user_profile: { given_name: `Name ${index}-${round}` } };
        const patch = { method: 'PATCH', headers, body: JSON.stringify(name) };
        await this.ask(`/api/v1/users/${users[0].id}`, patch);
      }
    };
    await Promise.all(families.map(rounds));
  }

  // The body of an answer of 200.
  private async ask(path: string, sent: Sent): Promise<string | undefined> {
    const began = performance.now();
    let answer = await this.client.once(this.client.nextNode(), path, sent);
    for (let tries = 1; tries < this.tries && !isDone(answer); ++tries) {
      this.lost += 1;
      answer = await this.client.once(this.client.nextNode(), path, sent);
    }
    this.took.push(performance.now() - began);
    const status = typeof answer === 'string' ? answer : answer.status;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    return typeof answer === 'object' && answer.status === 200 ? answer.body : undefined;
  }
}

const isDone = (answer: Awaited<ReturnType<Client['once']>>): boolean =>
  typeof answer === 'object' && answer.status === 200;

// The judge sees what it is there to see: each kind of damage is done, or claimed, once.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from './client.js';
import { History, type Organization } from './history.js';
import { judge } from './judge.js';
import { Load } from './load.js';
import { Installation } from './nodes.js';

describe('the judge', () => {
  let installation: Installation;
  let client: Client;
  before(async () => {
    installation = await Installation.start();
    client = new Client(installation, new History());
    const load = new Load(client, { workers: 4 });
    await pause(1000);
    await load.stop();
    assert.deepEqual(await judge(client), []);
  });
  after(async () => await installation?.stop());

  // A client that saw the same, and believes in something that is not so.
  const deluded = (change: (history: History) => void): Client => {
    const history = new History();
    const seen = client.history;
    for (const [code, times] of seen.codes) history.codes.set(code, times);
    history.organizations.push(...seen.organizations.map((one) => ({ ...one })));
    history.users.push(...seen.users.map((one) => ({ ...one })));
    change(history);
    return new Client(installation, history);
  };
  const findsOf = async (change: (history: History) => void): Promise<string> =>
    (await judge(deluded(change))).join('\n');
  const present = (history: History): Organization => {
    const found = history.organizations.find(({ presence }) => presence === 'present');
    assert.ok(found);
    return found;
  };

  test('finds nothing where there is nothing', async () => {
    assert.equal(await findsOf(() => {}), '');
  });

  test('finds lost and revived writes', async () => {
    const finds = await findsOf((history) => {
      const one = present(history);
      history.organizations.push({ ...one, externalId: 'never-made' });
      one.presence = 'deleted';
      const user = history.users.find(({ presence }) => presence === 'present');
      assert.ok(user);
      history.users.push({ ...user, externalId: 'nobody' });
      user.presence = 'deleted';
    });
    assert.match(finds, /I3: organization never-made is lost/);
    assert.match(finds, /I4: organization \S+ came back/);
    assert.match(finds, /I3: user nobody is lost/);
    assert.match(finds, /I4: user \S+ came back/);
  });

  test('finds a change that was undone', async () => {
    const finds = await findsOf((history) => {
      const one = present(history);
      one.names = [...one.names, 'the newest name'];
      one.acknowledged = one.names.length - 1;
    });
    assert.match(finds, /I3: organization \S+ lost its name/);
  });

  test('finds tokens that work and should not, and the other way round', async () => {
    const signed = new Client(installation, new History());
    const person = signed.person('judged@faults.test');
    const code = (await signed.authorize(person)) ?? '';
    const { family } = (await signed.exchange(code, person.email)) ?? {};
    assert.ok(family);
    const ended = client.history.families.find((one) => one.ended === 'yes');
    assert.ok(ended);
    const finds = await findsOf((history) => {
      history.families.push({ ...family, ended: 'yes' }, { ...ended, ended: 'no' });
      history.codes.set('made-up', 2);
      history.keyIds.set('unknown-key', Date.now() / 1000 + 60);
    });
    assert.match(finds, /I1: a code got tokens 2 times/);
    assert.match(finds, /I3: a live refresh token was refused/);
    assert.match(finds, /I4: an ended refresh token came back/);
    assert.match(finds, /I8: no key unknown-key/);
  });

  test('finds a secret in a file', async () => {
    writeFileSync(join(installation.folder, 'core'), `…${installation.clientSecret}…`);
    assert.match(await findsOf(() => {}), /I7: core holds a secret/);
    writeFileSync(join(installation.folder, 'core'), '');
  });

  // Last, for it really does damage.
  test('finds what disappeared from the database', async () => {
    const { id } = present(client.history);
    const user = client.history.users.find(({ presence }) => presence === 'present');
    damage(
      `DELETE FROM events WHERE type = 'organization.created' AND data LIKE '%${id}%'`,
      `DELETE FROM audit_records WHERE subject_id = '${user?.id}'`,
    );
    const finds = await findsOf(() => {});
    assert.match(finds, new RegExp(`I9: no event organization.created of ${id}`));
    assert.match(finds, new RegExp(`I6: no record of user ${user?.id}`));
  });

  const damage = (...statements: string[]): void => {
    const script = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    for statement in sys.argv[2:]:
        assert database.execute(statement).rowcount > 0, statement
`;
    const file = join(installation.node(0).folder, 'data', 'gatehouse.db');
    execFileSync('python3', ['-c', script, file, ...statements]);
  };
});

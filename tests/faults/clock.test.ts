// The clock of a node is set, an hour on and an hour back, while people sign in.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from './client.js';
import { History } from './history.js';
import { judge, summary } from './judge.js';
import { Load } from './load.js';
import { Installation, REDIRECT_URI } from './nodes.js';
import { isLong, record } from './report.js';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const HOUR_S = 3600;

// By how much each step moves it from what it really is; ends where it began.
const STEPS_S = [HOUR_S, 0, -HOUR_S, 0];

const skip = !existsSync(LIBRARY) && 'the package faketime is not installed';

test('clock steps of an hour: sign-ins go on, and no code lives longer', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-clock-'));
  const setClock = (offsetS: number): void => {
    writeFileSync(join(folder, 'new'), offsetS < 0 ? `${offsetS}` : `+${offsetS}`);
    renameSync(join(folder, 'new'), join(folder, 'offset'));
  };
  setClock(0);
  const environment = {
    LD_PRELOAD: LIBRARY,
    FAKETIME_TIMESTAMP_FILE: join(folder, 'offset'),
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  const installation = await Installation.start({ environment });
  try {
    const history = new History();
    const client = new Client(installation, history);
    const work = async (name: string): Promise<void> => {
      const load = new Load(client, { workers: 4, name });
      await pause(isLong ? 2000 : 400);
      await load.stop();
    };
    await work('begin');
    const person = client.person('late@faults.test');
    for (const [index, offset] of STEPS_S.entries()) {
      const code = await client.authorize(person);
      setClock(offset);
      await pause(50);
      assert.ok(await isAt(installation, offset), 'the clock did not move');
      // A step on ends what was issued before; a step back ends nothing too early.
      const isLater = offset > (STEPS_S[index - 1] ?? 0);
      const redirect = { code: code ?? '', redirect_uri: REDIRECT_URI };
      const answer = await client.tokenRequest({ grant_type: 'authorization_code', ...redirect });
      assert.equal(answer.status, isLater ? 400 : 200, `a code over a step to ${offset}`);
      for (const family of history.families.filter(({ ended }) => ended === 'no').slice(-20)) {
        await client.refresh(family);
      }
      await work(`step ${index}`.replace(' ', '-'));
    }
    const violations = await judge(client);
    console.log(summary(history));
    record('Clock steps of an hour, SQLite', {
      steps: STEPS_S.length,
      operations: history.operations,
      violations: violations.length,
    });
    assert.deepEqual(violations, []);
    assert.equal(history.signInsFailed, 0);
  } finally {
    await installation.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function isAt(installation: Installation, offsetS: number): Promise<boolean> {
  const { headers } = await installation.node(0).ask('/livez');
  const there = Date.parse(headers.date ?? '') - Date.now();
  return Math.abs(there / 1000 - offsetS) < 5;
}

// The command `gatehouse` of npm as a whole: its help, how it refuses, and the commands that need
// no server: eject and dev.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { COMMAND, CommandProject } from './cli_world.js';

describe('the command gatehouse', () => {
  let project: CommandProject;
  beforeEach(() => {
    project = new CommandProject();
  });
  afterEach(() => project.remove());

  test('explains itself and each command, and every option that it takes', async () => {
    const overview = await project.run([]);
    assert.equal(overview.status, 0);
    for (const line of [['help'], ['--help'], ['-h']]) {
      assert.deepEqual(await project.run(line), overview);
    }
    const options: Record<string, string[]> = {
      init: ['--url', '--name', '--app-url', '--public', '--client-id', '--client-secret', '--yes'],
      doctor: ['--mode', '--offline', '--json', '--root'],
      eject: ['--sdk', '--force', '--json', '--root'],
      dev: ['GATEHOUSE_BINARY'],
    };
    for (const [command, names] of Object.entries(options)) {
      assert.match(overview.out, new RegExp(`npx gatehouse ${command} `));
      const help = await project.run(['help', command]);
      assert.equal(help.status, 0);
      for (const name of names) assert.ok(help.out.includes(name), `${command} ${name}`);
      assert.ok(help.out.split('\n').every((line) => line.length <= 100));
      if (command !== 'dev') assert.deepEqual(await project.run([command, '--help']), help);
    }
    assert.match((await project.run(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
  });

  test('is called wrongly with status 2', async () => {
    for (const line of [
      ['nothing'],
      ['help', 'nothing'],
      ['doctor', '--x'],
      ['eject', '--sdk=x'],
    ]) {
      const ran = await project.run(line);
      assert.equal(ran.status, 2, line.join(' '));
      assert.match(ran.error, /^✗ GH405 .*gatehouse help/);
      assert.equal(ran.out, '');
    }
  });

  test('eject writes the files of one SDK, and none where one is there already', async () => {
    const common = [
      'src/env.d.ts',
      'src/lib/gatehouse.ts',
      'src/middleware.ts',
      'src/pages/api/auth/callback.ts',
      'src/pages/api/auth/login.ts',
      'src/pages/api/auth/logout.ts',
    ];
    mkdirSync(join(project.folder, 'src'));
    project.write('src/middleware.ts', 'mine');
    const refused = await project.run(['eject']);
    assert.equal(refused.status, 1);
    assert.match(refused.error, /GH440 src\/middleware\.ts is there already/);
    assert.equal(project.read('src/middleware.ts'), 'mine');
    assert.equal(existsSync(join(project.folder, 'src/lib')), false);

    const forced = await project.run(['eject', '--force', '--json']);
    const { written, next } = JSON.parse(forced.out) as { written: string[]; next: string[] };
    const ours = [...common, 'src/pages/api/auth/backchannel-logout.ts'];
    assert.deepEqual(written, ours.sort());
    assert.match(next.join('\n'), /astro\.config\.mjs, remove `gatehouse\(\)`/);
    assert.match(project.read('src/lib/gatehouse.ts'), /@gatehouse\/sdk/);
    const other = await project.run(['eject', '--force', '--json', '--sdk', 'scalekit']);
    const changed = JSON.parse(other.out) as { written: string[]; removed: string[] };
    const theirs = ['src/lib/flow.ts', 'src/lib/session.ts'];
    assert.deepEqual(changed.written, [...common, ...theirs].sort());
    assert.deepEqual(changed.removed, ['src/pages/api/auth/backchannel-logout.ts']);
    project.write('src/lib/flow.ts', 'changed since');
    const back = await project.run(['eject', '--force', '--json']);
    const { removed } = JSON.parse(back.out) as { removed: string[] };
    assert.deepEqual(removed, ['src/lib/session.ts']);
    assert.equal(project.read('src/lib/flow.ts'), 'changed since');
    await project.run(['eject', '--force', '--sdk', 'scalekit']);
    assert.match(project.read('src/lib/gatehouse.ts'), /@scalekit-sdk\/node/);
    for (const file of changed.written) {
      const text = project.read(file);
      assert.equal(/Response\.redirect\(|import\.meta\.env|request\.url/.test(text), false, file);
    }
  });

  test('dev runs the server with its arguments, and ends as it does', async () => {
    const script = '#!/bin/sh\necho "ran $*"\nexit 7\n';
    project.write('server', script, 0o755);
    const named = { GATEHOUSE_BINARY: join(project.folder, 'server') };
    const ran = await project.run(['dev', '--port', '0', '--tls'], named);
    assert.deepEqual(ran, { status: 7, out: 'ran dev --port 0 --tls\n', error: '' });
  });

  test('dev finds the server in PATH, and never this command in its place', async () => {
    const modules = join(project.folder, 'modules');
    const programs = join(project.folder, 'programs');
    mkdirSync(modules);
    mkdirSync(programs);
    symlinkSync(COMMAND, join(modules, 'gatehouse'));
    const none = await project.run(['dev'], { PATH: `${modules}:${programs}` });
    assert.equal(none.status, 1);
    assert.match(none.error, /GH441/);
    project.write('programs/gatehouse', '#!/bin/sh\necho "$1"\n', 0o755);
    const found = await project.run(['dev'], { PATH: `${modules}:${programs}:/bin:/usr/bin` });
    assert.deepEqual(found, { status: 0, out: 'dev\n', error: '' });
    chmodSync(join(programs, 'gatehouse'), 0o644);
    assert.match((await project.run(['dev'], { PATH: programs })).error, /GH441/);
    const wrong = { GATEHOUSE_BINARY: join(project.folder, 'nothing') };
    assert.match((await project.run(['dev'], wrong)).error, /GH441/);
  });

  test('dev hands on the end of its own process', async () => {
    const script = [
      '#!/usr/bin/env node',
      "process.on('SIGTERM', () => { console.log('stopped'); process.exit(3); });",
      'setInterval(() => undefined, 1000);',
      "console.log('up');",
    ];
    project.write('server', script.join('\n'), 0o755);
    const child = spawn(process.execPath, [COMMAND, 'dev'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], GATEHOUSE_BINARY: join(project.folder, 'server') },
    });
    let out = '';
    const status = await new Promise((settle) => {
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (out === 'up\n') child.kill('SIGTERM');
      });
      child.once('close', settle);
    });
    assert.equal(out, 'up\nstopped\n');
    assert.equal(status, 3);
  });
});

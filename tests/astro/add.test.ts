// What the quickstart says, done from the packed files and without a network: a fresh project,
// `npx astro add @gatehouse/astro`, `npx gatehouse init`, and a person is signed in. The other way
// as well: `gatehouse eject`, and the project signs people in by code of its own.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, Gatehouse } from '../black_box/gatehouse.js';
import { send, type Answer } from '../black_box/http.js';
import { Person } from '../black_box/person.js';
import { CONFIG, freshProject, Registry, ROOT } from '../packages/registry.js';

const PAGE = `---
const { user } = Astro.locals;
---

<h1>{user ? \`Hello \${user.email}\` : 'Hello stranger'}</h1>
`;

interface Ran {
  status: number;
  output: string;
}

// A browser at the application, and at Gatehouse through a Person.
class Visitor {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly origin: string) {}

  async visit(path: string, { method = 'GET', from = this.origin } = {}): Promise<Answer> {
    const answer = await send(new URL(path, this.origin).href, {
      method,
      headers: {
        accept: 'text/html',
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'sec-fetch-dest': 'document',
        'sec-fetch-mode': 'navigate',
        ...(method === 'POST' && {
          origin: from,
          'sec-fetch-site': from === this.origin ? 'same-origin' : 'cross-site',
          'content-type': 'application/x-www-form-urlencoded',
        }),
      },
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', ...value] = pair.split('=');
      const isOver = attributes.some((text) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(text));
      if (isOver) this.cookies.delete(name);
      else this.cookies.set(name, value.join('='));
    }
    return answer;
  }

  // Begins at `login` and returns the page that it ends on.
  async signIn(login: string, gatehouse: Gatehouse, email: string): Promise<Answer> {
    const begun = await this.visit(login);
    const target = begun.headers.location ?? '';
    assert.ok(target.startsWith(gatehouse.url), begun.body);
    const back = await new Person(gatehouse, email).authorize(target);
    assert.equal(back.origin, this.origin);
    let answer = await this.visit(back.href);
    for (let hop = 0; hop < 5 && answer.headers.location; ++hop) {
      answer = await this.visit(answer.headers.location);
    }
    return answer;
  }
}

describe('a fresh project', () => {
  let registry: Registry;
  let gatehouse: Gatehouse;
  let folder: string;
  let port: number;
  let app: ChildProcess | undefined;
  before(async () => {
    registry = await Registry.start([join(ROOT, 'packages/sdk'), join(ROOT, 'packages/astro')]);
    gatehouse = await Gatehouse.start();
  });
  after(async () => {
    await gatehouse?.stop();
    await registry?.stop();
  });
  afterEach(async () => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  });

  const end = async (): Promise<void> => {
    const running = app;
    app = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((settle) => running.once('exit', settle));
    running.kill('SIGTERM');
    await gone;
  };
  const make = async (also: string[] = []): Promise<void> => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-fresh-'));
    port = await freePort();
    freshProject(folder, { page: PAGE, also });
    assert.equal((await run('npm', 'install')).status, 0);
  };
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  // The registry answers in this process, so nothing here may block it.
  const run = async (command: string, ...line: string[]): Promise<Ran> => {
    const child = spawn(command, line, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        NO_COLOR: '1',
        ASTRO_TELEMETRY_DISABLED: '1',
        ...registry.environment(),
      },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    const status = await new Promise<number>((settle, fail) => {
      child.once('error', fail);
      child.once('close', (code) => settle(code ?? -1));
    });
    return { status, output };
  };
  const must = async (command: string, ...line: string[]): Promise<string> => {
    const { status, output } = await run(command, ...line);
    assert.equal(status, 0, `${command} ${line.join(' ')}:\n${output}`);
    return output;
  };
  const start = async (): Promise<void> => {
    const line = ['--env-file=.env', 'dist/server/entry.mjs'];
    app = spawn(process.execPath, line, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port) },
    });
    for (let tries = 0; tries < 500; ++tries) {
      assert.equal(app.exitCode, null, 'the built server ended');
      const isThere = await send(`${origin()}/`).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await pause(20);
    }
    throw new Error('the built server does not answer');
  };
  const origin = (): string => `http://localhost:${port}`;
  const init = (): string[] => [
    ...['gatehouse', 'init', '--yes', '--url', gatehouse.url, '--app-url', origin()],
  ];

  test('signs a person in after `astro add`, `gatehouse init` and nothing else', async () => {
    await make();
    const manifest = JSON.parse(read('package.json')) as { dependencies: object };
    await must('npx', 'astro', 'add', '@gatehouse/astro', '--yes');

    // One line, as people count: the call, and the import that it needs.
    const changed = read('astro.config.mjs');
    const added = changed
      .replace(/\n*import gatehouse from '@gatehouse\/astro';/, '')
      .replace(/,\s*integrations: \[gatehouse\(\)\]/, '');
    assert.equal(added.trim(), CONFIG.trim());
    assert.deepEqual(JSON.parse(read('package.json')), {
      ...manifest,
      dependencies: { ...manifest.dependencies, '@gatehouse/astro': '^0.1.0' },
    });

    const said = await must('npx', ...init());
    assert.match(said, /fresh-project is registered/);
    assert.equal(read('.gitignore'), '.env\n');
    const before = read('.env');
    assert.match(await must('npx', ...init()), /\.env was right already/);
    assert.equal(read('.env'), before);
    assert.match(await must('npx', 'gatehouse', 'doctor'), /Everything that was checked works/);

    await must('npx', 'astro', 'build');
    const secret = /GATEHOUSE_CLIENT_SECRET=(.+)/.exec(before)?.[1] ?? 'none';
    const found = spawnSync('grep', ['-rlF', secret, 'dist'], { cwd: folder, encoding: 'utf8' });
    assert.equal(found.stdout, '', 'the client secret is in the build');

    await start();
    const visitor = new Visitor(origin());
    assert.match((await visitor.visit('/')).body, /Hello stranger/);
    const home = await visitor.signIn('/auth/login', gatehouse, 'ada@acme.test');
    assert.match(home.body, /Hello ada@acme\.test/);
    assert.match((await new Visitor(origin()).visit('/')).body, /Hello stranger/);
  });

  test('signs a person in and out by its own code after `gatehouse eject`', async () => {
    await make(['@astrojs/check', 'typescript', '@types/node', '@scalekit-sdk/node']);
    await must('npm', 'install', '@gatehouse/astro', '@gatehouse/sdk');
    const checkOrigin = '  security: { checkOrigin: false },\n  output:';
    writeFileSync(join(folder, 'astro.config.mjs'), CONFIG.replace('  output:', checkOrigin));
    await must('npx', 'gatehouse', 'eject');
    assert.match(await must('npx', ...init()), /\/api\/auth\/callback/);
    await signsInAndOut(async (visitor) => {
      const heard = await visitor.visit('/api/auth/backchannel-logout', { method: 'POST' });
      assert.equal(heard.status, 400, 'a logout without a token is refused');
    });

    const refused = await run('npx', 'gatehouse', 'eject', '--sdk', 'scalekit');
    assert.equal(refused.status, 1);
    assert.match(refused.output, /GH440/);
    await must('npx', 'gatehouse', 'eject', '--sdk', 'scalekit', '--force');
    await signsInAndOut();
  });

  const signsInAndOut = async (
    meanwhile: (visitor: Visitor) => Promise<void> = async () => undefined,
  ): Promise<void> => {
    assert.match(await must('npx', 'astro', 'check'), /- 0 errors[^]*- 0 warnings[^]*- 0 hints/);
    await must('npx', 'astro', 'build');
    await start();
    const visitor = new Visitor(origin());
    const home = await visitor.signIn('/api/auth/login', gatehouse, 'ada@acme.test');
    assert.match(home.body, /Hello ada@acme\.test/);
    const foreign = await visitor.visit('/api/auth/logout', {
      method: 'POST',
      from: 'https://evil.test',
    });
    assert.equal(foreign.status, 403);
    assert.match((await visitor.visit('/')).body, /Hello ada@acme\.test/);
    await meanwhile(visitor);
    const out = await visitor.visit('/api/auth/logout', { method: 'POST' });
    assert.ok(out.headers.location?.startsWith(`${gatehouse.url}/oidc/logout`), out.body);
    assert.match((await visitor.visit('/')).body, /Hello stranger/);
    await end();
  };
});

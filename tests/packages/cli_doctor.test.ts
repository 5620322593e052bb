// `gatehouse doctor`: what works has a tick, and each thing that does not has its own code, a fix,
// and makes the command fail.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import { freePort, Gatehouse } from '../black_box/gatehouse.js';
import { CommandProject, Front, type FrontOptions } from './cli_world.js';

interface Check {
  name: string;
  state: 'ok' | 'warning' | 'failed';
  text: string;
  code?: string;
  fix?: string;
}
interface Report {
  ok: boolean;
  checks: Check[];
}

describe('gatehouse doctor', () => {
  let gatehouse: Gatehouse;
  let project: CommandProject;
  let good: string;
  before(async () => {
    gatehouse = await Gatehouse.start();
    project = new CommandProject();
    const ran = await project.run(['init', '--url', gatehouse.url]);
    assert.equal(ran.status, 0, ran.error);
    good = project.read('.env');
    project.remove();
  });
  after(async () => await gatehouse?.stop());
  beforeEach(() => {
    project = new CommandProject();
    project.write('.env', good);
  });
  afterEach(() => project.remove());

  const report = async (
    line: string[] = [],
    environment: Record<string, string> = {},
  ): Promise<Report & { status: number }> => {
    const ran = await project.run(['doctor', '--json', ...line], environment);
    assert.equal(ran.error, '');
    return { ...(JSON.parse(ran.out) as Report), status: ran.status };
  };
  const codes = ({ checks }: Report, state: Check['state']): string[] =>
    checks.filter((check) => check.state === state).map(({ code }) => code ?? '');
  const set = (name: string, value: string): string =>
    good.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${value}`);

  test('finds nothing wrong after init, by names and on a screen', async () => {
    const found = await report();
    assert.deepEqual(codes(found, 'failed'), []);
    assert.deepEqual(codes(found, 'warning'), []);
    assert.equal(found.status, 0);
    const names = new Set(found.checks.map(({ name }) => name));
    for (const name of ['node', 'astro', 'adapter', 'server', 'clock', 'redirect_uri']) {
      assert.ok(names.has(name), name);
    }
    assert.ok(names.has('client_secret') && names.has('token_lifetime') && names.has('.env'));
    const { out, status } = await project.run(['doctor']);
    assert.equal(status, 0);
    assert.match(out, /Everything that was checked works\.\n$/);
    assert.equal(/[✗!]/.test(out), false, out);
  });

  const wrong = (): [string, string, string?][] => [
    ['GH101', set('GATEHOUSE_URL', '')],
    ['GH102', set('GATEHOUSE_URL', 'auth.example.com')],
    ['GH103', set('GATEHOUSE_CLIENT_ID', '')],
    ['GH105', set('GATEHOUSE_COOKIE_SECRET', 'short')],
    ['GH107', set('GATEHOUSE_APP_URL', 'http://localhost:4321/path')],
    ['GH412', good.replace('localhost', '127.0.0.1')],
    ['GH420', set('GATEHOUSE_URL', 'http://auth.example.com')],
    ['GH422', set('GATEHOUSE_CLIENT_ID', 'webc_1')],
    ['GH423', set('GATEHOUSE_APP_URL', 'http://localhost:9')],
    ['GH424', set('GATEHOUSE_CLIENT_SECRET', 'wrong-and-visible-nowhere')],
  ];
  test('names what is wrong in the variables, with a fix, and shows no secret', async () => {
    for (const [code, text] of wrong()) {
      project.write('.env', text);
      const found = await report();
      assert.deepEqual(codes(found, 'failed'), [code]);
      assert.equal(found.status, 1);
      assert.ok(found.checks.every(({ state, fix }) => state === 'ok' || (fix ?? '').length > 10));
      const shown = JSON.stringify(found);
      for (const name of ['GATEHOUSE_CLIENT_SECRET', 'GATEHOUSE_COOKIE_SECRET']) {
        const secret = project.variable(name) ?? '';
        assert.ok(secret === 'short' || !shown.includes(secret), name);
      }
    }
  });

  test('tells one server from another: none, another program, a clock that is wrong', async () => {
    const ask = async (options: FrontOptions): Promise<string[]> => {
      const front = await Front.start(gatehouse.url, options);
      try {
        project.write('.env', set('GATEHOUSE_URL', front.url));
        return codes(await report(), 'failed');
      } finally {
        await front.stop();
      }
    };
    const discovery = '/.well-known/openid-configuration';
    assert.deepEqual(await ask({}), []);
    assert.deepEqual(await ask({ answers: { [discovery]: { status: 404 } } }), ['GH411']);
    const html = { status: 200, body: '<html>' };
    assert.deepEqual(await ask({ answers: { [discovery]: html } }), ['GH411']);
    assert.deepEqual(await ask({ aheadSeconds: 30 }), ['GH421']);
    assert.deepEqual(await ask({ aheadSeconds: -30 }), ['GH421']);
    const broken = { '/oauth/token': { status: 500 }, '/oauth/authorize': { status: 500 } };
    assert.deepEqual(await ask({ answers: broken }), ['GH425', 'GH425']);
    project.write('.env', set('GATEHOUSE_URL', `http://localhost:${await freePort()}`));
    assert.deepEqual(codes(await report(), 'failed'), ['GH410']);
    assert.deepEqual(codes(await report(['--offline']), 'failed'), []);
  });

  test('a certificate is trusted by NODE_EXTRA_CA_CERTS and not without', async () => {
    const https = await Gatehouse.start({ tls: true });
    try {
      project.write('.env', set('GATEHOUSE_URL', https.url));
      assert.deepEqual(codes(await report(), 'failed'), ['GH413']);
      const trusting = { NODE_EXTRA_CA_CERTS: https.ready.ca_file ?? '' };
      const ran = await project.run(['init', '--url', https.url], trusting);
      assert.equal(ran.status, 0, ran.error);
      assert.deepEqual(codes(await report([], trusting), 'failed'), []);
    } finally {
      await https.stop();
    }
  });

  test('reads variables as Astro does: later files over .env, the process over all', async () => {
    project.write('.env.local', 'GATEHOUSE_CLIENT_ID=webc_1\n');
    assert.deepEqual(codes(await report(), 'failed'), ['GH422']);
    const right = { GATEHOUSE_CLIENT_ID: project.variable('GATEHOUSE_CLIENT_ID') ?? '' };
    assert.deepEqual(codes(await report([], right), 'failed'), []);
    project.write('.env.local', '');
    project.write('.env.production', 'GATEHOUSE_CLIENT_ID=webc_1\n');
    assert.deepEqual(codes(await report(), 'failed'), []);
    assert.deepEqual(codes(await report(['--mode', 'production']), 'failed'), ['GH422']);
    const older = good
      .replace('GATEHOUSE_URL', 'SCALEKIT_ENVIRONMENT_URL')
      .replace('GATEHOUSE_CLIENT_ID', 'SCALEKIT_CLIENT_ID')
      .replace('GATEHOUSE_CLIENT_SECRET', 'SCALEKIT_CLIENT_SECRET');
    project.write('.env', older);
    assert.deepEqual(codes(await report(), 'failed'), []);
  });

  test('what is only risky is a warning, and does not fail', async () => {
    const warned: [string, () => void][] = [
      ['GH427', () => project.write('.env.local', 'X=1\n', 0o644)],
      ['GH429', () => project.write('.env', `${good}SCALEKIT_CLIENT_ID=other\n`)],
      ['GH430', () => project.write('.env', set('GATEHOUSE_COOKIE_SECRET', ''))],
      ['GH431', () => project.write('.env', set('GATEHOUSE_APP_URL', ''))],
    ];
    for (const [code, change] of warned) {
      project.write('.env', good);
      change();
      const found = await report();
      assert.deepEqual(codes(found, 'warning'), [code]);
      assert.equal(found.status, 0);
      rmSync(join(project.folder, '.env.local'), { force: true });
    }
  });

  test('a file with secrets that git would take is found, and one it has taken fails', async () => {
    const git = (...line: string[]): void => {
      const { status, stderr } = spawnSync('git', line, { cwd: project.folder, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    git('init', '--quiet');
    assert.deepEqual(codes(await report(), 'warning'), ['GH428']);
    git('add', '.env');
    const found = await report();
    assert.deepEqual(codes(found, 'failed'), ['GH428']);
    git('rm', '--quiet', '--cached', '.env');
    project.write('.gitignore', '.env\n');
    assert.deepEqual(codes(await report(), 'warning'), []);
  });

  test('a configuration without the integration or an adapter is told', async () => {
    project.write('astro.config.mjs', 'export default {};\n');
    const found = await report();
    assert.deepEqual(codes(found, 'failed'), ['GH125']);
    assert.deepEqual(codes(found, 'warning'), ['GH404']);
    project.write('astro.config.mjs', "// import gatehouse from '@gatehouse/astro'\n");
    assert.deepEqual(codes(await report(), 'warning'), ['GH404']);
  });
});

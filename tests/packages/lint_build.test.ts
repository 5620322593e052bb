// The build-time checks of @gatehouse/astro that look at routes, configuration and server, and
// whole builds: some that must fail, one that must not.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort, Gatehouse, ROOT } from '../black_box/gatehouse.js';
import {
  askRegistration,
  buildableFolder,
  folderOf,
  foundIn,
  lintFor,
  LintError,
  NODE_CONFIG,
  type Case,
  type Routes,
} from './lint_project.js';

const route = (pattern: string, isPrerendered: boolean, type = 'page'): Routes[number] => ({
  pattern,
  entrypoint: `src/pages${pattern === '/' ? '/index' : pattern}.astro`,
  isPrerendered,
  type,
});

const PAGE = '---\nexport const prerender = true;\n---\n<h1>Hello</h1>\n';

describe('GH301: a protected page that is prerendered', () => {
  const options = { protect: ['/dashboard/**', /^\/team-\w+$/] };

  it('is found at its own line, or at its file with the line of the configuration', async () => {
    const found = await foundIn({
      files: {
        'astro.config.mjs': "export default {\n  output: 'static',\n};",
        'src/pages/dashboard.astro': PAGE,
        'src/pages/dashboard/[id].astro': '<h1>Hello</h1>',
      },
      options,
      routes: [route('/dashboard', true), route('/dashboard/[id]', true), route('/team-a', true)],
    });
    assert.deepEqual(found, [
      'GH301 src/pages/dashboard.astro:2',
      'GH301 src/pages/dashboard/[id].astro:1',
      'GH301 src/pages/team-a.astro:1',
    ]);
  });

  it('names the output of the configuration that makes it so', async () => {
    const folder = folderOf({ 'astro.config.mjs': "export default {\n  output: 'static',\n};" });
    const lint = lintFor(folder, { options, routes: [route('/dashboard', true)] });
    const [found] = await lint.findings();
    rmSync(folder, { recursive: true });
    assert.match(found?.what ?? '', /^\/dashboard \(astro\.config\.mjs:2\) needs somebody/);
  });

  it('is not found where it is rendered on demand, or not protected', async () => {
    const found = await foundIn({
      files: { 'src/pages/dashboard.astro': PAGE, 'src/pages/index.astro': PAGE },
      options,
      routes: [route('/dashboard', false), route('/', true), route('/team-', true)],
    });
    assert.deepEqual(found, []);
  });

  it('leaves error pages, redirects and internal routes alone', async () => {
    const found = await foundIn({
      options: { protect: ['/**'] },
      routes: [
        route('/404', true),
        route('/500', true),
        route('/old', true, 'redirect'),
        { ...route('/_image', true, 'endpoint'), origin: 'internal' },
      ],
    });
    assert.deepEqual(found, []);
  });

  it('is found in the folder of pages where Astro names no routes', async () => {
    const files = {
      'src/pages/dashboard/index.astro': '<h1>Hello</h1>',
      'src/pages/dashboard/live.astro': '---\nexport const prerender = false;\n---\n',
      'src/pages/dashboard/_part.astro': '<h1>Hello</h1>',
      'src/pages/index.astro': '<h1>Hello</h1>',
    };
    const found = async (output: 'hybrid' | 'server'): Promise<string[]> =>
      await foundIn({ files, options, settings: { output } });
    assert.deepEqual(await found('hybrid'), ['GH301 src/pages/dashboard/index.astro:1']);
    assert.deepEqual(await found('server'), []);
  });

  it('is found after the build among the pages of a dynamic route', () => {
    const lint = lintFor('/nowhere', { options: { protect: ['/docs/secret'] } });
    const log = { warn: () => undefined };
    lint.checkPages([{ pathname: 'docs/open/' }, { pathname: '404/' }], log);
    assert.throws(
      () => lint.checkPages([{ pathname: 'docs/secret/' }], log),
      (error) => error instanceof LintError && /GH301[\s\S]*\/docs\/secret\//.test(error.message),
    );
  });
});

describe('GH305: the redirect URI at a running Gatehouse', () => {
  let gatehouse: Gatehouse;
  before(async () => {
    gatehouse = await Gatehouse.start();
  });
  after(async () => {
    await gatehouse.stop();
  });

  const variables = (more: Record<string, string> = {}): Case => ({
    variables: {
      GATEHOUSE_URL: `${gatehouse.url}/`,
      GATEHOUSE_CLIENT_ID: gatehouse.ready.client_id,
      GATEHOUSE_APP_URL: 'http://localhost:4321',
      ...more,
    },
  });

  it('is fine if it is registered', async () => {
    assert.deepEqual(await foundIn({ ...variables(), options: { routes: 'scalekit' } }), []);
    assert.deepEqual(await foundIn(variables()), []);
  });

  it('is found if it is not, or if the client is not known', async () => {
    const elsewhere = { GATEHOUSE_APP_URL: 'http://localhost:9' };
    assert.deepEqual(await foundIn(variables(elsewhere)), ['GH305']);
    assert.deepEqual(await foundIn(variables({ GATEHOUSE_CLIENT_ID: 'skc_1' })), ['GH305']);
  });

  it('comes with the command that registers it', async () => {
    const redirectUri = 'http://localhost:4321/elsewhere';
    const clientId = gatehouse.ready.client_id;
    const answer = await askRegistration({ url: gatehouse.url, clientId, redirectUri });
    assert.equal(answer.state, 'unregistered');
    assert.match(answer.command ?? '', new RegExp(`add-redirect ${clientId} ${redirectUri}$`));
  });

  it('is read under the names of Scalekit', async () => {
    const found = await foundIn({
      variables: {
        SCALEKIT_ENVIRONMENT_URL: gatehouse.url,
        SCALEKIT_CLIENT_ID: gatehouse.ready.client_id,
        SCALEKIT_REDIRECT_URI: 'http://localhost:9/api/auth/callback',
      },
      options: { routes: 'scalekit' },
    });
    assert.deepEqual(found, ['GH305']);
  });

  it('only warns if nobody answers, and asks nothing if the address is not known', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const folder = folderOf({});
    const [found] = await lintFor(folder, variables({ GATEHOUSE_URL: url })).findings();
    rmSync(folder, { recursive: true });
    assert.deepEqual([found?.code, found?.level], ['GH308', 'warn']);
    const refuse = (): Promise<Response> => Promise.reject(new Error('asked'));
    const unknown = { ...variables({ GATEHOUSE_APP_URL: '' }), fetch: refuse };
    assert.deepEqual(await foundIn(unknown), []);
    assert.deepEqual(await foundIn({ ...variables(), fetch: refuse }), ['GH308']);
  });

  it('is not decided by a server in trouble', async () => {
    for (const status of [429, 500, 503]) {
      const answer = (): Promise<Response> => Promise.resolve(new Response('', { status }));
      assert.deepEqual(await foundIn({ ...variables(), fetch: answer }), ['GH308']);
    }
    const elsewhere = { status: 302, headers: { location: 'https://example.com/' } };
    const moved = (): Promise<Response> => Promise.resolve(new Response('', elsewhere));
    assert.deepEqual(await foundIn({ ...variables(), fetch: moved }), []);
  });
});

describe('the mode', () => {
  const link = { 'src/pages/index.astro': '<a href="/auth/logout">Out</a>' };
  const checked = async (mode: 'error' | 'warn' | 'off'): Promise<string[]> => {
    const lines: string[] = [];
    const folder = folderOf(link);
    await lintFor(folder, { mode })
      .check({ warn: (line) => lines.push(line) })
      .finally(() => rmSync(folder, { recursive: true }));
    return lines;
  };

  it('error ends the build with code, file, line and fix', async () => {
    await assert.rejects(
      checked('error'),
      /a problem[\s\S]*GH302 src\/pages\/index\.astro:1\n {2}This asks.*\n {2}Use <SignOutButton/,
    );
  });

  it('warn prints the same and goes on, off is silent', async () => {
    assert.match((await checked('warn')).join(), /^GH302 src\/pages\/index\.astro:1\n/);
    assert.deepEqual(await checked('off'), []);
  });
});

interface Build {
  status: number;
  output: string;
}

async function build(files: Record<string, string>): Promise<Build> {
  const folder = buildableFolder(files);
  const astro = join(ROOT, 'node_modules/astro/astro.js');
  const env = { PATH: process.env['PATH'], ASTRO_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' };
  try {
    return await new Promise((settle) => {
      execFile(
        process.execPath,
        [astro, 'build'],
        { cwd: folder, env, timeout: 120_000 },
        (error, out, log) =>
          settle({ status: error ? Number(error.code ?? -1) : 0, output: out + log }),
      );
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('astro build', () => {
  it('fails with everything that is wrong', async () => {
    const { status, output } = await build({
      'astro.config.mjs': NODE_CONFIG.replace('()]', "({ protect: ['/dashboard/**'] })]"),
      'src/pages/dashboard.astro': PAGE,
      'src/pages/index.astro': '<p>Hi</p>\n<a href="/auth/logout">Out</a>\n',
    });
    assert.equal(status, 1, output);
    assert.match(output, /gatehouse\(\) found 2 problems/);
    assert.match(output, /GH301 src\/pages\/dashboard\.astro:2\n/);
    assert.match(output, /GH302 src\/pages\/index\.astro:2\n/);
    assert.doesNotMatch(output, /GH303|Complete!/);
  });

  it('fails without an adapter, and says which command adds one', async () => {
    const { status, output } = await build({
      'astro.config.mjs':
        "import gatehouse from '@gatehouse/astro';\n\nexport default {\n" +
        "  output: 'server',\n  integrations: [gatehouse()],\n};\n",
      'src/pages/index.astro': '<p>Hi</p>',
    });
    assert.equal(status, 1, output);
    assert.match(output, /GH307 astro\.config\.mjs:4\n.*no adapter.*\n.*astro add node/);
  });

  it('passes where nothing is wrong', async () => {
    const { status, output } = await build({
      'astro.config.mjs': NODE_CONFIG.replace('()]', "({ protect: ['/dashboard/**'] })]"),
      'src/pages/dashboard.astro': '<h1>Hello {Astro.locals.user?.name}</h1>',
      'src/pages/index.astro':
        '---\nexport const prerender = true;\n---\n' +
        '<form method="post" action="/auth/logout"></form>\n',
    });
    assert.equal(status, 0, output);
    assert.doesNotMatch(output, /GH3/);
  });
});

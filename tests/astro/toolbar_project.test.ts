// What the toolbar's checks say of servers and environments that are not as they should be, and
// whom its endpoints answer.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { freePort, ROOT } from '../black_box/gatehouse.js';

type ProjectModule = typeof import('../../packages/astro/dist/toolbar/project.js');
type GuardModule = typeof import('../../packages/astro/dist/toolbar/guard.js');
type IndexModule = typeof import('../../packages/astro/dist/toolbar/index.js');
type Facts = Parameters<ProjectModule['projectReport']>[0];
type Report = Awaited<ReturnType<ProjectModule['projectReport']>>;

const built = async (file: string): Promise<unknown> =>
  await import(pathToFileURL(join(ROOT, 'packages/astro/dist/toolbar', file)).href);
const { projectReport } = (await built('project.js')) as ProjectModule;
const { mayUseToolbar } = (await built('guard.js')) as GuardModule;
const { toolbarHooks } = (await built('index.js')) as IndexModule;

const APP = 'http://localhost:4321';

type Answers = Record<string, (url: URL, response: ServerResponse) => void>;

// A stand-in for Gatehouse that answers well but for what a test says.
async function reportOf(answers: Answers, facts: Partial<Facts> = {}): Promise<Report> {
  let origin = '';
  const well: Answers = {
    '/.well-known/openid-configuration': (_url, response) =>
      response.end(JSON.stringify({ issuer: origin })),
    '/oauth/authorize': (url, response) => {
      const location = `${url.searchParams.get('redirect_uri')}?error=login_required`;
      response.writeHead(303, { location }).end();
    },
    '/oidc/logout': (url, response) => {
      const location = url.searchParams.get('post_logout_redirect_uri') ?? '';
      response.writeHead(303, { location }).end();
    },
  };
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', origin);
    const answer = answers[url.pathname] ?? well[url.pathname];
    if (answer) answer(url, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await projectReport(factsFor(origin, facts));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function factsFor(url: string, more: Partial<Facts> = {}): Facts {
  const variables: Record<string, string> = {
    GATEHOUSE_URL: url,
    GATEHOUSE_CLIENT_ID: 'skc_1',
    GATEHOUSE_CLIENT_SECRET: 'secret',
    GATEHOUSE_APP_URL: APP,
  };
  return {
    built: { routes: { callback: '/auth/callback' }, appUrl: '' } as Facts['built'],
    lint: undefined,
    variable: (name) => variables[name],
    allowedDomains: undefined,
    origin: APP,
    ...more,
  };
}

const wrong = ({ checks }: Report): string[] =>
  checks.filter(({ state }) => state === 'error' || state === 'warn').map(({ code }) => code ?? '');

describe('the checks', () => {
  test('find nothing where all is well', async () => {
    const report = await reportOf({});
    assert.deepEqual(wrong(report), []);
    assert.ok(report.checks.every(({ state }) => state === 'ok'));
    assert.equal(report.mailboxUrl, undefined);
    assert.deepEqual(report.people, []);
  });

  const rows: Record<string, [string, Answers, Partial<Facts>?]> = {
    'something else at that address': [
      'GH411',
      { '/.well-known/openid-configuration': (_url, response) => response.end('<html>') },
    ],
    'another issuer': [
      'GH412',
      {
        '/.well-known/openid-configuration': (_url, response) =>
          response.end('{"issuer":"https://auth.example.com"}'),
      },
    ],
    'a clock that goes wrong': [
      'GH421',
      {
        '/.well-known/openid-configuration': (url, response) => {
          response.setHeader('date', new Date(Date.now() - 60_000).toUTCString());
          response.end(JSON.stringify({ issuer: url.origin }));
        },
      },
    ],
    'an unknown client': [
      'GH422',
      {
        '/oauth/authorize': (_url, response) =>
          response.writeHead(400).end('<code id="error-code">invalid_client</code>'),
      },
    ],
    'a redirect URI that is not registered': [
      'GH423',
      { '/oauth/authorize': (_url, response) => response.writeHead(400).end('no') },
    ],
    'a server in trouble': [
      'GH425',
      { '/oauth/authorize': (_url, response) => response.writeHead(503).end() },
    ],
    'a post-logout URI that is not registered': [
      'GH320',
      { '/oidc/logout': (_url, response) => response.end('You are signed out') },
    ],
    'another origin than the one in the environment': [
      'GH321',
      {},
      { origin: 'http://127.0.0.1:4321' },
    ],
    'a missing variable': ['GH103', {}, { variable: () => undefined }],
  };
  for (const [name, [code, answers, facts]] of Object.entries(rows)) {
    test(`find ${name}`, async () => {
      const found = wrong(await reportOf(answers, facts));
      if (facts?.variable) assert.ok(found.includes(code), found.join());
      else assert.deepEqual(found, [code]);
    });
  }

  test('find a server that is not there, and ask nothing more', async () => {
    const report = await projectReport(factsFor(`http://127.0.0.1:${await freePort()}`));
    assert.deepEqual(wrong(report), ['GH410']);
  });

  test('find an address that Astro does not believe', async () => {
    const variable: Facts['variable'] = (name) =>
      name === 'GATEHOUSE_APP_URL' ? 'https://app.example.com' : undefined;
    const found = async (allowedDomains: Facts['allowedDomains']): Promise<boolean> => {
      const origin = 'https://app.example.com';
      const report = await projectReport(factsFor('', { variable, allowedDomains, origin }));
      return wrong(report).includes('GH322');
    };
    assert.equal(await found([]), true);
    assert.equal(await found([{ hostname: 'example.com' }]), true);
    assert.equal(await found([{ hostname: 'app.example.com' }]), false);
    assert.equal(await found([{ hostname: '**.example.com' }]), false);
    assert.equal(await found(undefined), false);
  });

  test('say nothing of secrets', async () => {
    assert.doesNotMatch(JSON.stringify(await reportOf({})), /"secret"/);
  });
});

describe('the endpoints', () => {
  const asked = (address: string | undefined, headers: Record<string, string>): boolean =>
    mayUseToolbar({ address, header: (name) => headers[name] }, 'change');
  const own = { host: 'localhost:4321', origin: APP, 'sec-fetch-site': 'same-origin' };

  test('answer pages of this application on this machine', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      assert.equal(asked(address, own), true);
    }
    const host = '[::1]:4321';
    assert.equal(asked('::1', { ...own, host, origin: `http://${host}` }), true);
  });

  test('answer nobody else', () => {
    for (const address of [undefined, '', '192.168.1.5', '10.127.0.1', 'fe80::1', '127.0.0.1.x']) {
      assert.equal(asked(address, own), false, address);
    }
    const { host, ...nameless } = own;
    assert.equal(asked('127.0.0.1', nameless), false);
    // A foreign name that leads to this machine: for the browser, its pages are of that origin.
    for (const name of ['evil.example', 'localhost.evil.example:4321', '127.0.0.1.evil.example']) {
      const rebound = { ...own, host: name, origin: `http://${name}` };
      assert.equal(asked('127.0.0.1', rebound), false, name);
    }
    assert.equal(asked('127.0.0.1', { ...own, origin: 'http://localhost:9' }), false);
    assert.equal(asked('127.0.0.1', { host }), false);
  });
});

describe('a build', () => {
  const setUp = async (command: 'dev' | 'build', devToolbar?: boolean): Promise<string[]> => {
    const calls: string[] = [];
    const hooks = toolbarHooks(devToolbar === undefined ? {} : { devToolbar }, () => {
      throw new Error('not yet');
    });
    const note = (name: string) => (): void => void calls.push(name);
    const input = {
      command,
      config: { root: pathToFileURL(`${ROOT}/`) },
      addDevToolbarApp: note('app'),
      injectRoute: note('route'),
    };
    await hooks['astro:config:setup']?.(input as never);
    return calls;
  };

  test('has nothing of the toolbar, nor has a project that does not want it', async () => {
    assert.deepEqual(await setUp('dev'), ['app', 'route']);
    assert.deepEqual(await setUp('build'), []);
    assert.deepEqual(await setUp('dev', false), []);
  });
});

// The SDK as it is published: what is in the package, how it is loaded, where it runs, what it
// weighs. GATEHOUSE_TEST_RUNTIMES names more programs to run it by, divided by colons: other
// versions of node, bun, deno.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { Gatehouse, ROOT } from '../black_box/gatehouse.js';

const run = promisify(execFile);
const BIN = join(ROOT, 'node_modules/.bin');
const WHOLE_BYTES_MAX = 24 * 1024; // gzip, minified
const AUTH_BYTES_MAX = 12 * 1024;

// Uses a bit of everything, and prints what it got.
const PROGRAM = `
const [url, id, secret] = process.argv.slice(2);
const client = new ScalekitClient(url, id, secret, { timeoutMs: 9000 });
const { codeChallenge } = await generatePkce();
const bound = await createAuthorization(client, 'http://localhost:4321/callback');
const { organizations } = await client.organization.listOrganization({ pageSize: 1 });
let refused;
await client.organization.getOrganization('nonsense').catch((error) => (refused = error));
let unsigned;
try {
  client.verifyWebhookPayload('whsec_c2VjcmV0', {}, '{}');
} catch (error) {
  unsigned = error;
}
console.log(JSON.stringify({
  challenge: codeChallenge.length,
  url: bound.url.startsWith(url + '/oauth/authorize?'),
  organization: organizations[0].displayName,
  refused: refused.name,
  unsigned: unsigned instanceof WebhookVerificationError,
  same: Scalekit === ScalekitClient && GatehouseClient === ScalekitClient,
}));
`;
const NAMES = [
  'ScalekitClient',
  'Scalekit',
  'GatehouseClient',
  'generatePkce',
  'createAuthorization',
  'WebhookVerificationError',
].join(', ');

// The calls of an application that was written for the Scalekit SDK.
const APPLICATION = `
import { ScalekitClient, generatePkce } from '@gatehouse/sdk';
import type { AuthorizationUrlOptions, IdTokenClaim } from '@gatehouse/sdk';

interface Cookies {
  set(name: string, value: string, options: { httpOnly: boolean; sameSite: 'lax' }): void;
}
interface Locals {
  user?: { sub: string; email?: string; name?: string; orgId?: string };
}

const env: Record<string, string> = {};
const scalekit = new ScalekitClient(env.URL, env.CLIENT_ID, env.CLIENT_SECRET);

export async function login(cookies: Cookies, orgId?: string, email?: string): Promise<string> {
  const options: AuthorizationUrlOptions = {
    scopes: ['openid', 'profile', 'email', 'offline_access'],
  };
  if (orgId) options.organizationId = orgId;
  else if (email) options.loginHint = email;
  const { codeVerifier, codeChallenge } = await generatePkce();
  cookies.set('pkce-verifier', codeVerifier, { httpOnly: true, sameSite: 'lax' });
  return scalekit.getAuthorizationUrl(env.REDIRECT_URI, {
    ...options,
    codeChallenge,
    codeChallengeMethod: 'S256',
  });
}

export async function callback(cookies: Cookies, code: string, codeVerifier: string) {
  const { user, idToken, accessToken, refreshToken, expiresIn } =
    await scalekit.authenticateWithCode(code, env.REDIRECT_URI, { codeVerifier });
  for (const [name, value] of Object.entries({ idToken, accessToken, refreshToken })) {
    cookies.set(name, value, { httpOnly: true, sameSite: 'lax' });
  }
  const kept: string = refreshToken;
  return { email: user.email, expiresIn, kept };
}

export async function middleware(token: string, refreshToken: string, locals: Locals) {
  try {
    const claims = await scalekit.validateToken<IdTokenClaim>(token);
    locals.user = { sub: claims.sub, email: claims.email, name: claims.name };
  } catch {
    const { accessToken } = await scalekit.refreshAccessToken(refreshToken);
    const claims = await scalekit.validateToken<IdTokenClaim & { org_id?: string }>(accessToken);
    locals.user = { sub: claims.sub, orgId: claims.org_id };
  }
}

export const logout = (idToken: string): string =>
  scalekit.getLogoutUrl({ idTokenHint: idToken, postLogoutRedirectUri: 'http://localhost:4321' });

export async function tile(token: string): Promise<string> {
  const claims = await scalekit.getIdpInitiatedLoginClaims(token);
  return scalekit.getAuthorizationUrl(env.REDIRECT_URI, {
    connectionId: claims.connection_id,
    organizationId: claims.organization_id,
    loginHint: claims.login_hint,
  });
}

export async function provision(): Promise<string> {
  const { organization } = await scalekit.organization.createOrganization('Acme', {
    externalId: 'acme',
  });
  const id: string = organization!.id;
  const link = await scalekit.organization.generatePortalLink(id);
  for await (const user of scalekit.user.listAllUsers()) console.log(user.email.length);
  return link.location;
}
`;

describe('the SDK as it is published', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-packed-'));
  const installed = join(folder, 'node_modules/@gatehouse/sdk');
  let tarball: string;
  let gatehouse: Gatehouse;
  before(async () => {
    execFileSync(join(ROOT, 'tools/build_packages'), ['sdk']);
    const sdk = join(ROOT, 'packages/sdk');
    const options = ['pack', sdk, '--silent', '--pack-destination', folder];
    const { stdout } = await run('npm', options, { cwd: folder });
    tarball = join(folder, basename(stdout.trim()));
    mkdirSync(installed, { recursive: true });
    await run('tar', ['xzf', tarball, '-C', installed, '--strip-components=1']);
    const project = { dependencies: { '@gatehouse/sdk': '*' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
    gatehouse = await Gatehouse.start();
  });
  after(async () => {
    await gatehouse?.stop();
    rmSync(folder, { recursive: true });
  });

  test('holds what it needs, and nothing else', async () => {
    const { stdout } = await run('tar', ['tzf', tarball]);
    const files = stdout.trim().split('\n').map((name) => name.replace(/^package\//, ''));
    const expected = /^(package\.json|README\.md|LICENSE|dist\/cjs\/package\.json)$/;
    const code = /^dist\/(esm|cjs)\/((auth|web|types|resources)\/)?\w+\.(js|d\.ts)$/;
    assert.deepEqual(
      files.filter((name) => !expected.test(name) && !code.test(name)),
      [],
    );
    for (const name of ['README.md', 'LICENSE', 'dist/esm/index.js', 'dist/cjs/index.d.ts']) {
      assert.ok(files.includes(name), name);
    }
    const scripts = (kind: string): string[] =>
      files.flatMap((name) => (name.startsWith(`dist/${kind}/`) ? [name.slice(9)] : [])).sort();
    assert.deepEqual(
      scripts('cjs').filter((name) => name !== 'package.json'),
      scripts('esm'),
    );
  });

  test('depends on nothing, and says nothing of this machine', () => {
    const text = readFileSync(join(installed, 'package.json'), 'utf8');
    const described = JSON.parse(text) as Record<string, unknown>;
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts']) {
      assert.equal(described[kind], undefined, kind);
    }
    assert.equal(described['sideEffects'], false);
    for (const name of ['package.json', 'README.md']) {
      assert.doesNotMatch(readFileSync(join(installed, name), 'utf8'), /\/(work|home|tmp)\//);
    }
  });

  test('publint finds nothing', async () => {
    const { stdout } = await run(join(BIN, 'publint'), ['run', '--strict', tarball]);
    assert.match(stdout, /All good!/);
  });

  test('its types are found by every kind of resolution', async () => {
    const arguments_ = ['--format', 'json', tarball];
    const { stdout } = await run(join(BIN, 'attw'), arguments_, { maxBuffer: 2 ** 26 });
    const { analysis, problems } = JSON.parse(stdout) as {
      analysis: { entrypoints: Record<string, unknown> };
      problems?: unknown;
    };
    assert.deepEqual(Object.keys(analysis.entrypoints), [
      '.',
      './auth',
      './web',
      './types',
      './package.json',
    ]);
    assert.deepEqual(problems ?? {}, {});
  });

  const compile = (module: string, resolution: string, name = 'application.ts') => {
    const kinds = ['--module', module, '--moduleResolution', resolution];
    const libraries = ['--target', 'es2022', '--lib', 'es2022,dom'];
    const options = ['--noEmit', '--strict', '--pretty', 'false', ...kinds, ...libraries];
    return run(join(BIN, 'tsc'), [...options, join(folder, name)], { cwd: folder }).then(
      () => '',
      (failure: { stdout: string }) => failure.stdout || 'failed',
    );
  };

  test('what the README shows compiles', async () => {
    const text = readFileSync(join(installed, 'README.md'), 'utf8');
    const shown = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code);
    assert.ok(shown.length >= 3);
    const given = ['url', 'clientId', 'clientSecret', 'redirectUri', 'code'];
    const known = given.map((name) => `declare const ${name}: string;\n`).join('');
    writeFileSync(join(folder, 'shown.ts'), `${known}${shown.join('')}export {};\n`);
    assert.equal(await compile('esnext', 'bundler', 'shown.ts'), '');
  });

  test('an application for the Scalekit SDK compiles against it', async () => {
    const source = join(folder, 'application.ts');
    writeFileSync(source, APPLICATION);
    writeFileSync(join(folder, 'wrong.ts'), `${APPLICATION}\nconst url: number = logout('x');\n`);
    for (const [module, resolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
      ['commonjs', 'node10'],
    ] as const) {
      assert.equal(await compile(module, resolution), '', resolution);
    }
    assert.match(await compile('esnext', 'bundler', 'wrong.ts'), /TS2322/);
  });

  const commandOf = (program: string, script: string): [string, string[]] => {
    const { environment_url: url, client_id: id, client_secret: secret } = gatehouse.ready;
    const deno = ['run', '--node-modules-dir=manual', '--allow-net', '--allow-env', '--allow-read'];
    return [program, [...(basename(program) === 'deno' ? deno : []), script, url, id, secret]];
  };

  const programs = [
    process.execPath,
    ...(process.env['GATEHOUSE_TEST_RUNTIMES'] ?? '').split(':').filter(Boolean),
  ];
  for (const program of programs) {
    const name = basename(program);
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0];
    for (const [file, load] of [
      ['load.mjs', `import { ${NAMES} } from '@gatehouse/sdk';${PROGRAM}`],
      [
        'load.cjs',
        `const { ${NAMES} } = require('@gatehouse/sdk');\n` +
          `if (require('@gatehouse/sdk').default !== ScalekitClient) throw Error('default');\n` +
          `(async () => {${PROGRAM}})();`,
      ],
    ] as const) {
      test(`${name} ${version}: ${file}`, async () => {
        const script = join(folder, `${name}_${file}`);
        writeFileSync(script, load);
        const { stdout } = await run(...commandOf(program, script), { cwd: folder });
        assert.deepEqual(JSON.parse(stdout), {
          challenge: 43,
          url: true,
          organization: 'Example Corp',
          refused: 'ScalekitBadRequestException',
          unsigned: true,
          same: true,
        });
      });
    }
  }

  const bundled = async (entry: string, format: 'esm' | 'iife', minify = true): Promise<string> => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from '${entry}';`, resolveDir: folder },
      bundle: true,
      write: false,
      minify,
      format,
      globalName: 'sdk',
      platform: 'browser',
      target: 'es2022',
    });
    return outputFiles[0]?.text ?? '';
  };

  test('it runs where there is nothing of Node', async () => {
    const code = await bundled('@gatehouse/sdk', 'iife', false);
    const { environment_url: url, client_id: id, client_secret: secret } = gatehouse.ready;
    const context = createContext({
      ...{ AbortController, Headers, Request, Response, TextDecoder, TextEncoder },
      ...{ URL, URLSearchParams, atob, btoa, clearTimeout, crypto, fetch, setTimeout },
      ...{ url, id, secret },
    });
    const program = `${code};(async () => {
      const client = new sdk.ScalekitClient(url, id, secret);
      const { organizations } = await client.organization.listOrganization({ pageSize: 1 });
      const { codeChallenge } = await sdk.generatePkce();
      const nothing = [typeof process, typeof Buffer, typeof require, typeof global];
      return JSON.stringify([organizations[0].displayName, codeChallenge.length, nothing]);
    })()`;
    const answer = (await new Script(program).runInContext(context)) as string;
    const nothing = Array.from({ length: 4 }, () => 'undefined');
    assert.deepEqual(JSON.parse(answer), ['Example Corp', 43, nothing]);
  });

  test('it weighs little', async (context) => {
    const weigh = async (entry: string): Promise<number> =>
      gzipSync(await bundled(entry, 'esm'), { level: 9 }).length;
    const whole = await weigh('@gatehouse/sdk');
    const auth = await weigh('@gatehouse/sdk/auth');
    context.diagnostic(`@gatehouse/sdk ${whole} bytes, @gatehouse/sdk/auth ${auth} bytes`);
    assert.ok(whole > auth && whole <= WHOLE_BYTES_MAX, `${whole} bytes`);
    assert.ok(auth <= AUTH_BYTES_MAX, `${auth} bytes`);
  });
});

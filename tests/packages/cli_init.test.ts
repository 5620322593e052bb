// `gatehouse init`: registers a project and writes .env, changes nothing that is right, and says
// what to do where it cannot.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { freePort, Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { postForm, send } from '../black_box/http.js';
import { CommandProject, Front, type FrontOptions, type Ran } from './cli_world.js';

describe('gatehouse init', () => {
  let gatehouse: Gatehouse;
  let project: CommandProject;
  before(async () => {
    gatehouse = await Gatehouse.start();
  });
  after(async () => await gatehouse?.stop());
  afterEach(() => project?.remove());

  const init = async (...line: string[]): Promise<Ran> =>
    await project.run(['init', '--url', gatehouse.url, ...line]);
  const isRegistered = async (redirectUri: string): Promise<boolean> => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: project.variable('GATEHOUSE_CLIENT_ID') ?? '',
      redirect_uri: redirectUri,
      scope: 'openid',
      prompt: 'none',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const answer = await send(`${gatehouse.url}/oauth/authorize?${query}`);
    return answer.headers.location?.startsWith(`${redirectUri}?`) ?? false;
  };
  const isSecretRight = async (): Promise<boolean> => {
    const answer = await postForm(`${gatehouse.url}/oauth/token`, {
      grant_type: 'authorization_code',
      code: 'none',
      redirect_uri: 'http://localhost:4321/auth/callback',
      client_id: project.variable('GATEHOUSE_CLIENT_ID') ?? '',
      client_secret: project.variable('GATEHOUSE_CLIENT_SECRET') ?? '',
    });
    return answer.json['error'] === 'invalid_grant';
  };

  test('writes what works, for the owner alone and out of version control', async () => {
    project = new CommandProject();
    const ran = await init();
    assert.equal(ran.status, 0, ran.error);
    assert.equal(project.variable('GATEHOUSE_URL'), gatehouse.url);
    assert.equal(project.variable('GATEHOUSE_APP_URL'), 'http://localhost:4321');
    assert.match(project.variable('GATEHOUSE_COOKIE_SECRET') ?? '', /^[\w-]{43}$/);
    assert.equal(await isRegistered('http://localhost:4321/auth/callback'), true);
    assert.equal(await isSecretRight(), true);
    assert.equal(statSync(join(project.folder, '.env')).mode & 0o777, 0o600);
    assert.equal(project.read('.gitignore'), '.env\n');
    const files = readdirSync(project.folder).sort();
    const expected = ['.env', '.gitignore', 'astro.config.mjs', 'node_modules', 'package.json'];
    assert.deepEqual(files, expected, 'no backup and no half-written file is left');
  });

  test('keeps every line that is not its own, and its own where they are right', async () => {
    project = new CommandProject();
    const mine =
      '# mine\r\nDATABASE_URL="postgres://a#b"  # not ours\r\n' +
      'export GATEHOUSE_APP_URL = "http://localhost:4999" # where\r\n' +
      "TEXT='two\r\nGATEHOUSE_URL=not this\r\nlines'\r\nLAST=1";
    project.write('.env', mine);
    project.write('.gitignore', 'node_modules\n*.env', 0o644);
    assert.equal((await init()).status, 0);
    const written = project.read('.env');
    assert.ok(written.startsWith(`${mine}\r\n\r\n# Gatehouse`), written);
    assert.equal(written.replaceAll('\r\n', '').includes('\n'), false, 'one kind of line ends');
    assert.equal(await isRegistered('http://localhost:4999/auth/callback'), true);
    assert.equal(project.read('.gitignore'), 'node_modules\n*.env');
  });

  test('changes nothing when it is run again, and only what is wrong after that', async () => {
    project = new CommandProject();
    await init();
    const first = project.read('.env');
    const again = await project.run(['init', '--json']);
    assert.deepEqual((JSON.parse(again.out) as Record<string, unknown>)['changed_variables'], []);
    assert.equal(project.read('.env'), first);
    project.write('.env', first.replace(/(GATEHOUSE_CLIENT_SECRET=).*/, '$1wrong'));
    chmodSync(join(project.folder, '.env'), 0o644);
    const repaired = await project.run(['init', '--json']);
    assert.deepEqual((JSON.parse(repaired.out) as Record<string, unknown>)['changed_variables'], [
      'GATEHOUSE_CLIENT_SECRET',
    ]);
    assert.equal(project.read('.env'), first);
    assert.equal(statSync(join(project.folder, '.env')).mode & 0o777, 0o600);
  });

  test('a public application has no secret', async () => {
    project = new CommandProject(undefined, 'page');
    assert.equal((await init('--public')).status, 0);
    assert.match(project.variable('GATEHOUSE_CLIENT_ID') ?? '', /^spac_/);
    assert.equal(project.variable('GATEHOUSE_CLIENT_SECRET'), undefined);
    assert.equal(await isRegistered('http://localhost:4321/auth/callback'), true);
    const again = await init('--public', '--json');
    assert.deepEqual((JSON.parse(again.out) as Record<string, unknown>)['changed_variables'], []);
  });

  test('tells nobody a secret', async () => {
    project = new CommandProject();
    for (const line of [[], ['--json']]) {
      const { out, error } = await init(...line);
      for (const name of ['GATEHOUSE_CLIENT_SECRET', 'GATEHOUSE_COOKIE_SECRET']) {
        const secret = project.variable(name) ?? '';
        assert.ok(secret.length > 30);
        assert.equal((out + error).includes(secret), false, name);
      }
      assert.equal(/\u001b/.test(out + error), false, 'colours are for terminals');
    }
  });

  const routes: [string, string, string][] = [
    ['gatehouse({ routes: "scalekit" })', '', 'http://localhost:4321/api/auth/callback'],
    ["gatehouse({ routes: { base: '/account' } })", '', 'http://localhost:4321/account/callback'],
    ["gatehouse({ routes: { callback: '/back' } })", '', 'http://localhost:4321/back'],
    [
      'gatehouse()',
      "base: '/docs', server: { host: true, port: 4001 },",
      'http://localhost:4001/docs/auth/callback',
    ],
    ['gatehouse()', "trailingSlash: 'always',", 'http://localhost:4321/auth/callback/'],
    [
      'gatehouse(/* { routes: "scalekit" } */)',
      '// server: { port: 1 },\n',
      'http://localhost:4321/auth/callback',
    ],
  ];
  test('reads ports and routes from the configuration, and no comment of it', async () => {
    for (const [call, more, redirectUri] of routes) {
      project = new CommandProject(
        "import gatehouse from '@gatehouse/astro';\n" +
          `export default { ${more} integrations: [${call}] };\n`,
      );
      const ran = await init('--json');
      const { redirect_uri: found } = JSON.parse(ran.out) as { redirect_uri: string };
      assert.equal(found, redirectUri);
      assert.equal(await isRegistered(redirectUri), true, redirectUri);
      project.remove();
    }
  });

  test('says what is missing and writes nothing', async () => {
    const nobody = `http://localhost:${await freePort()}`;
    const refused: [string[], string, number][] = [
      [['init', '--url', nobody], 'GH410', 1],
      [['init', '--url', 'http://auth.example.com'], 'GH420', 1],
      [['init', '--url', 'auth.example.com'], 'GH102', 1],
      [['init', '--url', `${gatehouse.url}/path`], 'GH102', 1],
      [['init', '--url', gatehouse.url, '--app-url', 'localhost'], 'GH107', 1],
      [['init', '--url', gatehouse.url, '--app-url', 'http://app.example.com'], 'GH416', 1],
      [['init', '--root', '/'], 'GH401', 1],
      [['init', '--unknown'], 'GH405', 2],
      [['init', 'stray'], 'GH405', 2],
    ];
    project = new CommandProject();
    for (const [line, code, status] of refused) {
      const ran = await project.run(line);
      assert.match(ran.error, new RegExp(`${code} `), line.join(' '));
      assert.equal(ran.status, status);
      assert.equal(ran.out, '');
      const json = await project.run([...line, '--json']);
      assert.equal((JSON.parse(json.error) as { error: string }).error, code);
    }
    assert.equal(existsSync(join(project.folder, '.env')), false);
    assert.equal(existsSync(join(project.folder, '.gitignore')), false);
  });

  test('a server cannot write more into .env, or onto the screen, than credentials', async () => {
    const answer = (fields: object): FrontOptions => ({
      answers: { '/dev/applications': { status: 200, body: JSON.stringify(fields) } },
    });
    const evil = ["x'\nNODE_OPTIONS=--import=evil", 'a b', '', '\u001b[2J', 7, undefined];
    for (const value of evil) {
      const front = await Front.start(
        gatehouse.url,
        answer({ client_id: 'webc_1', client_secret: value }),
      );
      project = new CommandProject();
      const ran = await project.run(['init', '--url', front.url]);
      await front.stop();
      assert.match(ran.error, /GH416/);
      assert.equal(existsSync(join(project.folder, '.env')), false);
      project.remove();
    }
    const refusal = { status: 400, body: JSON.stringify({ error_description: 'no\u001b[2J\r' }) };
    const front = await Front.start(gatehouse.url, { answers: { '/dev/applications': refusal } });
    project = new CommandProject();
    const ran = await project.run(['init', '--url', front.url]);
    await front.stop();
    assert.match(ran.error, /GH416 .*: no\[2J\./);
  });

  test('takes over the variables of an application that was written by the guide', async () => {
    project = new CommandProject(
      "import gatehouse from '@gatehouse/astro';\n" +
        "export default { integrations: [gatehouse({ routes: 'scalekit' })] };\n",
    );
    const { client_id: id, client_secret: secret } = gatehouse.ready;
    const before =
      `SCALEKIT_ENVIRONMENT_URL=${gatehouse.url}/\nSCALEKIT_CLIENT_ID=${id}\n` +
      `SCALEKIT_CLIENT_SECRET=${secret}\n` +
      'SCALEKIT_REDIRECT_URI=http://localhost:4321/api/auth/callback\n';
    project.write('.env', before);
    const ran = await project.run(['init']);
    assert.equal(ran.status, 0, ran.error);
    assert.ok(project.read('.env').startsWith(before));
    assert.equal(project.variable('GATEHOUSE_CLIENT_ID'), id);
    assert.equal(project.variable('GATEHOUSE_APP_URL'), 'http://localhost:4321');
    assert.equal(await isSecretRight(), true);
  });

  test('asks somebody at a terminal where Gatehouse is', async () => {
    const module = pathToFileURL(join(ROOT, 'packages/astro/dist/cli/main.js')).href;
    const { main } = (await import(module)) as {
      main(argv: string[], terminal: object): Promise<number>;
    };
    project = new CommandProject();
    const same = (text: string): string => text;
    const paint = { bold: same, dim: same, green: same, yellow: same, red: same };
    const talk = async (line: string[], ...typed: string[]): Promise<[number, string]> => {
      let said = '';
      const hear = (text: string): void => void (said += text);
      const ask = (question: string): Promise<string> => {
        hear(`${question}\n`);
        return Promise.resolve(typed.shift() ?? 'asked too often');
      };
      const terminal = { write: hear, note: hear, ask, paint };
      return [await main(['init', '--root', project.folder, ...line], terminal), said];
    };
    const nobody = `http://localhost:${await freePort()}`;
    project.write('.env', `GATEHOUSE_URL=${nobody}\n`);
    const [failed, advice] = await talk([], '');
    assert.equal(failed, 1);
    assert.match(advice, /^No Gatehouse answers at .*npx gatehouse dev[^]*Where is Gatehouse\? \n/);
    assert.equal(project.read('.env'), `GATEHOUSE_URL=${nobody}\n`);
    assert.equal((await talk([], `${gatehouse.url}/`))[0], 0);
    assert.equal(project.variable('GATEHOUSE_URL'), gatehouse.url);
    const [again, offered] = await talk([], '');
    assert.equal(again, 0);
    assert.ok(offered.startsWith(`Where is Gatehouse? [${gatehouse.url}] \n`), offered);
    assert.equal(/Where is/.test((await talk(['--yes']))[1]), false);
  });

  test('registers at any other server by its API, once it is given credentials', async () => {
    const front = await Front.start(gatehouse.url, {
      answers: { '/dev/applications': { status: 404 } },
    });
    try {
      project = new CommandProject(undefined, 'at the API');
      const line = ['init', '--json', '--url', front.url, '--app-url', 'https://app.example.com'];
      const missing = await project.run(line);
      assert.match(missing.error, /GH414/);
      const wrong = ['--client-id', gatehouse.ready.client_id, '--client-secret', 'wrong'];
      assert.match((await project.run([...line, ...wrong])).error, /GH415/);
      const right = {
        GATEHOUSE_API_CLIENT_ID: gatehouse.ready.client_id,
        GATEHOUSE_API_CLIENT_SECRET: gatehouse.ready.client_secret,
      };
      const made = await project.run(line, right);
      assert.equal(made.status, 0, made.error);
      assert.equal((JSON.parse(made.out) as { created: boolean }).created, true);
      assert.equal(await isRegistered('https://app.example.com/auth/callback'), true);
      assert.equal(await isSecretRight(), true);
      const first = project.read('.env');

      // Nothing is asked of the API where all is well; a further origin is added to the same
      // client.
      assert.equal((await project.run(line)).status, 0);
      assert.equal(project.read('.env'), first);
      const moved = [...line.slice(0, -1), 'https://new.example.com'];
      assert.equal((await project.run(moved, right)).status, 0);
      assert.equal(await isRegistered('https://new.example.com/auth/callback'), true);
      assert.equal(await isRegistered('https://app.example.com/auth/callback'), true);
      const kept = first.replace('https://app.example.com', 'https://new.example.com');
      assert.equal(project.read('.env'), kept);
    } finally {
      await front.stop();
    }
  });
});

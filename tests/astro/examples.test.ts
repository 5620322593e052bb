// The examples do what their READMEs say: each in its own process, as built, against a real server.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { freePort, Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { send, type Answer } from '../black_box/http.js';

const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
};
const SECRET = 'the cookie secret of the examples is this';
const START_MS_MAX = 15_000;

class Program {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(
    words: string[],
    port: number,
    environment: Record<string, string | undefined>,
  ): Promise<Program> {
    const child = spawn(process.execPath, words, {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env['PATH'], HOST: 'localhost', PORT: String(port), ...environment },
    });
    const program = new Program(`http://localhost:${port}`, child);
    for (const deadline = Date.now() + START_MS_MAX; Date.now() < deadline; await pause(50)) {
      if (child.exitCode !== null) throw new Error(`${words.join(' ')} ended by itself`);
      const answer = await send(program.url).catch(() => undefined);
      if (answer) return program;
    }
    child.kill('SIGTERM');
    throw new Error(`${words.join(' ')} did not answer within ${START_MS_MAX} ms`);
  }

  stop(): void {
    this.child.kill('SIGTERM');
  }
}

const seed = (ports: Ports): string => `
[[users]]
email = "ada@acme.test"
given_name = "Ada"
family_name = "Lovelace"
[[users]]
email = "bob@acme.test"
[[organizations]]
name = "Acme"
members = [{ email = "ada@acme.test", role = "admin" }, { email = "bob@acme.test" }]
${application('Console', 'ENV', ports.app, ['/auth/callback', '/api/auth/callback'])}
${application('Docs', 'SPA', ports.docs, ['/auth/callback'])}
${application('Edge', 'SPA', ports.edge, ['/auth/callback'])}
`;

const application = (name: string, type: string, port: number, callbacks: string[]): string => `
[[applications]]
name = "${name}"
type = "${type}"
redirect_uris = [${callbacks.map((path) => `"http://localhost:${port}${path}"`).join(', ')}]
post_logout_redirect_uris = ["http://localhost:${port}"]
`;

interface Ports {
  app: number;
  docs: number;
  edge: number;
  api: number;
}

class Street {
  private constructor(
    readonly gatehouse: Gatehouse,
    readonly ports: Ports,
    private readonly browser: Browser,
  ) {}

  static async open(): Promise<Street> {
    const [app, docs, edge, api] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const ports = { app, docs, edge, api };
    const gatehouse = await Gatehouse.start({ seed: seed(ports) });
    return new Street(gatehouse, ports, await chromium.launch(CHROMIUM));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.gatehouse.stop();
  }

  async newPage(): Promise<Page> {
    const context = await this.browser.newContext();
    context.setDefaultTimeout(10_000);
    return await context.newPage();
  }

  variables(name: string, port: number): Record<string, string | undefined> {
    const { client_id, client_secret } = this.gatehouse.application(name);
    return {
      GATEHOUSE_URL: this.gatehouse.url,
      GATEHOUSE_CLIENT_ID: client_id,
      GATEHOUSE_CLIENT_SECRET: client_secret,
      GATEHOUSE_APP_URL: `http://localhost:${port}`,
      GATEHOUSE_COOKIE_SECRET: SECRET,
    };
  }

  async start(example: string, name: string, port: number): Promise<Program> {
    const words = [`examples/${example}/dist/server/entry.mjs`];
    return await Program.start(words, port, this.variables(name, port));
  }

  async passGatehouse(page: Page, email: string): Promise<void> {
    await page.fill('input[name=email]', email);
    await page.click('button[type=submit]');
    await page.waitForSelector('input[autocomplete=one-time-code]');
    const { code } = await this.gatehouse.mailTo(email);
    const isBack = page.waitForURL((url) => url.origin !== new URL(this.gatehouse.url).origin);
    await page.locator('input[autocomplete=one-time-code]').pressSequentially(code);
    await isBack;
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
}

describe('the examples', () => {
  let street: Street;
  before(async () => void (street = await Street.open()));
  after(async () => await street?.close());

  test('an application and a static site share one session', async () => {
    const app = await street.start('one-line', 'Console', street.ports.app);
    const docs = await street.start('docs-site', 'Docs', street.ports.docs);
    try {
      const page = await street.newPage();
      await page.goto(`${docs.url}/`);
      await page.waitForSelector('header a:has-text("Sign in")');
      await page.goto(`${app.url}/dashboard`);
      await street.passGatehouse(page, 'ada@acme.test');
      assert.match((await page.textContent('body')) ?? '', /Ada/);

      // The other application asks nothing.
      await page.goto(`${docs.url}/internal/`);
      await page.waitForURL(`${docs.url}/internal/`);
      assert.match((await page.textContent('main')) ?? '', /For people of Acme: Ada Lovelace/);
      await page.goto(`${docs.url}/guide/`);
      await page.waitForSelector('header details, header [popovertarget]');

      // Both kept their own session on one host name.
      await page.goto(`${app.url}/dashboard`);
      assert.equal(page.url(), `${app.url}/dashboard`);
    } finally {
      app.stop();
      docs.stop();
    }
  });

  test('what is protected on the static site is no file', () => {
    const files = filesBelow(join(ROOT, 'examples/docs-site/dist/client'));
    assert.ok(files.includes('guide/index.html'));
    assert.deepEqual(
      files.filter((file) => file.startsWith('internal')),
      [],
    );
  });

  test('the layout with the SDK is what eject writes, and signs people in', async () => {
    const ejected = join(ROOT, 'packages/astro/bin/eject');
    for (const part of ['shared', 'gatehouse']) {
      for (const file of filesBelow(join(ejected, part))) {
        const text = readFileSync(join(ejected, part, file), 'utf8');
        assert.equal(readFileSync(join(ROOT, 'examples/astro-sdk', file), 'utf8'), text, file);
      }
    }
    const app = await street.start('astro-sdk', 'Console', street.ports.app);
    try {
      const page = await street.newPage();
      await page.goto(`${app.url}/dashboard`);
      await street.passGatehouse(page, 'ada@acme.test');
      assert.equal(page.url(), `${app.url}/dashboard`);
      assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
      await page.click('text=Sign out');
      await page.waitForURL(`${app.url}/`);
      assert.equal(await page.textContent('h1'), 'You are not signed in');
    } finally {
      app.stop();
    }
  });

  test('the worker signs people in without a secret', async () => {
    const { edge } = street.ports;
    const variables = street.variables('Edge', edge);
    assert.equal(variables['GATEHOUSE_CLIENT_SECRET'], undefined);
    const worker = await Program.start(['examples/edge/start.mjs'], edge, variables);
    try {
      assert.equal((await send(`${worker.url}/api/me`)).status, 401);
      const page = await street.newPage();
      await page.goto(worker.url);
      await page.click('text=Sign in');
      await street.passGatehouse(page, 'ada@acme.test');
      assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
      const me = await page.goto(`${worker.url}/api/me`);
      assert.equal(me?.status(), 200);
      await page.goto(worker.url);
      await page.click('text=Sign out');
      await page.waitForSelector('text=You are not signed in');
    } finally {
      worker.stop();
    }
  });

  test('the worker is made of nothing but what every runtime has', () => {
    const built = readFileSync(join(ROOT, 'examples/edge/dist/worker.js'), 'utf8');
    for (const foreign of ['require(', 'process.', 'Buffer.', '__dirname']) {
      assert.ok(!built.includes(foreign), foreign);
    }
  });
});

describe('the API example', () => {
  let street: Street;
  let api: Program;
  before(async () => {
    street = await Street.open();
    api = await Program.start(['examples/api/dist/main.js'], street.ports.api, {
      ...street.variables('Console', street.ports.app),
      API_URL: `http://localhost:${street.ports.api}`,
    });
  });
  after(async () => {
    api?.stop();
    await street?.close();
  });

  const call = async (token: string | undefined, name: string, input = {}): Promise<Answer> => {
    const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const params = { name, arguments: input };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    return await send(`${api.url}/mcp`, { method: 'POST', headers, body });
  };

  const textOf = ({ body }: Answer): string => {
    const { result } = JSON.parse(body) as { result: { content: { text: string }[] } };
    return result.content[0]?.text ?? '';
  };

  // As the application on the other side of the API gets it.
  const tokensOf = async (email: string): Promise<{ accessToken: string; idToken: string }> => {
    const { AuthClient, createAuthorization } = await import('@gatehouse/sdk/auth');
    const { url, client_id, client_secret } = {
      url: street.gatehouse.url,
      ...street.gatehouse.application('Console'),
    };
    const client = new AuthClient(url, client_id, client_secret);
    const redirectUri = `http://localhost:${street.ports.app}/auth/callback`;
    const begun = await createAuthorization(client, redirectUri, {});
    const application = createServer((_request, response) => void response.end('arrived'));
    await new Promise<void>((settle) => application.listen(street.ports.app, 'localhost', settle));
    const page = await street.newPage();
    await page.goto(begun.url);
    await street.passGatehouse(page, email);
    application.close();
    const code = new URL(page.url()).searchParams.get('code') ?? '';
    return await client.authenticateWithCode(code, redirectUri, {
      codeVerifier: begun.codeVerifier,
      nonce: begun.nonce,
    });
  };

  test('tells who comes without a token where to get one', async () => {
    const refused = await call(undefined, 'whoami');
    assert.equal(refused.status, 401);
    const challenge = String(refused.headers['www-authenticate']);
    const metadata = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const { authorization_servers: servers, resource } = JSON.parse(
      (await send(metadata)).body,
    ) as { authorization_servers: string[]; resource: string };
    assert.deepEqual(servers, [street.gatehouse.url]);
    assert.equal(resource, api.url);
  });

  test('knows who calls, and lets only administrators write', async () => {
    const ada = await tokensOf('ada@acme.test');
    const bob = await tokensOf('bob@acme.test');
    const { organization, roles } = JSON.parse(textOf(await call(ada.accessToken, 'whoami'))) as {
      organization: string;
      roles: string[];
    };
    assert.match(organization, /^org_/);
    assert.ok(roles.includes('admin'));
    assert.equal((await call(bob.accessToken, 'add_note', { text: 'x' })).status, 403);
    assert.equal(textOf(await call(ada.accessToken, 'add_note', { text: 'Hello' })), 'Added.');
    assert.equal(textOf(await call(bob.accessToken, 'list_notes')), '["Hello"]');
  });

  test('refuses what is no access token', async () => {
    const { accessToken, idToken } = await tokensOf('ada@acme.test');
    const [head, body, signature = ''] = accessToken.split('.');
    const forged = `${head}.${body}.${signature.slice(0, -6)}AAAAAA`;
    for (const token of [idToken, forged, 'x', '', `${accessToken} x`, 'a'.repeat(10_000)]) {
      const refused = await call(token, 'whoami');
      assert.equal(refused.status, 401, token.slice(0, 20));
      assert.match(String(refused.headers['www-authenticate']), /error="invalid_token"/);
    }
    assert.equal((await call(accessToken, 'whoami')).status, 200);
  });
});

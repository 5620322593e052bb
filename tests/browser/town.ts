// The whole town for a browser test: a Gatehouse, the built Astro example, Debian's Chromium.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { freePort, Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { send } from '../black_box/http.js';

// Which example is run, what starts it, and the path that Gatehouse sends people back to.
const EXAMPLES = {
  astro: { start: 'start.mjs', callback: '/api/auth/callback', client: 'Acme Console' },
  'astro-pkce': {
    start: 'dist/server/entry.mjs',
    callback: '/auth/callback',
    client: 'Acme Docs',
  },
} as const;

export interface TownOptions {
  example?: keyof typeof EXAMPLES;
  accessTokenSeconds?: number;
}

const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export class Town {
  private constructor(
    readonly gatehouse: Gatehouse,
    readonly appUrl: string,
    private readonly app: ChildProcess,
    private readonly browser: Browser,
  ) {}

  static async open({ example = 'astro', ...options }: TownOptions = {}): Promise<Town> {
    if (!existsSync(join(ROOT, 'examples', example, 'dist/server/entry.mjs'))) {
      throw new Error(`examples/${example} is not built: tools/build_example ${example}`);
    }
    const appPort = await freePort();
    const appUrl = `http://localhost:${appPort}`;
    const browser = await chromium.launch(CHROMIUM);
    let gatehouse: Gatehouse | undefined;
    let app: ChildProcess | undefined;
    try {
      gatehouse = await Gatehouse.start({ ...options, seed: seed(appUrl) });
      app = startApp(example, gatehouse, appUrl, appPort);
      await untilAppAnswers(app, appUrl);
      return new Town(gatehouse, appUrl, app, browser);
    } catch (error) {
      await browser.close();
      app?.kill('SIGTERM');
      await gatehouse?.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.app.kill('SIGTERM');
    await this.gatehouse.stop();
  }

  // A fresh browser of one more person.
  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1100, height: 800 },
      ...options,
    });
    context.setDefaultTimeout(10_000);
    return await context.newPage();
  }

  // From the application's sign-in page to Gatehouse's "Check your mail".
  async askForCode(page: Page, email: string): Promise<void> {
    await page.goto(`${this.appUrl}/login`);
    await page.fill('input[name=email]', email);
    await page.click('main button');
    await this.passEmailPage(page, email);
  }

  // The address was given in the application already; the page may ask to confirm it.
  async passEmailPage(page: Page, email: string): Promise<void> {
    await page.waitForSelector('input[name=email], input[autocomplete=one-time-code]');
    if (await page.isVisible('input[autocomplete=one-time-code]')) return;
    await page.fill('input[name=email]', email);
    await page.click('button[type=submit]');
    await page.waitForSelector('input[autocomplete=one-time-code]');
  }

  // Types the code as a person does; where scripts run, the page then sends it by itself.
  async enterCode(page: Page, code: string): Promise<void> {
    const sent = page.waitForEvent('framenavigated', { timeout: 1500 }).then(
      () => true,
      () => false,
    );
    await page.locator('input[autocomplete=one-time-code]').pressSequentially(code);
    if (!(await sent)) await page.click('button:has-text("Continue")');
  }

  async completeSignUp(page: Page, organization: string): Promise<void> {
    await page.fill('#organization-name', organization);
    await page.fill('#given-name', 'Grace');
    await page.fill('#family-name', 'Hopper');
    await page.click('button[type=submit]');
  }

  async signIn(page: Page, email: string): Promise<void> {
    await this.askForCode(page, email);
    await this.enterCode(page, (await this.gatehouse.mailTo(email)).code);
    await this.expectWelcome(page);
  }

  async expectWelcome(page: Page): Promise<string> {
    await page.waitForURL(`${this.appUrl}/dashboard**`);
    const heading = (await page.textContent('h1')) ?? '';
    assert.match(heading, /^Welcome, ./);
    return heading;
  }
}

async function untilAppAnswers(app: ChildProcess, appUrl: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(30)) {
    if (app.exitCode !== null) throw new Error('the example ended; see its output above');
    try {
      if ((await send(appUrl)).status === 200) return;
    } catch {
      continue; // not listening yet
    }
  }
  throw new Error('the example did not answer within 10 s');
}

function startApp(
  example: keyof typeof EXAMPLES,
  gatehouse: Gatehouse,
  appUrl: string,
  port: number,
): ChildProcess {
  const { start, callback, client } = EXAMPLES[example];
  const { environment_url, client_id, client_secret } = gatehouse.ready;
  const isPublic = example === 'astro-pkce';
  return spawn(process.execPath, [join(ROOT, 'examples', example, start)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOST: 'localhost',
      PORT: String(port),
      SCALEKIT_ENVIRONMENT_URL: environment_url,
      SCALEKIT_CLIENT_ID: isPublic ? gatehouse.application(client).client_id : client_id,
      SCALEKIT_REDIRECT_URI: appUrl + callback,
      ...(!isPublic && { SCALEKIT_CLIENT_SECRET: client_secret }),
    },
  });
}

const PEOPLE = ['ada', 'link', 'elsewhere', 'plain', 'keys', 'both'];

const seed = (appUrl: string): string => `
${PEOPLE.map(
  (name) => `[[users]]
email = "${name}@acme.test"
given_name = "${name.charAt(0).toUpperCase() + name.slice(1)}"
family_name = "Lovelace"
`,
).join('\n')}
[[organizations]]
name = "Acme"
members = [${PEOPLE.map(
  (name) => `{ email = "${name}@acme.test"${name === 'ada' ? ', role = "admin"' : ''} }`,
).join(', ')}]

[[organizations]]
name = "Globex"
members = [{ email = "both@acme.test", role = "admin" }]

[[organizations]]
name = "Example Corp"
external_id = "example"
domains = ["example.com", "example.org"]
connections = [{ type = "SAML", profile = "okta" }]

[[applications]]
name = "Acme Console"
type = "ENV"
redirect_uris = ["${appUrl}/api/auth/callback"]
post_logout_redirect_uris = ["${appUrl}"]
initiate_login_uri = "${appUrl}/api/auth/login"

[[applications]]
name = "Acme Docs"
type = "SPA"
redirect_uris = ["${appUrl}/auth/callback"]
post_logout_redirect_uris = ["${appUrl}"]
`;

// What the tests of the components have around them: a Gatehouse, the pages of components_app built
// for one version of Astro, a browser.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { freePort, Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { send, type Answer, type Sent } from '../black_box/http.js';
import { nodeFor, projectFolder, type AstroVersion } from './app_process.js';

const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'].concat([
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]),
};

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

export class ComponentsWorld {
  private readonly states = new Map<string, State>();
  private readonly withoutScripts = new WeakSet<Page>();

  private constructor(
    readonly gatehouse: Gatehouse,
    readonly appUrl: string,
    private readonly app: ChildProcess,
    private readonly browser: Browser,
    private readonly printed: string[],
  ) {}

  static async open(astro: AstroVersion): Promise<ComponentsWorld> {
    const folder = built(astro);
    const port = await freePort();
    const appUrl = `http://localhost:${port}`;
    const gatehouse = await Gatehouse.start({ seed: seed(appUrl) });
    const printed: string[] = [];
    let app: ChildProcess | undefined;
    try {
      app = start(astro, folder, port, gatehouse, printed);
      await untilItAnswers(app, appUrl, printed);
      const browser = await launchChromium();
      return new ComponentsWorld(gatehouse, appUrl, app, browser, printed);
    } catch (error) {
      app?.kill('SIGTERM');
      await gatehouse.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.app.kill('SIGTERM');
    await this.gatehouse.stop();
  }

  // Between tests: pages that nobody looks at any more take time all the same.
  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  // What the application has printed so far.
  get output(): string {
    return this.printed.join('');
  }

  url(path: string): string {
    return this.appUrl + path;
  }

  async open(path: string, email?: string, organization?: string): Promise<Page> {
    const page = email ? await this.pageOf(email, organization) : await this.newPage();
    await page.goto(this.url(path));
    return page;
  }

  // With a session of its own.
  async openAnew(path: string, email: string): Promise<Page> {
    const page = await this.newPage();
    await this.signIn(page, email);
    await page.goto(this.url(path));
    return page;
  }

  // The page of somebody who signed in before, once for all tests. What ends that session for one
  // ends it for all: whoever signs out signs in anew.
  async pageOf(email: string, organization?: string): Promise<Page> {
    const key = `${email} ${organization ?? ''}`;
    let state = this.states.get(key);
    if (!state) {
      const page = await this.newPage();
      await this.signIn(page, email, '/', organization);
      state = await page.context().storageState();
      this.states.set(key, state);
      await page.context().close();
    }
    return await this.newPage({ storageState: state });
  }

  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const viewport = { width: 1000, height: 700 };
    const context = await this.browser.newContext({ viewport, ...options });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    if (options.javaScriptEnabled === false) this.withoutScripts.add(page);
    return page;
  }

  async ask(path: string, sent: Sent = {}): Promise<Answer> {
    return await send(this.appUrl + path, sent);
  }

  // On Gatehouse's pages, from the address to the application.
  async passGatehouse(page: Page, email: string, organization?: string): Promise<void> {
    const hasScripts = !this.withoutScripts.has(page);
    await passGatehouse(this.gatehouse, page, email, organization, { hasScripts });
    await page.waitForURL(`${this.appUrl}/**`);
  }

  // On Gatehouse's chooser.
  async choose(page: Page, organization: string): Promise<void> {
    await chooseOrganization(page, organization);
    await page.waitForURL(`${this.appUrl}/**`);
  }

  async signIn(page: Page, email: string, path = '/', organization?: string): Promise<void> {
    await page.goto(this.appUrl + path);
    await page.click('a:has-text("Sign in")');
    await this.passGatehouse(page, email, organization);
  }
}

export const launchChromium = (): Promise<Browser> => chromium.launch(CHROMIUM);

// From the page that asks for an address to where the application is again.
export async function passGatehouse(
  gatehouse: Gatehouse,
  page: Page,
  email: string,
  organization?: string,
  { hasScripts } = { hasScripts: true },
): Promise<void> {
  await page.fill('input[name=email]', email);
  await page.click('button[type=submit]');
  const field = page.locator('input[autocomplete=one-time-code]');
  await field.waitFor();
  const { code } = await gatehouse.mailTo(email);
  const sent = page.waitForEvent('framenavigated');
  // Where scripts run, the page sends a whole code by itself.
  await field.pressSequentially(code);
  if (!hasScripts) await page.click('button:has-text("Continue")');
  await sent;
  if (organization) await chooseOrganization(page, organization);
}

const chooseOrganization = (page: Page, organization: string): Promise<void> =>
  page.click(`.choice:has-text("${organization}")`);

// Built anew: a stale page would prove nothing.
function built(astro: AstroVersion): string {
  const packages = join(projectFolder(astro), 'node_modules');
  if (!existsSync(packages)) throw new Error(`${packages} is not there: tools/astro_matrix`);
  const folder = join(projectFolder(astro), 'components_app');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'tests/astro/components_app'), folder, { recursive: true });
  const line = [join(packages, '.bin/astro'), 'build'];
  const { status, stdout, stderr } = spawnSync(nodeFor(astro), line, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ASTRO_TELEMETRY_DISABLED: '1' },
  });
  if (status !== 0) throw new Error(`components_app does not build:\n${stdout}\n${stderr}`);
  return folder;
}

function start(
  astro: AstroVersion,
  folder: string,
  port: number,
  { ready }: Gatehouse,
  printed: string[],
): ChildProcess {
  const app = spawn(nodeFor(astro), [join(folder, 'dist/server/entry.mjs')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOST: 'localhost',
      PORT: String(port),
      GATEHOUSE_URL: ready.environment_url,
      GATEHOUSE_CLIENT_ID: ready.client_id,
      GATEHOUSE_CLIENT_SECRET: ready.client_secret,
    },
  });
  for (const stream of [app.stdout, app.stderr]) {
    stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  }
  return app;
}

async function untilItAnswers(app: ChildProcess, appUrl: string, printed: string[]): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await pause(30)) {
    if (app.exitCode !== null) break;
    try {
      await send(`${appUrl}/static`);
      return;
    } catch {
      continue; // not listening yet
    }
  }
  throw new Error(`components_app does not answer:\n${printed.join('').slice(-4000)}`);
}

export const seed = (appUrl: string): string => `
[[users]]
email = "ada@acme.test"
given_name = "Ada"
family_name = "Lovelace"

[[users]]
email = "both@acme.test"
given_name = "Both"
family_name = "Lovelace"

[[users]]
email = "plain@acme.test"
given_name = "Plain"
family_name = "Lovelace"

[[organizations]]
name = "Acme"
members = [
  { email = "ada@acme.test", role = "admin" },
  { email = "both@acme.test" },
  { email = "plain@acme.test" },
]

[[organizations]]
name = "Globex"
members = [{ email = "both@acme.test", role = "admin" }]

[[applications]]
name = "Components"
type = "ENV"
redirect_uris = ["${appUrl}/auth/callback"]
post_logout_redirect_uris = ["${appUrl}"]
initiate_login_uri = "${appUrl}/auth/login"
`;

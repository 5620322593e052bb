// What a test of the developer's toolbar has around it: a Gatehouse, a small project in `astro dev`
// on some Astro, and a browser with the toolbar in its page.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { freePort, Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { send, type Answer, type Sent } from '../black_box/http.js';
import { nodeFor, projectFolder, type AstroVersion } from './app_process.js';

export interface ToolbarWorldOptions {
  astro: AstroVersion;
  // What is registered; the paths below /auth of the application unless said.
  redirectPath?: string;
  options?: string; // of gatehouse(), as source text
  config?: string; // further options of Astro, as source text
  files?: Record<string, string>;
  accessTokenSeconds?: number;
}

const START_MS_MAX = 60_000;

export class ToolbarWorld {
  private constructor(
    readonly gatehouse: Gatehouse,
    readonly port: number,
    readonly folder: string,
    private readonly app: ChildProcess,
    private readonly printed: string[],
    private readonly browser: Browser,
  ) {}

  static async open(options: ToolbarWorldOptions): Promise<ToolbarWorld> {
    const port = await freePort();
    const seed = seedFor(port, options.redirectPath ?? '/auth/callback');
    const { accessTokenSeconds } = options;
    const gatehouse = await Gatehouse.start({
      seed,
      ...(accessTokenSeconds && { accessTokenSeconds }),
    });
    const folder = makeProject(options);
    const printed: string[] = [];
    const app = startDev(options.astro, folder, port, gatehouse, printed);
    try {
      await untilItListens(port, app, printed);
      const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      });
      return new ToolbarWorld(gatehouse, port, folder, app, printed, browser);
    } catch (error) {
      app.kill('SIGKILL');
      await gatehouse.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    const ended = new Promise((settle) => this.app.once('exit', settle));
    this.app.kill('SIGTERM');
    const late = AbortSignal.timeout(3000);
    late.addEventListener('abort', () => this.app.kill('SIGKILL'));
    await ended;
    await this.gatehouse.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get appUrl(): string {
    return `http://localhost:${this.port}`;
  }

  // What `astro dev` has printed so far, without colours.
  get output(): string {
    return this.printed.join('').replace(/\u001b\[[0-9;]*m/g, '');
  }

  async newPage(): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1100, height: 760 } });
    context.setDefaultTimeout(20_000);
    return await context.newPage();
  }

  async ask(path: string, sent: Sent = {}): Promise<Answer> {
    return await send(`http://127.0.0.1:${this.port}${path}`, {
      ...sent,
      headers: { host: `localhost:${this.port}`, ...sent.headers },
    });
  }

  async signIn(page: Page, email = 'ada@acme.test'): Promise<void> {
    await page.goto(`${this.appUrl}/auth/login?returnTo=/`);
    await this.passGatehouse(page, email);
  }

  // From Gatehouse's page for the address, or for the code if it knows the address, to the end.
  async passGatehouse(page: Page, email: string): Promise<void> {
    const code = page.locator('input[autocomplete=one-time-code]');
    await page.waitForSelector('input[name=email], input[autocomplete=one-time-code]');
    if (!(await code.isVisible())) {
      await page.fill('input[name=email]', email);
      await page.click('button[type=submit]');
      await code.waitFor();
    }
    const { code: digits } = await this.gatehouse.mailTo(email);
    const chooser = page.locator('button:has-text("Globex")');
    const isBack = page.waitForURL(`${this.appUrl}/**`).then(() => true);
    await code.pressSequentially(digits);
    const isChoosing = chooser.waitFor().then(() => false);
    if (!(await Promise.race([isBack, isChoosing]))) {
      isChoosing.catch(() => undefined);
      await page.click('button:has-text("Acme")');
    }
    isChoosing.catch(() => undefined);
    await isBack;
  }

  // Opens the app by its button in Astro's toolbar, on the page that is shown.
  async openToolbar(page: Page): Promise<Locator> {
    // While Vite prepares what the toolbar needs, it may load the page once more.
    await page.waitForFunction(() => {
      const bar = document.querySelector('astro-dev-toolbar')?.shadowRoot;
      const item = bar?.querySelector<HTMLElement>('.item[data-app-id=gatehouse]');
      if (item && !item.classList.contains('active')) item.click();
      return item?.classList.contains('active') === true;
    });
    const frame = page.locator('astro-dev-toolbar-app-canvas[data-app-id=gatehouse]');
    await frame.getByRole('tablist').waitFor();
    return frame;
  }
}

function makeProject(given: ToolbarWorldOptions): string {
  const { astro, options = '', config = '', files = {} } = given;
  const modules = join(projectFolder(astro), 'node_modules');
  if (!existsSync(join(modules, 'astro'))) throw new Error('run tools/astro_matrix first');
  // Below the repository, whose files Vite may serve.
  const folder = mkdtempSync(join(ROOT, 'build/toolbar-'));
  const own = join(folder, 'node_modules');
  mkdirSync(join(own, '@gatehouse'), { recursive: true });
  for (const name of readdirSync(modules)) {
    const isOurs = name === '@gatehouse' || name.startsWith('.vite') || name === '.astro';
    if (!isOurs) symlinkSync(join(modules, name), join(own, name));
  }
  for (const name of ['astro', 'sdk']) {
    for (const part of ['dist', 'components', 'package.json', 'virtual.d.ts']) {
      const from = join(ROOT, 'packages', name, part);
      if (existsSync(from)) {
        cpSync(from, join(own, '@gatehouse', name, part), { recursive: true });
      }
    }
  }
  const all: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'shop', type: 'module', private: true }),
    'astro.config.mjs': CONFIG.replace('OPTIONS', options).replace('CONFIG', config),
    'src/pages/index.astro': PAGE,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function startDev(
  astro: AstroVersion,
  folder: string,
  port: number,
  { ready }: Gatehouse,
  printed: string[],
): ChildProcess {
  const program = join(folder, 'node_modules/astro', astroProgram(folder));
  const more = astro === '5' ? [] : ['--ignore-lock'];
  const line = [program, 'dev', '--host', '127.0.0.1', '--port', String(port), ...more];
  const child = spawn(nodeFor(astro), line, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ASTRO_TELEMETRY_DISABLED: '1',
      GATEHOUSE_URL: ready.environment_url,
      GATEHOUSE_CLIENT_ID: ready.client_id,
      GATEHOUSE_CLIENT_SECRET: ready.client_secret,
      GATEHOUSE_APP_URL: `http://localhost:${port}`,
    },
  });
  const note = (chunk: Buffer): void => void printed.push(chunk.toString());
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  return child;
}

const astroProgram = (folder: string): string =>
  existsSync(join(folder, 'node_modules/astro/bin/astro.mjs')) ? 'bin/astro.mjs' : 'astro.js';

async function untilItListens(port: number, app: ChildProcess, printed: string[]): Promise<void> {
  for (const deadline = Date.now() + START_MS_MAX; Date.now() < deadline; await pause(50)) {
    if (app.exitCode !== null) break;
    try {
      await send(`http://127.0.0.1:${port}/`, { timeoutMs: START_MS_MAX });
      return;
    } catch {
      continue; // not listening yet
    }
  }
  throw new Error(`astro dev does not answer:\n${printed.join('').slice(-4000)}`);
}

const CONFIG = `import node from '@astrojs/node';
import gatehouse from '@gatehouse/astro';
import { defineConfig } from 'astro/config';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  integrations: [gatehouse({ OPTIONS })],
  CONFIG
});
`;

const PAGE = `---
const { user, auth } = Astro.locals;
---
<!doctype html>
<html lang="en">
  <head><title>Acme</title><meta charset="utf-8" /></head>
  <body style="margin: 0; font-family: system-ui; background: #f4f6f5">
    <main style="max-width: 640px; margin: 64px auto; padding: 0 24px">
      <h1>Acme</h1>
      <p id="who">{user ? \`Signed in as \${user.name ?? user.email}\` : 'Nobody is signed in'}</p>
      <p id="until" hidden>{auth.expiresAt}</p>
      <p id="organization">{auth.orgId}</p>
    </main>
  </body>
</html>
`;

const seedFor = (port: number, redirectPath: string): string => `
[[users]]
email = "ada@acme.test"
given_name = "Ada"
family_name = "Lovelace"

[[users]]
email = "mallory@acme.test"
given_name = '<b id="evil">Mallory</b>'
family_name = "Archer"

[[organizations]]
name = "Acme"
members = [{ email = "ada@acme.test", role = "admin" }, { email = "mallory@acme.test" }]

[[organizations]]
name = "Globex"
members = [{ email = "ada@acme.test" }]

[[organizations]]
name = "Example Corp"
external_id = "example"
domains = ["example.com", "example.org"]
connections = [{ type = "SAML", profile = "okta" }]

[[applications]]
name = "Acme"
type = "ENV"
redirect_uris = ["http://localhost:${port}${redirectPath}"]
post_logout_redirect_uris = ["http://localhost:${port}"]
`;

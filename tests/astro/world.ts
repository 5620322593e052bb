// What a test of the integration has around it: a Gatehouse, the test application on some Astro, a
// browser; and the means to move the clock, to take Gatehouse away, and to start things anew.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Cookie,
  type Page,
} from 'playwright-core';
import { freePort, Gatehouse } from '../black_box/gatehouse.js';
import { send, type Answer, type Sent } from '../black_box/http.js';
import { AppProcess, type AstroVersion, type Variables, type Variant } from './app_process.js';
import { MovedClock } from './clock.js';

export interface WorldOptions {
  astro?: AstroVersion;
  mode?: 'dev' | 'built';
  variant?: Variant;
  accessTokenSeconds?: number;
  // Gatehouse and the application run by `world.clock`.
  hasMovedClock?: boolean;
  // A second application of the same kind, of its own host name, that the session is shared with.
  hasOther?: boolean;
  environment?: Variables;
}

// How Gatehouse can be away.
export type Outage = 'down' | 'failing' | 'silent';

const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'].concat([
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]),
};

const COOKIE_SECRET = 'a cookie secret of the tests of 32 characters';

export class World {
  other: { app: AppProcess; url: string } | undefined;
  // The application's own clock, where it has been given one that differs from Gatehouse's.
  private ownClock: MovedClock | undefined;
  private outage: Server | undefined;

  private constructor(
    readonly options: WorldOptions,
    readonly gatehouse: Gatehouse,
    readonly appPort: number,
    readonly clock: MovedClock | undefined,
    private readonly browser: Browser,
    public app: AppProcess,
  ) {}

  static async open(options: WorldOptions = {}): Promise<World> {
    const [port, otherPort] = [await freePort(), await freePort()];
    const clock = options.hasMovedClock ? new MovedClock() : undefined;
    const undo: (() => unknown)[] = [() => clock?.remove()];
    try {
      const gatehouse = await Gatehouse.start({
        ...(options.accessTokenSeconds && { accessTokenSeconds: options.accessTokenSeconds }),
        ...(clock && { environment: clock.environment }),
        seed: seed(port, otherPort, options.variant === 'strict' ? '/account' : '/auth'),
      });
      undo.push(() => gatehouse.stop());
      const app = await AppProcess.start({
        ...kindOf(options),
        port,
        environment: {
          ...variablesOf(gatehouse, `http://localhost:${port}`),
          ...clock?.environment,
          ...options.environment,
        },
      });
      undo.push(() => app.stop());
      const browser = await chromium.launch(CHROMIUM);
      undo.push(() => browser.close());
      const world = new World(options, gatehouse, port, clock, browser, app);
      if (options.hasOther) await world.startOther(otherPort);
      return world;
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.app.stop();
    await this.other?.app.stop();
    await this.endOutage(); // its end has the log looked through, which wants a process
    await this.gatehouse.stop();
    this.clock?.remove();
    this.ownClock?.remove();
  }

  get appUrl(): string {
    return `http://localhost:${this.appPort}`;
  }

  // Where the integration's routes are.
  get routes(): string {
    return this.options.variant === 'strict' ? '/account' : '/auth';
  }

  // Ends the application and starts it again with more variables; undefined takes one away.
  async restartApp(environment: Variables = {}, clockOffsetSeconds?: number): Promise<void> {
    await this.app.stop();
    if (clockOffsetSeconds !== undefined) {
      this.ownClock ??= new MovedClock();
      this.ownClock.set(clockOffsetSeconds);
    }
    this.app = await AppProcess.start({
      ...kindOf(this.options),
      port: this.appPort,
      environment: {
        ...variablesOf(this.gatehouse, this.appUrl),
        ...this.clock?.environment,
        ...(clockOffsetSeconds !== undefined && this.ownClock?.environment),
        ...this.options.environment,
        ...environment,
      },
    });
  }

  // A fresh browser of one more person.
  async newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const viewport = { width: 1100, height: 800 };
    const context = await this.browser.newContext({ viewport, ...options });
    context.setDefaultTimeout(10_000);
    return context;
  }

  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    return await (await this.newContext(options)).newPage();
  }

  // A request to the application as a program sends it, as exactly as given.
  async ask(path: string, sent: Sent = {}): Promise<Answer> {
    return await send(`http://127.0.0.1:${this.appPort}${path}`, {
      ...sent,
      headers: { host: `localhost:${this.appPort}`, ...sent.headers },
    });
  }

  // The same with the cookies of somebody's browser.
  async askAs(page: Page, path: string, sent: Sent = {}): Promise<Answer> {
    const cookies = await page.context().cookies(this.appUrl);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    return await this.ask(path, { ...sent, headers: { cookie, ...sent.headers } });
  }

  // From a page of the application to Gatehouse, there through the mailed code, and back.
  async signIn(page: Page, email: string, path = '/dashboard'): Promise<void> {
    await page.goto(this.appUrl + path);
    await this.passGatehouse(page, email);
    await page.waitForURL(`${this.appUrl}/**`);
  }

  async passGatehouse(page: Page, email: string): Promise<void> {
    const leaves = page.waitForURL((url) => url.origin !== new URL(this.gatehouse.url).origin);
    await Promise.all([leaves, this.enterCode(page, email)]);
  }

  // The same, but somebody of several organizations then has to choose one.
  async enterCode(page: Page, email: string): Promise<void> {
    await page.waitForSelector('input[name=email]').catch(async () => {
      const text = (await page.textContent('body'))?.slice(0, 500);
      throw new Error(`no sign-in at ${page.url()}:\n${text}\n${this.app.output.slice(-1500)}`);
    });
    await page.fill('input[name=email]', email);
    await page.click('button[type=submit]');
    await page.waitForSelector('input[autocomplete=one-time-code]');
    const { code } = await this.gatehouse.mailTo(email);
    await page.locator('input[autocomplete=one-time-code]').pressSequentially(code);
  }

  // Who the application says is signed in; undefined if nobody.
  async nameOn(page: Page, url = this.appUrl): Promise<string | undefined> {
    await page.goto(`${url}/`);
    return (await page.locator('#who').count()) === 0
      ? undefined
      : ((await page.textContent('#who')) ?? undefined);
  }

  async signOut(page: Page): Promise<void> {
    await page.goto(`${this.appUrl}/`);
    await page.click('#sign-out');
    await page.waitForSelector('#nobody');
  }

  // Those of the application. Gatehouse has some under the same host name; ports do not count.
  async sessionCookies(page: Page): Promise<Cookie[]> {
    const cookies = await page.context().cookies(this.appUrl);
    return cookies.filter(({ name }) => name.startsWith(`gh_session_${this.appPort}`));
  }

  // Gatehouse is away from here on: nobody listens, every request fails, or none is answered.
  async takeGatehouseAway(outage: Outage): Promise<void> {
    await this.gatehouse.terminate();
    if (outage === 'down') return;
    this.outage = createServer((_request, response) => {
      if (outage === 'failing') response.writeHead(500).end('broken');
    });
    const { port } = this.gatehouse;
    await new Promise<void>((settle) => this.outage?.listen(port, '127.0.0.1', settle));
  }

  async bringGatehouseBack(): Promise<void> {
    await this.endOutage();
    await this.gatehouse.launch();
  }

  private async endOutage(): Promise<void> {
    const server = this.outage;
    this.outage = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((settle) => server.close(settle));
  }

  private async startOther(port: number): Promise<void> {
    // Another host name: cookies do not tell ports apart.
    const url = `http://127.0.0.1:${port}`;
    const { client_id, client_secret } = this.gatehouse.application('Other');
    const app = await AppProcess.start({
      ...kindOf(this.options),
      port,
      environment: {
        ...variablesOf(this.gatehouse, url),
        GATEHOUSE_CLIENT_ID: client_id,
        GATEHOUSE_CLIENT_SECRET: client_secret,
        ...this.clock?.environment,
      },
    });
    this.other = { app, url };
  }
}

// The parallel requests of one browser, as they come when a page has many parts.
export async function inParallel<T>(count: number, ask: () => Promise<T>): Promise<T[]> {
  return await Promise.all(Array.from({ length: count }, ask));
}

export function expectSignedOut(name: string | undefined): void {
  assert.equal(name, undefined, 'somebody is signed in');
}

const kindOf = ({ astro = '7', mode = 'built', variant = 'main' }: WorldOptions) => ({
  astro,
  mode,
  variant,
});

const variablesOf = ({ ready }: Gatehouse, appUrl: string): Variables => ({
  GATEHOUSE_URL: ready.environment_url,
  GATEHOUSE_CLIENT_ID: ready.client_id,
  GATEHOUSE_CLIENT_SECRET: ready.client_secret,
  GATEHOUSE_APP_URL: appUrl,
  GATEHOUSE_COOKIE_SECRET: COOKIE_SECRET,
});

const application = (name: string, type: string, url: string, base: string): string => `
[[applications]]
name = "${name}"
type = "${type}"
redirect_uris = ["${url}${base}/callback", "${url}/guide/callback"]
post_logout_redirect_uris = ["${url}"]
${type === 'SPA' ? '' : `back_channel_logout_uris = ["${url}${base}/backchannel-logout"]`}
initiate_login_uri = "${url}${base}/login"
`;

const PEOPLE = ['ada', 'grace', 'both', 'plain'];

const seed = (port: number, otherPort: number, base: string): string => `
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
${application('Main', 'ENV', `http://localhost:${port}`, base)}
${application('Public', 'SPA', `http://localhost:${port}`, base)}
${application('Other', 'WEB_APP', `http://127.0.0.1:${otherPort}`, base)}
`;

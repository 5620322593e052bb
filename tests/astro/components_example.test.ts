// examples/one-line with a real Gatehouse: in `astro dev`, and built. GATEHOUSE_SCREENSHOTS names a
// folder for pictures of it.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { freePort, Gatehouse, ROOT } from '../black_box/gatehouse.js';
import { send } from '../black_box/http.js';
import { launchChromium, passGatehouse, seed } from './components_world.js';

const FOLDER = join(ROOT, 'examples/one-line');
const ASTRO = join(ROOT, 'node_modules/astro/astro.js');
const PICTURES = process.env['GATEHOUSE_SCREENSHOTS'];

test('the example differs from an application without sign-in by one line', () => {
  const configuration = readFileSync(join(FOLDER, 'astro.config.mjs'), 'utf8');
  const ours = configuration.split('\n').filter((line) => /gatehouse/.test(line));
  assert.deepEqual(ours, [
    "import gatehouse from '@gatehouse/astro';",
    '  integrations: [gatehouse()],',
  ]);
});

for (const mode of ['built', 'dev'] as const) {
  describe(`examples/one-line, ${mode}`, () => {
    let gatehouse: Gatehouse;
    let app: ChildProcess;
    let browser: Browser;
    let appUrl: string;
    before(async () => {
      const port = await freePort();
      appUrl = `http://localhost:${port}`;
      gatehouse = await Gatehouse.start({ seed: seed(appUrl) });
      app = await start(mode, port, gatehouse);
      browser = await launchChromium();
    });
    after(async () => {
      await browser?.close();
      app?.kill('SIGTERM');
      await gatehouse?.stop();
    });

    const newPage = async (): Promise<Page> => {
      const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
      page.setDefaultTimeout(20_000);
      return page;
    };
    const picture = async (page: Page, name: string): Promise<void> => {
      if (!PICTURES || mode === 'dev') return;
      await page.screenshot({ path: join(PICTURES, `astro-${name}.png`) });
    };
    const inAllLooks = async (page: Page, name: string, opened?: string): Promise<void> => {
      for (const [look, width, colorScheme] of [
        ['light', 1100, 'light'],
        ['dark', 1100, 'dark'],
        ['phone', 375, 'light'],
        ['phone-dark', 375, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 760 });
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        if (opened) await page.click(opened);
        await picture(page, `${name}-${look}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${name}, ${look}: ${wide} px wide`);
        if (opened) await page.keyboard.press('Escape');
      }
    };

    test('a stranger is sent to sign in and comes back to the page', async () => {
      const page = await newPage();
      await page.goto(appUrl);
      await inAllLooks(page, 'home');
      await page.click('header a:has-text("Dashboard")');
      await passGatehouse(gatehouse, page, 'ada@acme.test');
      await page.waitForURL(`${appUrl}/dashboard`);
      assert.equal(await page.textContent('h1'), 'Good to see you, Ada Lovelace');
      assert.match((await page.textContent('main')) ?? '', /You are an admin/);
      await inAllLooks(page, 'dashboard', '.gh-user .gh-trigger');
      await page.goto(`${appUrl}/about`);
      await page.waitForSelector('.gh-user .gh-trigger');
      await inAllLooks(page, 'about');
      await page.goto(`${appUrl}/api/hello`);
      assert.match((await page.textContent('body')) ?? '', /"hello":"Ada Lovelace"/);
      await page.goto(appUrl);
      await page.click('.gh-user .gh-trigger');
      await page.click('.gh-panel button:has-text("Sign out")');
      await page.waitForSelector('main a:has-text("Sign in")');
    });

    test('somebody of two organizations goes from one to the other', async () => {
      const page = await newPage();
      await page.goto(`${appUrl}/dashboard`);
      await passGatehouse(gatehouse, page, 'both@acme.test', 'Acme');
      await page.waitForURL(`${appUrl}/dashboard`);
      await inAllLooks(page, 'switcher', '.gh-wide .gh-trigger');
      assert.match((await page.textContent('main')) ?? '', /Admins of this organization see more/);
      await page.click('.gh-wide .gh-trigger');
      await page.click('.gh-choices button:has-text("Globex")');
      await page.waitForSelector('.gh-current:has-text("Globex")');
      assert.match((await page.textContent('main')) ?? '', /You are an admin/);
    });

    test('the API route refuses strangers, and the pages hold nothing of anybody', async () => {
      const answer = await send(`${appUrl}/api/hello`, { headers: { accept: '*/*' } });
      assert.equal(answer.status, 401);
      for (const path of ['/', '/about']) {
        assert.doesNotMatch((await send(appUrl + path)).body, /Lovelace|@acme/);
      }
    });

    test('a refusal at Gatehouse is explained', async () => {
      const page = await newPage();
      await page.goto(`${appUrl}/?auth_error=access_denied`);
      assert.match((await page.textContent('[role=alert]')) ?? '', /cancelled or refused/);
      await inAllLooks(page, 'error');
    });
  });
}

async function start(
  mode: 'built' | 'dev',
  port: number,
  { ready }: Gatehouse,
): Promise<ChildProcess> {
  const environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ASTRO_TELEMETRY_DISABLED: '1',
  };
  if (mode === 'built') {
    const build = spawnSync(process.execPath, [ASTRO, 'build'], {
      cwd: FOLDER,
      encoding: 'utf8',
      env: environment,
    });
    assert.equal(build.status, 0, build.stdout + build.stderr);
  }
  const line =
    mode === 'built'
      ? [join(FOLDER, 'dist/server/entry.mjs')]
      : [ASTRO, 'dev', '--host', 'localhost', '--port', String(port)];
  const app = spawn(process.execPath, line, {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...environment,
      HOST: 'localhost',
      PORT: String(port),
      GATEHOUSE_URL: ready.environment_url,
      GATEHOUSE_CLIENT_ID: ready.client_id,
      GATEHOUSE_CLIENT_SECRET: ready.client_secret,
    },
  });
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(50)) {
    assert.equal(app.exitCode, null, 'the example ended');
    try {
      await send(`http://localhost:${port}/about`);
      return app;
    } catch {
      continue; // not listening yet
    }
  }
  app.kill('SIGTERM');
  throw new Error('the example does not answer');
}

// The developer's toolbar in a browser, on each Astro.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { ROOT } from '../black_box/gatehouse.js';
import type { AstroVersion } from './app_process.js';
import { ToolbarWorld } from './toolbar_world.js';

const FOREIGN: Record<string, string>[] = [
  { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  { host: 'localhost.evil.example:4321' },
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
];

export function describeToolbar(astro: AstroVersion): void {
  describe(`the toolbar on Astro ${astro}`, () => {
    let world: ToolbarWorld;
    before(async () => {
      world = await ToolbarWorld.open({
        astro,
        // Everything but the first page; the toolbar must not be among it.
        options: 'protect: [/^\\/(?!$|plain$|menu$|account$)/]',
        files: {
          'src/pages/menu.astro': '<p>Menu</p>\n<a href="/auth/logout">Sign out</a>\n',
          'src/pages/account.astro': '<h1>Your account</h1>\n',
          'src/pages/policy.astro': POLICY,
        },
      });
    });
    after(async () => await world?.close());

    test('says that nobody is signed in, and signs in', async () => {
      const page = await world.newPage();
      await page.goto(world.appUrl);
      const bar = await world.openToolbar(page);
      await bar.getByText('Nobody is signed in').waitFor();
      await picture(page, bar, `signed-out-${astro}`);
      await bar.getByRole('button', { name: 'Sign in' }).first().click();
      await world.passGatehouse(page, 'ada@acme.test');
      assert.equal(await page.textContent('#who'), 'Signed in as Ada Lovelace');
      assert.equal(new URL(page.url()).pathname, '/');
    });

    test('shows the session and its claims, and counts down', async () => {
      const page = await signedIn();
      const bar = await world.openToolbar(page);
      await bar.getByText('ada@acme.test').first().waitFor();
      await picture(page, bar, `session-${astro}`);
      const first = await secondsLeft(bar);
      assert.ok(first > 60 && first <= 900, `${first} s left`);
      await until(async () => (await secondsLeft(bar)) < first);
      await bar.getByText('Claims of the access token').click();
      const claims = (await bar.locator('details pre').first().textContent()) ?? '';
      assert.match(claims, /"email": "ada@acme\.test"/);
      assert.match(claims, /"exp": "\d+ \(.+\)"/);
      // No token is in it, only what tokens say.
      assert.doesNotMatch(await bar.locator('astro-dev-toolbar-window').innerText(), /eyJ/);
    });

    test('expires the access token, and the next request renews it', async () => {
      const page = await signedIn();
      const bar = await world.openToolbar(page);
      const renewals = await countRenewals(bar);
      await page.reload();
      await world.openToolbar(page);
      assert.equal(await countRenewals(bar), renewals, 'renewed although it is good');

      await bar.getByRole('button', { name: 'Expire now' }).click();
      await bar.getByText('counts as ended').waitFor();
      assert.equal(await secondsLeft(bar), 0);
      await page.reload();
      assert.equal(await page.textContent('#who'), 'Signed in as Ada Lovelace');
      assert.ok(Number(await page.textContent('#until')) > Date.now() / 1000 + 60);
      await world.openToolbar(page);
      assert.equal(await countRenewals(bar), renewals + 1);
      await bar.getByRole('tab', { name: 'Requests' }).click();
      await picture(page, bar, `requests-${astro}`);
    });

    test('refreshes at once', async () => {
      const page = await signedIn();
      const bar = await world.openToolbar(page);
      const renewals = await countRenewals(bar);
      await bar.getByRole('button', { name: 'Refresh now' }).click();
      await bar.getByText('The access token was renewed.').waitFor();
      assert.equal(await countRenewals(bar), renewals + 1);
    });

    test('switches the organization', async () => {
      const page = await signedIn();
      const before = await page.textContent('#organization');
      const bar = await world.openToolbar(page);
      await bar.getByLabel('Organization', { exact: true }).selectOption({ label: 'Globex' });
      await bar.getByRole('button', { name: 'Switch' }).click();
      await page.waitForFunction((old) => {
        const now = document.querySelector('#organization')?.textContent ?? '';
        return now !== '' && now !== old;
      }, before);
    });

    test('signs in as somebody of the simulator, whoever is signed in', async () => {
      const page = await signedIn();
      const bar = await world.openToolbar(page);
      await bar.getByRole('button', { name: 'grace@example.com' }).click();
      await page.waitForSelector('#simulated');
      await page.click('text=Continue >> nth=0');
      await page.waitForURL(`${world.appUrl}/`);
      assert.equal(await page.textContent('#who'), 'Signed in as Grace Hopper');
    });

    test('takes names for text', async () => {
      const page = await world.newPage();
      await world.signIn(page, 'mallory@acme.test');
      const bar = await world.openToolbar(page);
      await bar.getByText('<b id="evil">Mallory</b>').first().waitFor();
      assert.equal(await bar.locator('#evil').count(), 0);
    });

    test('shows what the lint found, in the terminal too', async () => {
      const page = await world.newPage();
      await page.goto(world.appUrl);
      const bar = await world.openToolbar(page);
      await bar.getByRole('tab', { name: 'Checks' }).click();
      const link = bar.locator('li[data-code=GH302]');
      await link.waitFor();
      assert.match((await link.textContent()) ?? '', /src\/pages\/menu\.astro:2/);
      assert.equal(await bar.locator('li[data-code=GH325]').count(), 1);
      assert.equal(await bar.locator('li.error').count(), 1);
      assert.ok((await bar.locator('li.ok').count()) >= 8);
      await picture(page, bar, `checks-${astro}`);
      assert.match(world.output, /GH302 src\/pages\/menu\.astro:2/);
      assert.doesNotMatch(world.output, /GH325/);
    });

    test('sees a policy that keeps forms in, and a ClientRouter that catches links', async () => {
      const page = await signedIn();
      await page.goto(`${world.appUrl}/policy`);
      const bar = await world.openToolbar(page);
      await bar.getByRole('tab', { name: 'Checks' }).click();
      await bar.locator('li.error[data-code=GH323]').waitFor();
      await bar.locator('li.warn[data-code=GH324]').waitFor();
      await page.goto(world.appUrl);
      await world.openToolbar(page);
      await bar.getByRole('tab', { name: 'Checks' }).click();
      await bar.locator('li.ok').first().waitFor();
      assert.equal(await bar.locator('li[data-code=GH323], li[data-code=GH324]').count(), 0);
    });

    test('works by keyboard', async () => {
      const page = await world.newPage();
      await page.goto(world.appUrl);
      const bar = await world.openToolbar(page);
      await bar.getByText('Nobody is signed in').waitFor();
      const chosen = (): Locator => bar.getByRole('tab', { selected: true });
      await bar.getByRole('tab', { name: 'Session' }).focus();
      await page.keyboard.press('ArrowRight');
      assert.match((await chosen().textContent()) ?? '', /^Checks/);
      await page.keyboard.press('End');
      assert.equal(await chosen().textContent(), 'Requests');
      await page.keyboard.press('ArrowRight');
      assert.equal(await chosen().textContent(), 'Session');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${world.gatehouse.url}/**`);
    });

    test('answers nobody but pages of this application', async () => {
      const own = { 'sec-fetch-site': 'same-origin', origin: world.appUrl };
      for (const path of ['/_gatehouse/project', '/_gatehouse/toolbar/session']) {
        assert.equal((await world.ask(path, { headers: own })).status, 200);
        for (const headers of FOREIGN) {
          const { status, body } = await world.ask(path, { headers });
          assert.equal(status, 403, `${path} answered ${JSON.stringify(headers)}: ${body}`);
        }
      }
      const post = { method: 'POST', body: '{}' };
      const sent = { 'content-type': 'application/json' };
      for (const action of ['expire', 'refresh']) {
        const path = `/_gatehouse/toolbar/${action}`;
        assert.equal((await world.ask(path, { headers: own })).status, 404);
        const asked = await world.ask(path, { ...post, headers: { ...own, ...sent } });
        assert.equal(asked.status, 409); // nobody is signed in
        for (const headers of [...FOREIGN, {}]) {
          const { status } = await world.ask(path, { ...post, headers: { ...sent, ...headers } });
          assert.equal(status, 403, `${path} answered ${JSON.stringify(headers)}`);
        }
      }
    });

    const signedIn = async (): Promise<Page> => {
      const page = await world.newPage();
      await world.signIn(page);
      return page;
    };
  });

  describe(`the toolbar on Astro ${astro}, of an application that is not registered`, () => {
    let world: ToolbarWorld;
    before(async () => {
      // Its own paths differ as well.
      const config = "base: '/shop', trailingSlash: 'always',";
      world = await ToolbarWorld.open({ astro, redirectPath: '/elsewhere', config });
    });
    after(async () => await world?.close());

    test('says so with the command that helps, and is content after it', async () => {
      const page = await world.newPage();
      await page.goto(`${world.appUrl}/shop/`);
      const bar = await world.openToolbar(page);
      await bar.getByText('Nobody is signed in').waitFor();
      await bar.getByRole('tab', { name: 'Checks' }).click();
      const refused = bar.locator('li.error[data-code=GH423]');
      await refused.waitFor();
      await picture(page, bar, `unregistered-${astro}`);
      const command = (await refused.locator('pre').textContent()) ?? '';
      assert.match(command, / add-redirect \S+ http:\/\/localhost:\d+\/shop\/auth\/callback\/$/);
      execFileSync('/bin/sh', ['-c', command], { stdio: 'pipe' });
      await until(async () => {
        await bar.getByRole('button', { name: 'Check again' }).click();
        return (await refused.count()) === 0;
      });
      await bar.locator('li.ok', { hasText: '/shop/auth/callback/ is registered' }).waitFor();
      assert.equal(await bar.locator('li.error').count(), 0);
    });
  });
}

// The access token's, as the toolbar shows it.
async function secondsLeft(bar: Locator): Promise<number> {
  const text = (await bar.locator('#countdown').textContent()) ?? '';
  const part = (unit: string): number => Number(new RegExp(`(\\d+) ${unit}`).exec(text)?.[1] ?? 0);
  return part('h') * 3600 + part('min') * 60 + part('s');
}

async function countRenewals(bar: Locator): Promise<number> {
  await bar.locator('#countdown').waitFor({ state: 'attached' });
  await bar.getByRole('tab', { name: 'Requests' }).click();
  const count = await bar.getByText('Access token renewed').count();
  await bar.getByRole('tab', { name: 'Session' }).click();
  return count;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) if (await holds()) return;
  assert.fail('not within 15 s');
}

// With everything there, and the toolbar's own buttons beside it.
async function picture(page: Page, bar: Locator, name: string): Promise<void> {
  await bar.getByRole('link', { name: 'Mailbox' }).waitFor();
  await page.mouse.move(550, 755);
  await page.screenshot({
    path: join(ROOT, `build/screenshots/astro-toolbar-${name}.png`),
    animations: 'disabled',
  });
}

const POLICY = `---
import { ClientRouter } from 'astro:transitions';
---
<html lang="en">
  <head>
    <meta http-equiv="Content-Security-Policy" content="form-action 'self'" />
    <ClientRouter />
  </head>
  <body><a href="/auth/login">Sign in</a></body>
</html>
`;

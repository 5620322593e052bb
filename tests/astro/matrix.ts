// What must work on every Astro, in `astro dev` and built: the journeys of people.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { AstroVersion } from './app_process.js';
import { expectSignedOut, World } from './world.js';

const HOUR_S = 3600;

export function describeMatrix(astro: AstroVersion): void {
  for (const mode of ['dev', 'built'] as const) {
    describe(`on Astro ${astro}, ${mode}`, () => {
      let world: World;
      before(async () => {
        world = await World.open({ astro, mode, hasMovedClock: true, hasOther: true });
      });
      after(async () => await world?.close());

      test('a mailed code signs in, and leads to the page that was asked for', async () => {
        const page = await world.newPage();
        await world.signIn(page, 'ada@acme.test', '/dashboard/q3?tab=2&of=4');
        assert.equal(page.url(), `${world.appUrl}/dashboard/q3?tab=2&of=4`);
        assert.equal(await page.textContent('h1'), 'Report q3');
        assert.equal(await world.nameOn(page), 'Ada Lovelace');
      });

      test('an address of a customer signs in at its own provider', async () => {
        const page = await world.newPage();
        await page.goto(`${world.appUrl}/dashboard`);
        await page.fill('input[name=email]', 'ada@example.com');
        await page.click('button[type=submit]');
        await page.waitForSelector('#simulated');
        await page.click('text=Continue >> nth=0');
        await page.waitForURL(`${world.appUrl}/dashboard`);
        assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
        await page.goto(`${world.appUrl}/organization`);
        assert.match((await page.textContent('#organization')) ?? '', /^org_\d+$/);
      });

      test('a launch from the provider’s own list of applications signs in as well', async () => {
        const page = await world.newPage();
        await page.goto(`${world.gatehouse.url}/dev/idp`);
        await page.click('text=Open the app tile');
        await page.fill('#email', 'katherine@example.org');
        await page.click('#simulated button.primary');
        await page.waitForURL(`${world.appUrl}/**`);
        assert.equal(await world.nameOn(page), 'Katherine Johnson');
      });

      test('eight requests after the access token ended go on, and so do those after', async () => {
        const page = await world.newPage();
        await world.signIn(page, 'grace@acme.test');
        for (let round = 0; round < 3; ++round) {
          const before = await tokenEnd(page);
          world.clock?.advance(2 * HOUR_S);
          assert.ok(before * 1000 < (world.clock?.now() ?? 0), 'the token has not ended');
          const answers = await fetchEight(page);
          assert.deepEqual(answers, Array<string>(8).fill('200 Grace Lovelace'));
          assert.ok((await tokenEnd(page)) > before, 'the token was not renewed');
        }
      });

      test('a person of two organizations goes from one to the other', async () => {
        const page = await world.newPage();
        await page.goto(`${world.appUrl}/organization`);
        await world.enterCode(page, 'both@acme.test');
        await page.click('button:has-text("Acme")');
        await page.waitForURL(`${world.appUrl}/organization`);
        const acme = await page.textContent('#organization');
        assert.equal((await world.askAs(page, '/admin')).status, 403);

        await page.click('button[aria-label^="Organization:"]');
        await page.click('form button:has-text("Globex")');
        await page.waitForURL(`${world.appUrl}/organization`);
        const globex = await page.textContent('#organization');
        assert.match(globex ?? '', /^org_\d+$/);
        assert.notEqual(globex, acme);
        assert.equal((await world.askAs(page, '/admin')).status, 200);
      });

      test('signing out ends the session here, at Gatehouse, and in the other one', async () => {
        const page = await world.newPage();
        await signInToBoth(page);
        await world.signOut(page);
        assert.deepEqual(await world.sessionCookies(page), []);
        await page.goto(`${world.appUrl}/dashboard`);
        await page.waitForSelector('input[name=email]'); // Gatehouse asks anew
        await untilSignedOut(page, world.other?.url ?? '');
      });

      test('a logout that begins elsewhere arrives by the back channel', async () => {
        const page = await world.newPage();
        await signInToBoth(page);
        const cookies = await world.sessionCookies(page);
        await page.goto(`${world.other?.url}/`);
        await page.click('#sign-out');
        await page.waitForSelector('#nobody');
        await untilSignedOut(page, world.appUrl);
        // What the browser kept does not bring it back.
        await page.context().addCookies(cookies);
        expectSignedOut(await world.nameOn(page));
      });

      const signInToBoth = async (page: Page): Promise<void> => {
        await world.signIn(page, 'plain@acme.test');
        await page.goto(`${world.other?.url}/dashboard`);
        await page.waitForURL(`${world.other?.url}/dashboard`);
        assert.equal(await page.textContent('h1'), 'Welcome, Plain Lovelace');
        assert.equal(await world.nameOn(page), 'Plain Lovelace');
      };

      const untilSignedOut = async (page: Page, url: string): Promise<void> => {
        for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(100)) {
          if ((await world.nameOn(page, url)) === undefined) return;
        }
        assert.fail(`still signed in to ${url} after 10 s`);
      };
    });
  }
}

// s since 1970, as the application sees it.
async function tokenEnd(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const answer = await fetch('/api/who');
    const { auth } = (await answer.json()) as { auth: { expiresAt: number } };
    return auth.expiresAt;
  });
}

async function fetchEight(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const ask = async (): Promise<string> => {
      const answer = await fetch('/api/who', { cache: 'no-store' });
      const { user } = (await answer.json()) as { user?: { name: string } };
      return `${answer.status} ${user?.name}`;
    };
    return await Promise.all(Array.from({ length: 8 }, ask));
  });
}

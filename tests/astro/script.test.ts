// gatehouse:client, as the scripts of a page use it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { World } from './world.js';

describe('a script on a page', () => {
  let world: World;
  before(async () => void (world = await World.open({ astro: '7' })));
  after(async () => await world?.close());

  const opened = async (page: Page): Promise<Page> => {
    await page.goto(`${world.appUrl}/script`);
    return page;
  };
  const says = async (page: Page, name: string): Promise<void> => {
    await page.waitForFunction(
      (wanted) => document.getElementById('me')?.textContent === wanted,
      name,
    );
    assert.equal(await page.textContent('#problem'), '');
  };

  test('learns who is signed in, and nothing of tokens', async () => {
    const page = await opened(await world.newPage());
    await says(page, 'nobody');
    await page.click('#in');
    await world.passGatehouse(page, 'ada@acme.test');
    await page.waitForURL(`${world.appUrl}/script`);
    await says(page, 'Ada Lovelace');
    const me = await page.evaluate(async () => await (await fetch('/auth/me')).text());
    assert.match(me, /"isSignedIn":true/);
    assert.doesNotMatch(me, /eyJ|[tT]oken/);
  });

  test('of one tab hears what another tab does', async () => {
    const first = await world.newPage();
    await world.signIn(first, 'grace@acme.test');
    await opened(first);
    const second = await opened(await first.context().newPage());
    await says(first, 'Grace Lovelace');
    await says(second, 'Grace Lovelace');
    await second.click('#out');
    await second.waitForURL(`${world.appUrl}/`);
    await says(first, 'nobody');
  });

  test('keeps what it knows while the application does not answer', async () => {
    const page = await world.newPage();
    await world.signIn(page, 'plain@acme.test');
    await opened(page);
    await says(page, 'Plain Lovelace');
    await page.route('**/auth/me', (route) => route.fulfill({ status: 500 }));
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await says(page, 'Plain Lovelace');
  });
});

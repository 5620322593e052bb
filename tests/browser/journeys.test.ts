// What a person does with the example application and Gatehouse's pages, in a real browser.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { Town } from './town.js';

const ACCESS_TOKEN_SECONDS = 2;

describe('in a browser', () => {
  let town: Town;
  before(async () => void (town = await Town.open({ accessTokenSeconds: ACCESS_TOKEN_SECONDS })));
  after(async () => await town?.close());

  const eightAtOnce = async (page: Page): Promise<number[]> =>
    await page.evaluate(async () => {
      const answers = Array.from({ length: 8 }, () => fetch('/api/data'));
      return (await Promise.all(answers)).map(({ status }) => status);
    });

  test('someone new signs up, stays signed in, signs out, and is asked again', async () => {
    const page = await town.newPage();
    await page.goto(town.appUrl);
    await page.click('text=Create an account');
    await page.fill('input[name=email]', 'grace@navy.test');
    await page.click('button[type=submit]');
    await page.waitForSelector('input[autocomplete=one-time-code]');

    const mailbox = await page.context().newPage();
    await mailbox.goto(town.gatehouse.ready.mailbox_url);
    await mailbox.click('#letters a:has-text("grace@navy.test")');
    const code = ((await mailbox.textContent('#code')) ?? '').replace(/\D/g, '');
    assert.match(code, /^\d{6}$/);
    await mailbox.close();

    await town.enterCode(page, code);
    await town.completeSignUp(page, 'Navy');
    assert.equal(await town.expectWelcome(page), 'Welcome, Grace Hopper');

    for (let lifetime = 0; lifetime < 3; ++lifetime) {
      await pause((ACCESS_TOKEN_SECONDS + 0.5) * 1000);
      assert.deepEqual(await eightAtOnce(page), Array(8).fill(200));
      await page.reload();
      await town.expectWelcome(page);
    }

    await page.click('nav button:has-text("Sign out")');
    await page.waitForURL(`${town.appUrl}/`);
    assert.equal(await page.evaluate(async () => (await fetch('/api/data')).status), 401);
    await page.goto(`${town.appUrl}/dashboard`);
    await page.waitForSelector('input[name=email]');
    assert.ok(page.url().startsWith(town.gatehouse.url));
  });

  test('the link of the mail signs in where it was asked for, by a press of a button', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'link@acme.test');
    const { link } = await town.gatehouse.mailTo('link@acme.test');
    const tab = await page.context().newPage();
    await tab.goto(link);
    await tab.goto(link); // opening it, even twice, uses nothing up
    await tab.click('button[type=submit]');
    await town.expectWelcome(tab);
    await tab.goto(link);
    assert.ok(tab.url().startsWith(town.gatehouse.url));
    assert.equal(await tab.locator('form button[type=submit]').count(), 0);
    // The tab that waited goes on by itself, or has nothing left to ask for.
    await page.goto(`${town.appUrl}/dashboard`);
    await town.expectWelcome(page);
  });

  test('in another browser the link signs nobody in; the code works where it began', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'elsewhere@acme.test');
    const { link, code } = await town.gatehouse.mailTo('elsewhere@acme.test');
    const stranger = await town.newPage();
    await stranger.goto(link);
    assert.equal(await stranger.locator('form button[type=submit]').count(), 0);
    await stranger.goto(`${town.appUrl}/dashboard`);
    await stranger.waitForSelector('input[name=email]');
    await town.enterCode(page, code);
    await town.expectWelcome(page);
  });

  test('a wrong code says how many tries are left, and the right one still works', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'ada@acme.test');
    const { code } = await town.gatehouse.mailTo('ada@acme.test');
    await town.enterCode(page, code === '000000' ? '000001' : '000000');
    await page.waitForSelector('[role=alert]');
    assert.match((await page.textContent('[role=alert]')) ?? '', /tries left/);
    assert.match(await page.title(), /^Error: /);
    await page.fill('input[autocomplete=one-time-code]', '');
    await town.enterCode(page, code);
    assert.equal(await town.expectWelcome(page), 'Welcome, Ada Lovelace');
  });

  test('it all works without JavaScript', async () => {
    const page = await town.newPage({ javaScriptEnabled: false });
    await town.signIn(page, 'plain@acme.test');
    await page.click('nav button:has-text("Sign out")');
    await page.waitForURL(`${town.appUrl}/`);
    await page.goto(`${town.appUrl}/dashboard`);
    await page.waitForSelector('input[name=email]');
  });

  test('it all works from the keyboard', async () => {
    const page = await town.newPage();
    const focused = async (): Promise<string> =>
      await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    const tabTo = async (label: string): Promise<void> => {
      for (let press = 0; press < 20 && (await focused()) !== label; ++press) {
        await page.keyboard.press('Tab');
      }
      assert.equal(await focused(), label);
    };
    await page.goto(`${town.appUrl}/dashboard`);
    await page.waitForSelector('input[name=email]:focus');
    await page.keyboard.type('keys@acme.test');
    await page.keyboard.press('Enter');
    await page.waitForSelector('input[autocomplete=one-time-code]:focus');
    await page.keyboard.type((await town.gatehouse.mailTo('keys@acme.test')).code);
    await town.expectWelcome(page);
    await tabTo('Sign out');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${town.appUrl}/`);
  });

  test('a member of two organizations chooses one', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'both@acme.test');
    await town.enterCode(page, (await town.gatehouse.mailTo('both@acme.test')).code);
    await page.click('button[name=organization]:has-text("Globex")');
    await town.expectWelcome(page);
  });
});

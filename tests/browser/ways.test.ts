// Every link and button of the hosted pages leads where it says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Town } from './town.js';

describe('the ways between the pages', () => {
  let town: Town;
  before(async () => void (town = await Town.open()));
  after(async () => await town?.close());

  const heading = async (page: Page): Promise<string> => (await page.textContent('h1')) ?? '';
  const follow = async (page: Page, selector: string): Promise<string> => {
    await Promise.all([page.waitForEvent('framenavigated'), page.click(selector)]);
    await page.waitForLoadState();
    return await heading(page);
  };

  test('between signing in, signing up, and another address', async () => {
    const page = await town.newPage();
    await page.goto(`${town.appUrl}/dashboard`);
    assert.equal(await follow(page, '#sign-up'), 'Create an account');
    assert.equal(await follow(page, '#sign-in'), 'Welcome back');
    await page.fill('input[name=email]', 'typo@acme.test');
    assert.equal(await follow(page, 'button[type=submit]'), 'Check your mail');
    const typo = await town.gatehouse.mailTo('typo@acme.test');
    assert.equal(await follow(page, '#change-email'), 'Welcome back');
    assert.equal(await page.inputValue('input[name=email]'), 'typo@acme.test');
    await page.fill('input[name=email]', 'ada@acme.test');
    assert.equal(await follow(page, 'button[type=submit]'), 'Check your mail');
    const { code } = await town.gatehouse.mailTo('ada@acme.test');
    assert.notEqual(code, typo.code);
    await town.enterCode(page, typo.code);
    await page.waitForSelector('[role=alert]');
    await town.enterCode(page, code);
    assert.equal(await town.expectWelcome(page), 'Welcome, Ada Lovelace');
  });

  test('from the mailbox into the application', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'plain@acme.test');
    await page.goto(town.gatehouse.url);
    assert.equal(await follow(page, 'a:has-text("Mailbox")'), 'Mailbox');
    await page.fill('#to', 'nobody@acme.test');
    await follow(page, 'button:has-text("Find")');
    assert.equal(await page.locator('#letters').count(), 0);
    await page.fill('#to', 'plain@acme.test');
    await follow(page, 'button:has-text("Find")');
    assert.match(await follow(page, '#letters a'), /^\d{6} is your code for Acme Console$/);
    assert.equal(await follow(page, 'a:has-text("See the HTML part")'), 'Your code');
    assert.equal(await follow(page, 'a:has-text("Sign in")'), 'Finish signing in');
    await page.click('button[type=submit]');
    await town.expectWelcome(page);
  });

  test('on the account page: one sign-out, all others, and this one', async () => {
    const account = `${town.gatehouse.url}/account`;
    const page = await town.newPage();
    const others = [await town.newPage(), await town.newPage(), await town.newPage()];
    for (const each of [page, ...others]) await town.signIn(each, 'keys@acme.test');
    const sessions = page.locator('.rows > li');
    const isSignedIn = async (each: Page): Promise<boolean> => {
      await each.goto(account);
      return (await heading(each)) === 'Your account';
    };

    await page.goto(account);
    assert.equal(await sessions.count(), 4);
    await follow(page, '.rows > li:nth-child(2) button');
    assert.equal(await page.textContent('[role=status]'), 'Signed out there.');
    assert.equal(await sessions.count(), 3);
    await follow(page, '#sign-out-rest');
    assert.equal(await sessions.count(), 1);
    assert.equal(await page.locator('#sign-out-rest').count(), 0);
    for (const each of others) assert.equal(await isSignedIn(each), false);

    await page.goto(`${town.gatehouse.url}/oidc/logout`);
    assert.equal(await follow(page, 'a:has-text("Stay signed in")'), 'Your account');
    assert.equal(await follow(page, '.rows > li button'), 'You are signed out');
    assert.equal(await follow(page, '#sign-in'), 'Welcome back');
    // Signing in from here leads back to the account page.
    await town.passEmailPage(page, 'keys@acme.test');
    await town.enterCode(page, (await town.gatehouse.mailTo('keys@acme.test')).code);
    await page.waitForURL(account);
  });

  test('after signing out where no application waits, back to the one that asked', async () => {
    const page = await town.newPage();
    await town.signIn(page, 'link@acme.test');
    const { environment_url, client_id } = town.gatehouse.ready;
    await page.goto(`${environment_url}/oidc/logout?client_id=${client_id}`);
    assert.equal(await follow(page, '#confirm-sign-out'), 'You are signed out');
    assert.equal(await follow(page, '#sign-in'), 'Welcome back');
  });

  test('a code sent twice, and a second tab: both end up signed in', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'elsewhere@acme.test');
    const second = await page.context().newPage();
    await second.goto(page.url());
    const { code } = await town.gatehouse.mailTo('elsewhere@acme.test');
    await town.enterCode(page, code);
    await town.expectWelcome(page);
    // The tab that still shows the form sends the same code.
    if (await second.locator('input[autocomplete=one-time-code]').count()) {
      await town.enterCode(second, code);
    }
    await second.waitForSelector('#continue');
    assert.equal(await heading(second), 'You are signed in');
    await second.click('#continue');
    await town.expectWelcome(second);
  });
});

// Every page as it looks: light, dark, on a phone, in forced colours, into build/screenshots; and
// what axe has to say about each.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ROOT } from '../black_box/gatehouse.js';
import { Town } from './town.js';

const FOLDER = join(ROOT, 'build/screenshots');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const DESKTOP = { width: 1100, height: 800 };
const PHONE = { width: 390, height: 844 };

interface Violation {
  id: string;
  impact: string;
  nodes: string[];
}

describe('every page', () => {
  let town: Town;
  before(async () => {
    mkdirSync(FOLDER, { recursive: true });
    town = await Town.open();
  });
  after(async () => await town?.close());

  // Light, dark, phone and forced colours: a picture of each, no serious finding of axe, and
  // nothing wider than the screen.
  const look = async (page: Page, name: string): Promise<void> => {
    const looks = [
      ['light', DESKTOP, 'light', 'none'],
      ['dark', DESKTOP, 'dark', 'none'],
      ['phone', PHONE, 'light', 'none'],
      ['forced', DESKTOP, 'dark', 'active'],
    ] as const;
    for (const [look, viewport, colorScheme, forcedColors] of looks) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(FOLDER, `${name}-${look}.png`), fullPage: true });
      assert.deepEqual(await seriousViolations(page), [], `${name}, ${look}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${name}, ${look}: ${width} px wide`);
    }
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  };

  test('from sign-in to dashboard', async () => {
    const page = await town.newPage();
    await page.goto(town.appUrl);
    await look(page, 'example-home');
    await page.goto(`${town.appUrl}/login?error=failed`);
    await look(page, 'example-login');
    await page.goto(`${town.appUrl}/dashboard`);
    await page.waitForSelector('input[name=email]');
    await look(page, 'sign-in');
    await page.fill('input[name=email]', 'ada@acme.test');
    await page.click('button[type=submit]');
    await page.waitForSelector('input[autocomplete=one-time-code]');
    await look(page, 'check-mail');
    const { code } = await town.gatehouse.mailTo('ada@acme.test');
    await town.enterCode(page, code === '000000' ? '000001' : '000000');
    await page.waitForSelector('[role=alert]');
    await look(page, 'check-mail-wrong-code');
    await page.fill('input[autocomplete=one-time-code]', '');
    await town.enterCode(page, code);
    await town.expectWelcome(page);
    await look(page, 'example-dashboard');
    await page.goto(`${town.gatehouse.url}/account`);
    await look(page, 'account');
    await page.goto(`${town.gatehouse.url}/oidc/logout`);
    await look(page, 'confirm-sign-out');
    await page.click('#confirm-sign-out');
    await look(page, 'signed-out');
  });

  test('sign-up', async () => {
    const page = await town.newPage();
    await page.goto(`${town.appUrl}/api/auth/login?signup`);
    await look(page, 'sign-up');
    await page.fill('input[name=email]', 'new@navy.test');
    await page.click('button[type=submit]');
    await page.waitForSelector('input[autocomplete=one-time-code]');
    await town.enterCode(page, (await town.gatehouse.mailTo('new@navy.test')).code);
    await page.waitForSelector('#organization-name');
    await look(page, 'sign-up-details');
  });

  test('choosing an organization', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'both@acme.test');
    await town.enterCode(page, (await town.gatehouse.mailTo('both@acme.test')).code);
    await page.waitForSelector('button[name=organization]');
    await look(page, 'choose-organization');
  });

  test('the link: here, elsewhere, and once it is over', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'link@acme.test');
    const { link } = await town.gatehouse.mailTo('link@acme.test');
    const stranger = await town.newPage();
    await stranger.goto(link);
    await look(stranger, 'link-elsewhere');
    const tab = await page.context().newPage();
    await tab.goto(link);
    await look(tab, 'link-confirm');
    await tab.click('button[type=submit]');
    await town.expectWelcome(tab);
    await page.goto(page.url());
    await look(page, 'signed-in-elsewhere');
    await page.click('#continue');
    await town.expectWelcome(page);
  });

  test('a link that a newer mail replaced', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'keys@acme.test');
    const { link } = await town.gatehouse.mailTo('keys@acme.test');
    // The button itself waits for half a minute.
    await page.evaluate(() => document.querySelector<HTMLButtonElement>('#resend')?.form?.submit());
    await page.waitForSelector('[role=status]');
    await look(page, 'check-mail-sent-again');
    await page.goto(link);
    await page.click('button[type=submit]');
    await look(page, 'link-expired');
  });

  test('too many wrong codes', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'plain@acme.test');
    const { code } = await town.gatehouse.mailTo('plain@acme.test');
    const wrong = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; ++tries) {
      await page.fill('input[autocomplete=one-time-code]', '');
      await town.enterCode(page, wrong);
      await page.waitForSelector('[role=alert]');
    }
    assert.equal(await page.locator('input[autocomplete=one-time-code]').count(), 0);
    await look(page, 'too-many-tries');
  });

  test('errors, with the cause in a development environment', async () => {
    const page = await town.newPage();
    const { environment_url, client_id } = town.gatehouse.ready;
    const authorize = `${environment_url}/oauth/authorize?response_type=code&scope=openid`;
    const other = encodeURIComponent(`${town.appUrl}/api/auth/calback`);
    await page.goto(`${authorize}&client_id=${client_id}&redirect_uri=${other}`);
    assert.equal(await page.textContent('#sent'), `${town.appUrl}/api/auth/calback`);
    await look(page, 'error-redirect-uri');
    await page.goto(`${authorize}&client_id=skc_1&redirect_uri=${other}`);
    await look(page, 'error-unknown-client');
    await page.goto(`${environment_url}/login?flow=flw_1`);
    await look(page, 'start-again');
    await page.goto(`${environment_url}/nowhere`);
    await look(page, 'not-found');
  });

  test('the pages for developers', async () => {
    const page = await town.newPage();
    await town.askForCode(page, 'keys@acme.test');
    await page.goto(town.gatehouse.url);
    await look(page, 'home');
    await page.goto(town.gatehouse.ready.mailbox_url);
    await look(page, 'mailbox');
    await page.click('#letters a:has-text("keys@acme.test")');
    await look(page, 'letter');
    await page.click('a:has-text("See the HTML part")');
    await page.waitForSelector('h1:has-text("Your code")');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(FOLDER, `letter-html-${colorScheme}.png`) });
    }
  });
});

async function seriousViolations(page: Page): Promise<Violation[]> {
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => ({
        id,
        impact: impact ?? '',
        nodes: nodes.map(({ html }) => html),
      }));
  });
}

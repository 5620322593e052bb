// Enterprise sign-on in the example application: an address of a customer's domain leads to the
// customer's identity provider, played by the simulator; and a launch from its app tile leads here.
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
const NARROW = { width: 320, height: 700 };

describe('enterprise sign-on in the example', () => {
  let town: Town;
  before(async () => {
    mkdirSync(FOLDER, { recursive: true });
    town = await Town.open();
  });
  after(async () => await town?.close());

  // Types an address into the application's own form, and comes to the simulator by itself.
  const toSimulator = async (page: Page, email: string): Promise<void> => {
    await page.goto(`${town.appUrl}/login`);
    await page.fill('input[name=email]', email);
    await page.click('main button');
    await page.waitForSelector('#simulated');
  };

  const expectExampleCorp = async (page: Page): Promise<string> => {
    const heading = await town.expectWelcome(page);
    assert.match((await page.textContent('main dl')) ?? '', /Organization\s*org_\d+/);
    await page.goto(`${town.appUrl}/organization`);
    assert.equal(await page.textContent('h1'), 'Example Corp');
    return heading;
  };

  test('typing ada@example.com leads through the provider to the dashboard', async () => {
    const page = await town.newPage();
    await toSimulator(page, 'ada@example.com');
    assert.equal(await page.textContent('h1'), 'Sign in at Okta');
    assert.equal(await page.inputValue('#email'), 'ada@example.com');
    await page.click('text=Continue >> nth=0');
    assert.equal(await expectExampleCorp(page), 'Welcome, Ada Lovelace');
  });

  test('another person of the domain comes in by one press', async () => {
    const page = await town.newPage();
    await toSimulator(page, 'somebody@example.org');
    await page.click('button:has-text("Alan Turing")');
    assert.equal(await expectExampleCorp(page), 'Welcome, Alan Turing');
  });

  test('works without scripts, by the button that then shows', async () => {
    const page = await town.newPage({ javaScriptEnabled: false });
    await toSimulator(page, 'grace@example.com');
    await page.click('#simulated button.primary');
    await page.waitForSelector('#form-post button');
    await page.click('#form-post button');
    assert.equal(await expectExampleCorp(page), 'Welcome, Grace Hopper');
  });

  test('a launch from the app tile lands on the dashboard, too', async () => {
    const page = await town.newPage();
    await page.goto(`${town.gatehouse.url}/dev/idp`);
    await page.click('text=Open the app tile');
    assert.equal(await page.isChecked('input[value=idp_initiated]'), true);
    await page.fill('#email', 'katherine@example.org');
    await page.click('#simulated button.primary');
    assert.equal(await expectExampleCorp(page), 'Welcome, Katherine Johnson');
  });

  test('a bad answer signs nobody in, and says why', async () => {
    const page = await town.newPage();
    await toSimulator(page, 'ada@example.com');
    await page.check('input[value=expired]');
    await page.click('#simulated button.primary');
    await page.waitForSelector('#error-code');
    assert.equal(await page.textContent('#error-code'), 'assertion_expired');
    await page.goto(`${town.appUrl}/dashboard`);
    await page.waitForSelector('input[name=email]');
  });

  test('the whole page works by keyboard', async () => {
    const page = await town.newPage();
    await toSimulator(page, 'ada@example.com');
    assert.equal(await focused(page), 'email');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'outcome');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.isChecked('input[value=idp_initiated]'), true);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await town.expectWelcome(page);
  });

  test('the pages look right, and are accessible', async () => {
    const page = await town.newPage();
    await page.goto(`${town.gatehouse.url}/dev/idp`);
    await look(page, 'simulator');
    await page.click('summary >> nth=0');
    await look(page, 'simulator-open');
    await toSimulator(page, 'ada@example.com');
    await look(page, 'simulator-sign-in');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await look(page, 'simulator-sign-in-open');
    await page.fill('#email', 'ada');
    await page.fill('#more', 'department');
    await page.click('#simulated button.primary');
    await page.waitForSelector('#email-problem');
    assert.equal(await focused(page), 'email');
    await look(page, 'simulator-problem');
    await page.fill('#email', 'ada@example.com');
    await page.check('input[value=slow]');
    await page.click('summary >> nth=0');
    await page.fill('#more', '');
    await page.click('#simulated button.primary');
    await page.waitForSelector('h1:has-text("One moment")');
    await look(page, 'simulator-slow');
  });
});

async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.name ?? '');
}

// Light, dark, on a phone, at 320 pixels and in forced colours: a picture of each, no serious
// finding of axe, and nothing wider than the screen.
async function look(page: Page, name: string): Promise<void> {
  const looks = [
    ['light', DESKTOP, 'light', 'none'],
    ['dark', DESKTOP, 'dark', 'none'],
    ['phone', PHONE, 'light', 'none'],
    ['narrow', NARROW, 'dark', 'none'],
    ['forced', DESKTOP, 'dark', 'active'],
  ] as const;
  for (const [look, viewport, colorScheme, forcedColors] of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(FOLDER, `${name}-${look}.png`), fullPage: true });
    await page.evaluate(AXE);
    const findings = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    assert.deepEqual(findings, [], `${name}, ${look}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name}, ${look}: ${width} px wide`);
  }
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
}

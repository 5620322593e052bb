// The example without a client secret.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { send } from '../black_box/http.js';
import { Town } from './town.js';

describe('the PKCE example', () => {
  let town: Town;
  before(async () => void (town = await Town.open({ example: 'astro-pkce' })));
  after(async () => await town?.close());

  test('signs in, out, and asks again', async () => {
    const page = await town.newPage();
    await page.goto(town.appUrl);
    await page.click('text=Sign in');
    await town.passEmailPage(page, 'ada@acme.test');
    await town.enterCode(page, (await town.gatehouse.mailTo('ada@acme.test')).code);
    await page.waitForURL(`${town.appUrl}/`);
    assert.equal(await page.textContent('h1'), 'Welcome, Ada Lovelace');
    await page.click('text=Sign out');
    await page.waitForURL(`${town.appUrl}/`);
    await page.click('text=Sign in');
    await page.waitForSelector('input[name=email]');
  });

  test('acts on no callback of a sign-in that this browser did not start', async () => {
    const state = 'a'.repeat(43);
    const forged = JSON.stringify({ nonce: 'n', verifier: 'v' });
    for (const cookie of ['', `flow-${state}=${encodeURIComponent(forged)}`, `flow-${state}=x`]) {
      const { headers } = await send(`${town.appUrl}/auth/callback?code=x&state=${state}`, {
        headers: { cookie },
      });
      assert.equal(headers.location, '/?error');
      assert.doesNotMatch(String(headers['set-cookie']), /id-token=e/);
    }
  });
});

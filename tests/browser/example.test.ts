// The example application keeps its promises: no open redirect, no forced sign-out, no session lost
// because a server was away, the same headers on every answer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { send } from '../black_box/http.js';
import { Town } from './town.js';

const ACCESS_TOKEN_SECONDS = 2;

describe('the example application', () => {
  let town: Town;
  before(async () => void (town = await Town.open({ accessTokenSeconds: ACCESS_TOKEN_SECONDS })));
  after(async () => await town?.close());

  const signInAt = async (page: Page, path: string, email: string): Promise<void> => {
    await page.goto(town.appUrl + path);
    await town.passEmailPage(page, email);
    await town.enterCode(page, (await town.gatehouse.mailTo(email)).code);
    await page.waitForURL(`${town.appUrl}/**`);
  };

  test('brings people to the page they asked for', async () => {
    const page = await town.newPage();
    await signInAt(page, '/dashboard?tab=2', 'ada@acme.test');
    assert.equal(page.url(), `${town.appUrl}/dashboard?tab=2`);
  });

  test('sends nobody elsewhere', async () => {
    const page = await town.newPage();
    await town.signIn(page, 'link@acme.test');
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil']) {
      await page.goto(`${town.appUrl}/api/auth/login?next=${encodeURIComponent(next)}`);
      await page.waitForURL(`${town.appUrl}/dashboard`);
    }
  });

  test('ignores a callback that it did not ask for', async () => {
    const page = await town.newPage();
    for (const query of [
      'code=x',
      'code=x&state=y',
      'error=access_denied&error_description=Call+us',
    ]) {
      await page.goto(`${town.appUrl}/api/auth/callback?${query}`);
      assert.equal(page.url(), `${town.appUrl}/login?error=expired`);
    }
    await page.goto(`${town.appUrl}/login?error=%25`);
    assert.equal(await page.locator('[role=alert]').count(), 0);
  });

  test('two tabs sign in side by side', async () => {
    const first = await town.newPage();
    const second = await first.context().newPage();
    await first.goto(`${town.appUrl}/dashboard?tab=1`);
    await second.goto(`${town.appUrl}/dashboard?tab=2`);
    await town.passEmailPage(first, 'keys@acme.test');
    await town.enterCode(first, (await town.gatehouse.mailTo('keys@acme.test')).code);
    await first.waitForURL(`${town.appUrl}/dashboard?tab=1`);
    await second.goto(`${town.appUrl}/dashboard?tab=2`);
    assert.match((await second.textContent('h1')) ?? '', /^Welcome, /);
  });

  test('a link, an image or another site cannot sign anyone out', async () => {
    const page = await town.newPage();
    await town.signIn(page, 'plain@acme.test');
    await page.goto(`${town.appUrl}/api/auth/logout`);
    assert.equal(page.url(), `${town.appUrl}/logout`);
    const logout = `${town.appUrl}/api/auth/logout`;
    for (const origin of ['https://evil.example', 'null']) {
      const { status } = await send(logout, { form: {}, headers: { origin } });
      assert.equal(status, 403);
    }
    await page.goto(`${town.appUrl}/dashboard`);
    await town.expectWelcome(page);
  });

  test('keeps the session while Gatehouse is away', async () => {
    const page = await town.newPage();
    await town.signIn(page, 'elsewhere@acme.test');
    await town.gatehouse.terminate();
    try {
      await pause((ACCESS_TOKEN_SECONDS + 0.5) * 1000);
      const answer = await page.goto(`${town.appUrl}/dashboard`);
      assert.equal(answer?.status(), 503);
    } finally {
      await town.gatehouse.launch();
    }
    await page.goto(`${town.appUrl}/dashboard`);
    await town.expectWelcome(page);
  });

  test('puts its headers on every answer, whoever asks', async () => {
    for (const path of ['/', '/login', '/dashboard', '/nowhere', '/api/data', '/api/auth/login']) {
      const { headers } = await send(town.appUrl + path, { headers: { host: 'evil.example' } });
      const policy = String(headers['content-security-policy']);
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
        assert.ok(policy.includes(part), path);
      }
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.match(headers['cache-control'] ?? '', /no-store/, path);
      assert.doesNotMatch(headers.location ?? '', /evil\.example/, path);
    }
  });
});

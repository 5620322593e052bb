// An organization in the example application: its people are listed, one is invited, the invitation
// is accepted, and only those whose role allows it may invite.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { send } from '../black_box/http.js';
import { Town } from './town.js';

describe('the organization page of the example', () => {
  let town: Town;
  before(async () => void (town = await Town.open()));
  after(async () => await town?.close());

  const state = async (page: import('playwright-core').Page, email: string): Promise<string> =>
    (
      (await page.locator('.members li', { hasText: email }).locator('.state').textContent()) ?? ''
    ).trim();

  test('an admin invites a colleague, who comes in by the mailed link', async () => {
    const admin = await town.newPage();
    await town.signIn(admin, 'ada@acme.test');
    await admin.click('nav >> text=Organization');
    assert.equal(await admin.textContent('h1'), 'Acme');
    assert.equal(await state(admin, 'ada@acme.test'), 'Active');

    await admin.fill('#email', 'grace@colleague.test');
    await admin.click('main form button');
    await admin.waitForURL('**/organization?invited=*');
    assert.match((await admin.textContent('[role=status]')) ?? '', /^\s*grace@colleague\.test has/);
    assert.equal(await state(admin, 'grace@colleague.test'), 'Invited');

    const invited = await town.newPage();
    await invited.goto((await town.gatehouse.mailTo('grace@colleague.test')).link);
    assert.match((await invited.textContent('main')) ?? '', /Acme/);
    await invited.click('form button[type=submit]');
    await town.expectWelcome(invited);

    await admin.reload();
    assert.equal(await state(admin, 'grace@colleague.test'), 'Active');

    // Who was invited as a member sees the others, but invites nobody.
    await invited.goto(`${town.appUrl}/organization`);
    assert.equal(await state(invited, 'ada@acme.test'), 'Active');
    assert.equal(await invited.locator('#email').count(), 0);
    await invited.evaluate(async () => {
      await fetch('/api/organization/invitations', {
        method: 'POST',
        body: new URLSearchParams({ email: 'sneaked@in.test' }),
      });
    });
    await invited.goto(`${town.appUrl}/organization`);
    assert.equal(await invited.locator('.members li', { hasText: 'sneaked@in.test' }).count(), 0);
  });

  test('an invitation link does nothing before its button, and nothing after it', async () => {
    const admin = await town.newPage();
    await town.signIn(admin, 'ada@acme.test');
    await admin.goto(`${town.appUrl}/organization`);
    await admin.fill('#email', 'linus@colleague.test');
    await admin.click('main form button');
    await admin.waitForURL('**/organization?invited=*');
    const { link } = await town.gatehouse.mailTo('linus@colleague.test');
    for (let i = 0; i < 3; i++) assert.equal((await send(link)).status, 200);
    await admin.reload();
    assert.equal(await state(admin, 'linus@colleague.test'), 'Invited');

    const invited = await town.newPage();
    await invited.goto(link);
    await invited.click('form button[type=submit]');
    await town.expectWelcome(invited);
    const second = await town.newPage();
    await second.goto(link);
    assert.equal(await second.locator('form button[type=submit]').count(), 0);
  });

  test('an address that is taken or is none is said so', async () => {
    const admin = await town.newPage();
    await town.signIn(admin, 'ada@acme.test');
    await admin.goto(`${town.appUrl}/organization`);
    await admin.fill('#email', 'ada@acme.test');
    await admin.click('main form button');
    await admin.waitForURL('**/organization?error=exists');
    assert.match((await admin.textContent('[role=alert]')) ?? '', /already/);
    await admin.goto(`${town.appUrl}/organization?invited=call+us+at+evil.example`);
    assert.equal(await admin.locator('[role=status]').count(), 0);
    await admin.goto(`${town.appUrl}/organization?page=nonsense`);
    assert.equal(await state(admin, 'ada@acme.test'), 'Active');
  });

  test('looks right', async () => {
    const admin = await town.newPage();
    await town.signIn(admin, 'ada@acme.test');
    await admin.goto(`${town.appUrl}/organization`);
    const folder = process.env['GATEHOUSE_SCREENSHOTS'];
    if (folder) await admin.screenshot({ path: `${folder}/example-organization.png` });
    const wide = await admin.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 1100, `the page is ${wide} wide`);
  });
});

// The tests of the components, for one version of Astro.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page, Request } from 'playwright-core';
import type { AstroVersion } from './app_process.js';
import { ComponentsWorld } from './components_world.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const ADA = 'ada@acme.test';
const BOTH = 'both@acme.test';
const USER = '.gh-user .gh-trigger';
const SWITCHER = '.gh-wide .gh-trigger';
const PERSONAL = /Lovelace|@acme\.test|Only for people|Only for admins/;

// Opened before the first test.
interface Given {
  world: ComponentsWorld;
}

export function testComponents(astro: AstroVersion): void {
  describe(`components on Astro ${astro}`, () => {
    const given = {} as Given;
    before(async () => void (given.world = await ComponentsWorld.open(astro)));
    afterEach(async () => await given.world.closePages());
    after(async () => await given.world?.close());

    testStrangers(given);
    testPeople(given);
    testIslands(given);
    testSigningOut(given);
    testMenus(given);
    testRouter(given);
    testOrganizations(given);
    testErrors(given);
    testLooks(given);
    test('where no session was read, a page is a stranger’s and the log says why', async () => {
      const { status, body } = await given.world.ask('/bare');
      assert.equal(status, 200);
      assert.match(body, /Only for strangers/);
      assert.match(given.world.output, /GH205/);
      assert.doesNotMatch(body, /GH205/);
    });
  });
}

function testStrangers(given: Given): void {
  describe('for a stranger', () => {
    test('a page shows what strangers see, and holds nothing else', async () => {
      const { body } = await given.world.ask('/');
      assert.match(body, /Only for strangers/);
      assert.match(body, /Not for you/);
      assert.doesNotMatch(body, PERSONAL);
      assert.doesNotMatch(body, /Only for those|Only in an organization|Manage account|popover/);
    });

    test('signing in comes back to the page, with its query', async () => {
      const page = await given.world.open('/?a=1&auth_error=login_failed');
      await page.click('#out ~ a:has-text("Sign in")');
      await given.world.passGatehouse(page, ADA);
      assert.equal(page.url(), given.world.url('/?a=1'));
      assert.equal(await page.textContent('#in'), 'Only for people who are signed in');
    });

    test('sign-in links ask to be followed by a full page load, never ahead of time', async () => {
      for (const path of ['/', '/static', '/given']) {
        const page = await given.world.open(path);
        const links = page.locator('a[href*="/auth/login"]');
        assert.ok((await links.count()) > 0, path);
        for (const link of await links.all()) {
          assert.equal(await link.getAttribute('data-astro-prefetch'), 'false');
          assert.equal(await link.getAttribute('data-astro-reload'), '');
        }
      }
    });

    test('sign-up leads to the form for new accounts', async () => {
      const page = await given.world.open('/');
      const href = await page.getAttribute('a:has-text("Sign up")', 'href');
      assert.equal(href, '/auth/login?returnTo=%2F&screen=sign-up');
    });

    test('what a page asks of a sign-in is in its link', async () => {
      const page = await given.world.open('/given');
      const href = (await page.getAttribute('#sign-in', 'href')) ?? '';
      assert.deepEqual(Object.fromEntries(new URL(href, given.world.appUrl).searchParams), {
        returnTo: '/second?a=1&b=2',
        login_hint: ADA,
        organization_id: 'org_1',
      });
      assert.equal(await page.textContent('#stranger'), 'Nobody');
      assert.equal(await page.locator('.mine a').count(), 0);
    });
  });
}

function testPeople(given: Given): void {
  describe('for somebody who is signed in', () => {
    test('a page shows them, and what their role allows', async () => {
      const page = await given.world.open('/', ADA);
      for (const id of ['in', 'admin', 'reader', 'organization']) {
        assert.equal(await page.locator(`#${id}`).count(), 1, id);
      }
      assert.equal(await page.locator('#out, #no-admin').count(), 0);
      assert.equal(await page.getAttribute(`${USER} .gh-avatar`, 'data-initials'), 'AL');
      await page.click(USER);
      const panel = (await page.textContent('.gh-user .gh-panel')) ?? '';
      for (const part of ['Ada Lovelace', ADA, 'Second page', 'Manage account', 'Sign out']) {
        assert.ok(panel.includes(part), part);
      }
    });

    test('who lacks the role sees the fallback', async () => {
      const page = await given.world.open('/', 'plain@acme.test');
      assert.equal(await page.locator('#admin').count(), 0);
      assert.equal(await page.textContent('#no-admin'), 'Not for you');
      assert.equal(await page.locator('#in, #reader, #organization').count(), 3);
    });

    test('the account is at Gatehouse, and opens', async () => {
      const page = await given.world.open('/', ADA);
      await page.click('a.gh-profile');
      assert.equal(page.url(), `${given.world.gatehouse.url}/account`);
    });

    test('a prerendered page is a stranger’s, and throws nothing', async () => {
      const page = await given.world.open('/static', ADA);
      const html = await page.content();
      assert.match(html, /Only for strangers/);
      assert.doesNotMatch(html, PERSONAL);
      const href = await page.getAttribute('#out ~ a:has-text("Sign in")', 'href');
      assert.equal(href, '/auth/login?returnTo=%2Fstatic%2F');
      // Whoever is signed in already comes back at once.
      await page.click('#out ~ a:has-text("Sign in")');
      await page.waitForURL(given.world.url('/static/'));
    });

    test('pictures, words and attributes of the page’s own are taken', async () => {
      const page = await given.world.open('/given', ADA);
      assert.equal(await page.locator('.mine .gh-trigger img').count(), 1);
      await page.click('.mine .gh-trigger');
      assert.match((await page.textContent('.mine .gh-panel')) ?? '', /Konto\s*Abmelden/);
      assert.equal(await page.locator('#stranger').count(), 0);
      const names = await page.locator('#switcher .gh-choices button').allTextContents();
      assert.deepEqual(names.map((name) => name.trim()).sort(), [
        '<b>Bold</b>',
        'Ångström & Söhne',
      ]);
      const returnTo = await page.inputValue('#switcher input[name=returnTo]');
      assert.equal(returnTo, '/second');
    });
  });
}

function testIslands(given: Given): void {
  describe('as islands on a prerendered page', () => {
    test('show a stranger the way in, and come back to the page, not to the island', async () => {
      const page = await given.world.open('/islands');
      await page.click('header a:has-text("Sign in")');
      await given.world.passGatehouse(page, ADA);
      assert.equal(page.url(), given.world.url('/islands'));
      await page.waitForSelector(`header ${USER}`);
      await page.waitForSelector('#in');
      await page.waitForSelector('#admin');
      assert.equal(await page.locator('#out').count(), 0);
      assert.equal(await page.locator('[aria-hidden].gh-placeholder').count(), 0);
    });

    test('the file itself holds nothing of anybody', async () => {
      const { body } = await given.world.ask('/islands');
      assert.doesNotMatch(body, PERSONAL);
      assert.match(body, /gh-placeholder/);
    });

    for (const [who, email] of [
      ['a stranger', undefined],
      ['somebody signed in', ADA],
    ] as const) {
      test(`nothing moves when they come for ${who}`, async () => {
        const page = await given.world.open('/second', email);
        await page.addInitScript(() => {
          const shifts: number[] = [];
          Object.assign(window, { shifts });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              shifts.push((entry as PerformanceEntry & { value: number }).value);
            }
          }).observe({ type: 'layout-shift', buffered: true });
        });
        const box = (selector: string) =>
          page.locator(selector).evaluate((element) => {
            const { width, height, top, right } = element.getBoundingClientRect();
            return { width, height, top, right };
          });
        let release: () => void = () => undefined;
        const held = new Promise<void>((settle) => (release = settle));
        await page.route('**/_server-islands/**', async (route) => {
          await held;
          await route.continue();
        });
        await page.goto(given.world.url('/islands'), { waitUntil: 'commit' });
        await page.waitForSelector('header .gh-placeholder:not(.gh-wide)');
        const reserved = await box('header .gh-placeholder:not(.gh-wide)');
        const heading = await box('h1');
        release();
        await page.waitForSelector('header .gh-user');
        await page.waitForSelector('.gh-form button');
        assert.deepEqual(await box('header .gh-user'), reserved);
        assert.deepEqual(await box('h1'), heading);
      });
    }

    test('say why a sign-in failed', async () => {
      const page = await given.world.open('/islands?auth_error=not_a_member');
      await page.waitForSelector('[role=alert]');
      assert.match((await page.textContent('[role=alert]')) ?? '', /belong/);
    });

    test('make no path to elsewhere of a Referer', async () => {
      const { body: html } = await given.world.ask('/islands/');
      const islands = new Set(html.match(/\/_server-islands\/[^"']+/g) ?? []);
      const answers = async (referer: string): Promise<string> => {
        const bodies = [...islands].map(async (path) => {
          const decoded = path.replaceAll('&#38;', '&').replaceAll('&amp;', '&');
          return (await given.world.ask(decoded, { headers: { referer } })).body;
        });
        return (await Promise.all(bodies)).join('');
      };
      for (const [referer, wanted] of [
        ['https://evil.test//evil.test/x', '/'],
        ['nonsense', '/'],
        ['javascript:alert(1)', '/'],
        ['https://evil.test/a', '/a'],
        [given.world.url('/islands?x=1'), '/islands?x=1'],
      ] as const) {
        const links = (await answers(referer)).match(/\/auth\/login\?returnTo=[^"&]*/g) ?? [];
        assert.ok(links.length >= 3, referer);
        for (const link of links) {
          assert.equal(new URL(link, given.world.appUrl).searchParams.get('returnTo'), wanted);
        }
      }
    });
  });
}

function testSigningOut(given: Given): void {
  describe('signing out', () => {
    test('is a form that posts; no link leads there', async () => {
      for (const path of ['/', '/islands', '/router', '/header']) {
        const page = await given.world.open(path, ADA);
        await page.waitForSelector(USER);
        assert.equal(await page.locator('a[href*="logout"]').count(), 0);
        for (const form of await page.locator('form[action="/auth/logout"]').all()) {
          assert.equal(await form.getAttribute('method'), 'post');
          assert.equal(await form.getAttribute('data-astro-reload'), '');
        }
      }
    });

    test('cannot be done by GET', async () => {
      const page = await given.world.open('/', ADA);
      await page.goto(given.world.url('/auth/logout'));
      await page.goto(given.world.url('/'));
      assert.equal(await page.locator('#in').count(), 1);
    });

    test('signs out by the button, and by the menu', async () => {
      for (const way of ['button', 'menu'] as const) {
        const page = await given.world.openAnew('/', ADA);
        if (way === 'menu') await page.click(USER);
        const place = way === 'menu' ? '.gh-panel' : '#in ~ .gh-form';
        await page.click(`${place} button:has-text("Sign out")`);
        await page.waitForSelector('#out');
        await page.goto(given.world.url('/'));
        assert.equal(await page.locator('#in').count(), 0);
      }
    });
  });
}

function testMenus(given: Given): void {
  describe('the menu', () => {
    for (const javaScriptEnabled of [true, false]) {
      test(`works by keyboard alone, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
        const page = await given.world.newPage({ javaScriptEnabled });
        await given.world.signIn(page, ADA, '/header');
        const panel = page.locator('.gh-user .gh-panel');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.locator(`${USER}:focus`).waitFor();
        await page.keyboard.press('Enter');
        await panel.waitFor({ state: 'visible' });
        await page.keyboard.press('Tab');
        await page.locator('.gh-panel a:focus').waitFor();
        await page.keyboard.press('Escape');
        await panel.waitFor({ state: 'hidden' });
        await page.locator(`${USER}:focus`).waitFor();

        await page.keyboard.press('Space');
        await panel.waitFor({ state: 'visible' });
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#out');
      });
    }

    test('tells its name and whether it is open', async () => {
      const page = await given.world.open('/header', ADA);
      const button = page.getByRole('button', { name: 'Account of Ada Lovelace' });
      assert.match(await page.locator('header').ariaSnapshot(), /Account of Ada Lovelace/);
      await button.click();
      assert.equal(await isExpanded(page, USER), true);
      assert.equal(await isExpanded(page, SWITCHER), false);
      assert.equal(await page.getByRole('group', { name: 'Account' }).count(), 1);
    });

    test('closes by a click beside it, and one closes the other', async () => {
      const page = await given.world.open('/header', ADA);
      await page.click(USER);
      await page.click('h1');
      await page.waitForSelector('.gh-user .gh-panel', { state: 'hidden' });
      await page.click(USER);
      await page.click(SWITCHER);
      await page.waitForSelector('.gh-user .gh-panel', { state: 'hidden' });
      await page.waitForSelector('.gh-wide .gh-panel', { state: 'visible' });
    });

    test('shows where the focus is', async () => {
      const page = await given.world.open('/', ADA);
      const reached: string[] = [];
      for (let step = 0; step < 4; ++step) {
        await page.keyboard.press('Tab');
        const { outline, name } = await page.locator(':focus').evaluate((element) => ({
          outline: getComputedStyle(element).outlineStyle,
          name: element.className,
        }));
        reached.push(name);
        assert.equal(outline, 'solid', name);
      }
      assert.deepEqual(reached, ['gh-action gh-plain', 'gh-profile', 'gh-trigger', 'gh-trigger']);
    });
  });
}

function testRouter(given: Given): void {
  describe('with a client router', () => {
    const asked = (page: Page): string[] => {
      const requests: string[] = [];
      page.on('request', (request: Request) => {
        const { pathname } = new URL(request.url());
        if (/^\/(auth|oauth|oidc)\//.test(pathname)) requests.push(pathname);
      });
      return requests;
    };

    test('the button stays after navigation, and its menu works', async () => {
      const page = await given.world.openAnew('/router', ADA);
      await page.evaluate(() => Object.assign(window, { kept: true }));
      await page.click('main a:has-text("Second")');
      await page.waitForSelector('h1:has-text("Second page")');
      assert.ok(await page.evaluate(() => 'kept' in window), 'a full page load');
      await page.click(USER);
      await page.click('.gh-panel a:has-text("Second page")');
      await page.click('main a:has-text("First")');
      await page.waitForSelector('h1:has-text("With a client router")');
      await page.click(USER);
      await page.click('.gh-panel button:has-text("Sign out")');
      await page.waitForSelector('.gh-trigger', { state: 'detached' });
      await page.goto(given.world.url('/router'));
      assert.equal(await page.locator(USER).count(), 0);
    });

    test('hovering does nothing', async () => {
      const page = await given.world.open('/router', ADA);
      const requests = asked(page);
      await page.hover('main .gh-form button');
      await page.click(USER);
      await page.hover('.gh-panel button:has-text("Sign out")');
      await page.hover('.gh-panel a:has-text("Manage account")');
      // A link that may be fetched ahead shows that fetching has had its time.
      await page.keyboard.press('Escape');
      const fetched = page.waitForRequest(given.world.url('/second'));
      await page.hover('main a:has-text("Second")');
      await fetched;
      const stranger = await given.world.open('/router');
      const strangers = asked(stranger);
      await stranger.hover('a:has-text("Sign in")');
      const alsoFetched = stranger.waitForRequest(given.world.url('/second'));
      await stranger.hover('main a:has-text("Second")');
      await alsoFetched;
      assert.deepEqual([...requests, ...strangers], []);
      await page.reload();
      assert.equal(await page.locator(USER).count(), 1);
    });

    test('signing in goes by a full page load, once', async () => {
      const page = await given.world.open('/router');
      const logins: string[] = [];
      page.on('request', (request) => {
        if (new URL(request.url()).pathname === '/auth/login') {
          logins.push(request.resourceType());
        }
      });
      await page.click('a:has-text("Sign in")');
      await given.world.passGatehouse(page, ADA);
      assert.deepEqual(logins, ['document']);
      assert.equal(page.url(), given.world.url('/router'));
      assert.equal(await page.locator(USER).count(), 1);
    });
  });
}

function testOrganizations(given: Given): void {
  describe('the organization switcher', () => {
    const current = async (page: Page): Promise<string> =>
      ((await page.textContent('.gh-current')) ?? '').trim();

    test('lists the person’s organizations and switches to one', async () => {
      const page = await given.world.open('/header?name', BOTH, 'Acme');
      assert.equal(await current(page), 'Acme');
      await page.click(SWITCHER);
      const choices = page.locator('.gh-choices button');
      assert.deepEqual(
        (await choices.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim()),
        ['Acme', 'Globex'],
      );
      assert.equal(await page.locator('[aria-current=true]').count(), 1);
      await page.click('.gh-choices button:has-text("Globex")');
      await page.waitForURL(given.world.url('/header?name'));
      assert.equal(await current(page), 'Globex');
      await page.goto(given.world.url('/'));
      assert.equal(await page.locator('#admin').count(), 1, 'an admin of Globex');
    });

    test('leads to Gatehouse’s own chooser', async () => {
      const page = await given.world.open('/header', BOTH, 'Globex');
      await page.click(SWITCHER);
      await page.click('.gh-panel button:has-text("Another organization")');
      await page.waitForSelector('h1:has-text("Choose an organization")');
      await given.world.choose(page, 'Acme');
      assert.equal(page.url(), given.world.url('/header'));
      assert.equal(await current(page), 'Acme');
    });

    test('shows somebody else’s organizations to nobody', async () => {
      const page = await given.world.open('/header', ADA);
      await page.click(SWITCHER);
      assert.doesNotMatch(await page.content(), /Globex/);
    });

    test('still leads to the chooser while the list cannot be had', async () => {
      const page = await given.world.newPage();
      await given.world.signIn(page, ADA, '/second');
      await given.world.gatehouse.terminate();
      await page.goto(given.world.url('/header'));
      assert.equal(await current(page), 'Acme'); // as the ID token says
      await page.click(SWITCHER);
      const panel = (await page.textContent('.gh-wide .gh-panel')) ?? '';
      assert.equal(panel.trim(), 'Another organization…');
      await given.world.gatehouse.launch();
    });
  });
}

function testErrors(given: Given): void {
  describe('a sign-in that failed', () => {
    test('is explained, with what to do', async () => {
      const page = await given.world.newPage();
      for (const [code, words] of Object.entries({
        access_denied: /cancelled or refused.*Try again/s,
        login_expired: /too long.*Start again/s,
        login_failed: /did not work.*Try again/s,
        server_unreachable: /Wait a minute/,
        not_a_member: /ask an admin/,
        misconfigured: /tell whoever runs this site/,
      })) {
        await page.goto(given.world.url(`/?auth_error=${code}`));
        assert.match((await page.textContent('[role=alert]')) ?? '', words, code);
      }
    });

    test('shows nothing of the address', async () => {
      for (const said of ['<b>call 555</b>', 'call 555', '__proto__', 'constructor', '%25', '']) {
        const { status, body } = await given.world.ask(`/?auth_error=${encodeURIComponent(said)}`);
        assert.equal(status, 200, said);
        assert.match(body, /role="alert"[^]*Signing in did not work/, said);
        assert.doesNotMatch(body, /555|proto/, said);
      }
    });

    test('is silent where nothing failed', async () => {
      const { body } = await given.world.ask('/?error=other');
      assert.doesNotMatch(body, /role="alert"/);
    });
  });
}

function testLooks(given: Given): void {
  describe('looks', () => {
    const looks = [
      ['light', 1000, 'light', 'none', ''],
      ['dark', 1000, 'dark', 'none', ''],
      ['forced', 1000, 'dark', 'active', ''],
      ['narrow', 320, 'light', 'none', ''],
      ['right to left', 320, 'dark', 'none', '?rtl'],
    ] as const;
    for (const [name, width, colorScheme, forcedColors, query] of looks) {
      test(`${name}: no finding of axe, nothing too wide, nothing too small`, async () => {
        const page = await given.world.open('/', ADA);
        await page.setViewportSize({ width, height: 640 });
        await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
        for (const path of ['/', `/header${query}`, '/islands/']) {
          await page.goto(given.world.url(path));
          await page.waitForSelector(USER);
          await expectSound(page, width, path);
          if (path === '/islands/') continue;
          for (const button of await page.locator('.gh-trigger').all()) {
            await button.click();
            await expectSound(page, width, `${path}, opened`);
            await page.keyboard.press('Escape');
          }
        }
        const stranger = await given.world.open('/?auth_error=access_denied');
        await stranger.setViewportSize({ width, height: 640 });
        await stranger.emulateMedia({ colorScheme, forcedColors });
        await expectSound(stranger, width, 'a stranger');
      });
    }

    test('under a strict Content-Security-Policy', async () => {
      const page = await given.world.open('/', ADA);
      const refused: string[] = [];
      page.on('console', (message) => {
        if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text());
      });
      await page.route(given.world.url('/header'), async (route) => {
        const response = await route.fetch();
        const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:";
        const headers = { ...response.headers(), 'content-security-policy': policy };
        await route.fulfill({ response, headers });
      });
      await page.goto(given.world.url('/header'));
      await page.click(USER);
      await page.waitForSelector('.gh-user .gh-panel');
      const { height } = (await page.locator(USER).boundingBox()) ?? { height: 0 };
      assert.equal(height, 44);
      assert.deepEqual(refused, []);
      assert.doesNotMatch(await page.content(), /<script|\sstyle=/);
    });

    test('where colours are forced, a filled button has those of a link', async () => {
      const page = await given.world.open('/');
      await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
      const looks = (text: string): Promise<string[]> =>
        page.locator(`#out ~ a:has-text("${text}")`).evaluate((element) => {
          const { color, borderColor, backgroundColor } = getComputedStyle(element);
          return [color, borderColor, backgroundColor];
        });
      assert.deepEqual(await looks('Sign up'), await looks('Sign in'));
    });

    test('take the page’s own colours', async () => {
      const page = await given.world.open('/');
      const link = page.locator('a:has-text("Sign up")').first();
      const colour = (): Promise<string> =>
        link.evaluate((element) => getComputedStyle(element).backgroundColor);
      assert.equal(await colour(), 'rgb(0, 0, 0)');
      await page.addStyleTag({ content: ':root { --gh-accent: rgb(1, 2, 3) }' });
      assert.equal(await colour(), 'rgb(1, 2, 3)');
    });
  });
}

// What assistive technology is told of a button that opens something.
async function isExpanded(page: Page, selector: string): Promise<boolean> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send('Runtime.evaluate', {
    expression: `document.querySelector(${JSON.stringify(selector)})`,
  });
  const { nodes } = await session.send('Accessibility.queryAXTree', {
    ...(result.objectId && { objectId: result.objectId }),
    role: 'button',
  });
  const expanded = nodes[0]?.properties?.find(({ name }) => name === 'expanded');
  assert.ok(expanded, `${selector} does not say whether it is open`);
  return expanded.value.value === true;
}

// No serious finding of axe, no scrolling sideways, and targets of 44 pixels.
async function expectSound(page: Page, width: number, what: string): Promise<void> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    const isSmall = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 && (width < 44 || height < 44);
    };
    const targets = ['a', 'button'].flatMap((tag) => [
      ...Array.from(document.querySelectorAll(`.gh-user ${tag}, .gh-menu ${tag}, .gh-form ${tag}`)),
    ]);
    return {
      violations: violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`),
      small: targets.filter(isSmall).map((element) => element.outerHTML),
      targets: targets.length,
      width: document.documentElement.scrollWidth,
    };
  });
  assert.deepEqual(found.violations, [], what);
  assert.deepEqual(found.small, [], what);
  assert.ok(found.targets > 0, what);
  assert.ok(found.width <= width, `${what}: ${found.width} px wide`);
}

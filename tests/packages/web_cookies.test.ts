// The session's cookies: nobody but the application can have written them, nobody else can read
// them, and whatever else comes in their place is deleted.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { AuthClient } from '@gatehouse/sdk/auth';
import type { Session } from '@gatehouse/sdk/web';
import { ADA } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import { Person } from '../black_box/person.js';
import {
  application,
  Browser,
  errorOf,
  SECRET,
  signedIn,
  signIn,
  untilCallback,
  WEB_SEED,
  type Application,
} from './web_browser.js';

let gatehouse: Gatehouse;
let app: Application;
before(async () => {
  gatehouse = await Gatehouse.start({ seed: WEB_SEED });
  app = application(gatehouse);
});
after(async () => await gatehouse?.stop());

const OTHER_SECRET = 'another secret of thirty-two characters';
const NAME = 'gh_session_4321';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

// Nobody is signed in, it is told why, and the browser is rid of it.
async function assertUnreadable(browser: Browser, { web } = app): Promise<void> {
  const seen = browser.sessionCookies(web).length;
  const answer = await browser.whoAmI(web);
  assert.equal(answer.session, undefined);
  assert.equal(answer.problem, 'unreadable');
  assert.equal(answer.setCookies.length, seen);
  assert.deepEqual(browser.sessionCookies(web), []);
  assert.deepEqual(await browser.whoAmI(web), { setCookies: [] });
}

// A session that needs one cookie.
async function small(): Promise<{ browser: Browser; session: Session; value: string }> {
  const browser = await signedIn(gatehouse, app.web);
  const { idToken: _, ...session } = await browser.session(app.web);
  browser.keep(await app.web.keep(browser.request('/'), session));
  assert.deepEqual(browser.sessionCookies(app.web), [`${NAME}.0`]);
  return { browser, session, value: browser.cookies.get(`${NAME}.0`) ?? '' };
}

// A session that needs `bytes` of cookies, or a little more.
async function large(
  bytes: number,
  { web } = app,
): Promise<{ browser: Browser; session: Session }> {
  const browser = await signedIn(gatehouse, web);
  const { idToken, ...rest } = await browser.session(web);
  const size = bytes * 0.75 - JSON.stringify(rest).length;
  const session = { ...rest, idToken: `${idToken?.slice(0, 10)}${'x'.repeat(size)}` };
  browser.keep(await web.keep(browser.request('/'), session));
  return { browser, session };
}

describe('a sealed cookie', () => {
  test('tells nothing', async () => {
    const { session, value } = await small();
    assert.ok(!value.includes(session.accessToken.slice(0, 40)));
    assert.doesNotMatch(Buffer.from(value.slice(1), 'base64url').toString('latin1'), /ada|acme/i);
  });

  test('is different each time, with the same inside', async () => {
    const { browser, session } = await small();
    const values = new Set<string>();
    for (let round = 0; round < 5; ++round) {
      browser.keep(await app.web.keep(browser.request('/'), session));
      values.add(browser.cookies.get(`${NAME}.0`) ?? '');
      assert.deepEqual(await browser.session(app.web), session);
    }
    assert.equal(values.size, 5);
  });

  test('does not open with one character changed, at any place', async () => {
    const { browser, value } = await small();
    const refusals = async (at: number, others: string[]): Promise<void> => {
      for (const other of others) {
        const changed = value.slice(0, at) + other + value.slice(at + 1);
        browser.cookies.set(`${NAME}.0`, changed);
        const { session, problem } = await app.web.authenticate(browser.request('/'));
        assert.equal(session, undefined, `character ${at}`);
        assert.equal(problem, 'unreadable');
      }
    };
    for (let at = 0; at < value.length; ++at) {
      const old = ALPHABET.indexOf(value[at] ?? '');
      await refusals(at, [ALPHABET[old ^ 1] ?? '']);
    }
    // Some decoders do not look at the last bits.
    const last = value.length - 1;
    await refusals(
      last,
      [...ALPHABET].filter((each) => each !== value[last]),
    );
  });

  test('does not open after any of a thousand accidents', async () => {
    const { browser, value: good } = await small();
    const accidents: ((value: string) => string)[] = [
      (value) => value.slice(0, randomInt(1, value.length)),
      (value) => value.slice(randomInt(1, value.length)),
      (value) => value + randomBytes(randomInt(1, 9)).toString('base64url'),
      (value) => {
        const at = randomInt(value.length);
        return value.slice(0, at) + randomBytes(3).toString('base64url') + value.slice(at);
      },
      (value) => {
        const bytes = Buffer.from(value.slice(1), 'base64url');
        const at = randomInt(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8));
        return `1${bytes.toString('base64url')}`;
      },
      (value) => [...value].reverse().join(''),
      () => randomBytes(randomInt(1, 3000)).toString('base64url'),
      (value) => `${value}=`,
      (value) => `"${value}"`,
      (value) => encodeURIComponent(`${value}\u0000`),
    ];
    for (let round = 0; round < 1000; ++round) {
      const accident = accidents[round % accidents.length];
      const value = accident?.(good) ?? '';
      if (value === good) continue;
      browser.cookies.set(`${NAME}.0`, value);
      const { session } = await app.web.authenticate(browser.request('/'));
      assert.equal(session, undefined, value);
    }
  });

  for (const [name, value] of [
    ['empty', ''],
    ['a word', 'hello'],
    ['JSON', '1{"user":{"sub":"usr_1"}}'],
    ['an access token', '1eyJhbGciOiJub25lIn0.e30.'],
    ['no chunks', '0'],
    ['nine chunks of which one is there', '9AAAA'],
    ['a prototype', '__proto__'],
  ] as const) {
    test(`that is ${name} is deleted`, async () => {
      const browser = new Browser();
      browser.cookies.set(`${NAME}.0`, value);
      await assertUnreadable(browser);
    });
  }

  test('of another application does not open, though both have the same secret', async () => {
    const browser = await signedIn(gatehouse, app.web);
    const spa = application(gatehouse, { isSpa: true, session: { cookieName: NAME } });
    assert.equal(spa.web.cookieName, app.web.cookieName);
    await assertUnreadable(browser, spa);
  });

  test('for one purpose does not open for another', async () => {
    const browser = new Browser();
    await browser.visit(app.web, '/auth/login');
    const [login = ''] = [...browser.cookies.values()];
    browser.cookies.clear();
    browser.cookies.set(`${NAME}.0`, `1${login}`);
    await assertUnreadable(browser);
  });

  test('under another name does not open', async () => {
    const other = application(gatehouse, { session: { cookieName: 'other' } });
    const { browser, value } = await small();
    browser.cookies.set('other.0', value);
    await assertUnreadable(browser, other);
  });

  test('of one sign-in does not finish another', async () => {
    const browser = new Browser();
    const person = new Person(gatehouse, ADA);
    const callback = await untilCallback(app.web, browser, person);
    const [first = ''] = browser.cookies.keys();
    await browser.visit(app.web, '/auth/login');
    const second = [...browser.cookies.keys()].find((name) => name !== first) ?? '';
    browser.cookies.set(first, browser.cookies.get(second) ?? '');
    const response = await browser.visit(app.web, callback);
    assert.match(response.headers.get('location') ?? '', /\/oauth\/authorize\?/);
    assert.equal((await browser.whoAmI(app.web)).session, undefined);
  });
});

describe('a secret that is changed', () => {
  test('opens as long as it is listed, and what is new is sealed by the first', async () => {
    const browser = await signedIn(gatehouse, app.web);
    const both = application(gatehouse, { cookieSecrets: [OTHER_SECRET, SECRET] });
    const session = await browser.session(both.web);
    const only = application(gatehouse, { cookieSecrets: [OTHER_SECRET] });
    await assertUnreadable(browser.copy(), only);
    browser.keep(await both.web.keep(browser.request('/'), session));
    assert.deepEqual(await browser.session(only.web), session);
    await assertUnreadable(browser);
  });

  test('does not disturb who is just signing in', async () => {
    const browser = new Browser();
    const callback = await untilCallback(app.web, browser, new Person(gatehouse, ADA));
    const both = application(gatehouse, { cookieSecrets: [OTHER_SECRET, SECRET] });
    await browser.visit(both.web, callback);
    await browser.session(both.web);
  });
});

describe('a session of 14 KB', () => {
  test('takes four cookies that browsers keep and servers accept', async () => {
    const { browser, session } = await large(13_800);
    assert.equal(browser.sessionCookies(app.web).length, 4);
    for (const [name, value] of browser.cookies) assert.ok(name.length + value.length < 4096);
    const header = browser.request('/').headers.get('cookie') ?? '';
    assert.ok(header.length > 13_000 && header.length < 15_500, `${header.length} bytes`);
    assert.deepEqual(await browser.session(app.web), session);
  });

  test('becomes smaller without leaving anything behind', async () => {
    const { browser, session } = await large(13_800);
    const { idToken: _, ...shorter } = session;
    browser.keep(await app.web.keep(browser.request('/'), shorter));
    assert.equal(browser.sessionCookies(app.web).length, 1);
    assert.deepEqual(await browser.session(app.web), shorter);
  });

  test('outlives a chunk that was left over by a longer one', async () => {
    const { browser } = await large(13_800);
    const last = browser.cookies.get(`${NAME}.3`) ?? '';
    const { browser: other } = await small();
    other.cookies.set(`${NAME}.3`, last);
    const session = await other.session(app.web);
    other.keep(await app.web.keep(other.request('/'), session));
    assert.deepEqual(other.sessionCookies(app.web), [`${NAME}.0`]);
  });

  test('warns from 7 KB on', async () => {
    const watched = application(gatehouse);
    await large(6_500, watched);
    assert.ok(!watched.names().includes('session.large'));
    await large(7_600, watched);
    const warned = watched.events.find(({ what }) => what === 'session.large');
    assert.match(warned?.detail ?? '', /^cookies take 7\d\d\d bytes of every request/);
  });

  test('reckons with the cookies of others', async () => {
    const watched = application(gatehouse);
    const { browser, session } = await large(6_500, watched);
    browser.cookies.set('analytics', 'x'.repeat(1_000));
    await watched.web.keep(browser.request('/'), session);
    assert.ok(watched.names().includes('session.large'));
    browser.cookies.set('analytics', 'x'.repeat(9_000));
    browser.keep(await watched.web.keep(browser.request('/'), session));
    assert.equal((await browser.session(watched.web)).idToken, undefined);
    assert.equal(browser.sessionCookies(watched.web).length, 1, 'what is left fits');
  });

  const mutilations: [string, (browser: Browser) => void][] = [
    ['without its first chunk', (browser) => browser.cookies.delete(`${NAME}.0`)],
    ['without its second chunk', (browser) => browser.cookies.delete(`${NAME}.1`)],
    ['without its last chunk', (browser) => browser.cookies.delete(`${NAME}.3`)],
    ['with two chunks exchanged', (browser) => exchange(browser, 1, 2)],
    ['with its first chunk elsewhere', (browser) => exchange(browser, 0, 1)],
    ['with a chunk cut short', (browser) => change(browser, 2, (value) => value.slice(0, -1))],
    ['with a chunk too long', (browser) => change(browser, 3, () => 'A'.repeat(5000))],
    ['that says it is shorter', (browser) => change(browser, 0, (value) => `3${value.slice(1)}`)],
  ];
  for (const [name, mutilate] of mutilations) {
    test(`${name} is deleted`, async () => {
      const { browser } = await large(13_800);
      mutilate(browser);
      await assertUnreadable(browser);
    });
  }

  test('with a chunk of another session of the same person is deleted', async () => {
    const { browser } = await large(13_800);
    const { browser: other } = await large(13_800);
    browser.cookies.set(`${NAME}.2`, other.cookies.get(`${NAME}.2`) ?? '');
    await assertUnreadable(browser);
  });
});

describe('a session that does not fit', () => {
  test('loses its ID token, which only spares a question when signing out', async () => {
    const watched = application(gatehouse);
    const { browser } = await large(20_000, watched);
    const session = await browser.session(watched.web);
    assert.equal(session.idToken, undefined);
    assert.ok(session.refreshToken);
    assert.ok(watched.names().includes('session.large'));
  });

  test('even so signs nobody in, and leaves the browser usable', async () => {
    const huge = application(gatehouse);
    const { client } = huge;
    // What no Gatehouse issues: an access token that fills all cookies.
    const exchange = client.authenticateWithCode.bind(client);
    const wrapped: AuthClient['authenticateWithCode'] = async (...call) => {
      const answer = await exchange(...call);
      return { ...answer, refreshToken: 'r'.repeat(20_000) };
    };
    client.authenticateWithCode = wrapped;
    const browser = new Browser();
    const response = await signIn(huge.web, browser, new Person(gatehouse, ADA));
    assert.equal(errorOf(response), 'misconfigured');
    assert.equal(browser.cookies.size, 0);
    assert.match(JSON.stringify(huge.events), /keep it in a store/);
  });
});

describe('what comes in the cookie header', () => {
  test('twice under one name is not ours', async () => {
    const { value } = await small();
    for (const other of ['1AAAA', value]) {
      const request = new Request('http://localhost:4321/', {
        headers: { cookie: `${NAME}.0=${value}; ${NAME}.0=${other}` },
      });
      const { session, problem, setCookies } = await app.web.authenticate(request);
      assert.equal(session, undefined);
      assert.equal(problem, 'unreadable');
      assert.equal(setCookies.length, 1);
    }
  });

  test('beside ours does not matter', async () => {
    const { value } = await small();
    const noise =
      'a=b; =c; d; ; ;;e==f; __proto__=x; constructor=y; gh_session=1; gh_session.0=1AA';
    for (const cookie of [`${noise}; ${NAME}.0=${value}`, `${NAME}.0=${value};${noise}`]) {
      const request = new Request('http://localhost:4321/', { headers: { cookie } });
      const { session, setCookies } = await app.web.authenticate(request);
      assert.equal(session?.user.email, ADA);
      assert.deepEqual(setCookies, []);
    }
  });

  test('of a hundred kilobytes is not read', async () => {
    const browser = await signedIn(gatehouse, app.web);
    browser.cookies.set('padding', 'x'.repeat(100_000));
    const { session, problem, setCookies } = await app.web.authenticate(browser.request('/'));
    assert.equal(session, undefined);
    assert.equal(problem, 'unreadable');
    assert.equal(setCookies.length, 9, 'all that may be ours');
  });

  test('in hundreds of chunks is deleted', async () => {
    const browser = await signedIn(gatehouse, app.web);
    for (let index = 1; index < 100; ++index) browser.cookies.set(`${NAME}.${index}`, 'AAAA');
    browser.cookies.set(`${NAME}.0`, '9AAAA');
    await assertUnreadable(browser);
  });
});

function exchange(browser: Browser, a: number, b: number): void {
  const [first, second] = [`${NAME}.${a}`, `${NAME}.${b}`];
  const value = browser.cookies.get(first) ?? '';
  browser.cookies.set(first, browser.cookies.get(second) ?? '');
  browser.cookies.set(second, value);
}

function change(browser: Browser, index: number, how: (value: string) => string): void {
  const name = `${NAME}.${index}`;
  browser.cookies.set(name, how(browser.cookies.get(name) ?? ''));
}

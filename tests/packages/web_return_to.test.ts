// Where people may be sent after signing in: within the application, whatever the address looks
// like.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AuthClient } from '@gatehouse/sdk/auth';
import { WebAuth } from '@gatehouse/sdk/web';
import { ADA } from '../black_box/clients.js';
import { Gatehouse } from '../black_box/gatehouse.js';
import { Person } from '../black_box/person.js';
import {
  APP_URL,
  application,
  Browser,
  locationOf,
  SECRET,
  signIn,
  WEB_SEED,
} from './web_browser.js';

const GOOD: [string, string][] = [
  ['/', '/'],
  ['/dashboard', '/dashboard'],
  ['/dashboard/', '/dashboard/'],
  ['/a/b?c=d&e=%2F%2Fevil.test#f', '/a/b?c=d&e=%2F%2Fevil.test#f'],
  ['/search?q=//evil.test', '/search?q=//evil.test'],
  ['/search?q=a%0Ab', '/search?q=a%0Ab'],
  ['/a//b', '/a//b'],
  ['/@evil.test', '/@evil.test'],
  ['/evil.test', '/evil.test'],
  ['/:80', '/:80'],
  ['/a/../b', '/b'],
  ['/100%25', '/100%25'],
  ['/straße', '/stra%C3%9Fe'],
  ['/stra%C3%9Fe', '/stra%C3%9Fe'],
  ['/authors', '/authors'],
  ['/auth/login-help', '/auth/login-help'],
  [APP_URL, '/'],
  [`${APP_URL}/`, '/'],
  [`${APP_URL}/a?b#c`, '/a?b#c'],
  [`${APP_URL}?a=b`, '/?a=b'],
  [`${APP_URL}#a`, '/#a'],
];

const EVIL = [
  '//evil.test',
  '///evil.test',
  '////evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '\\/evil.test',
  '/\\/evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '/\r\n/evil.test',
  '\t//evil.test',
  ' //evil.test',
  '/ /evil.test',
  '/\u0000/evil.test',
  '/\u0085/evil.test',
  '/\u2028/evil.test',
  '/\ufeff/evil.test',
  '/a\r\nset-cookie: a=b',
  '/%2f/evil.test',
  '/%2Fevil.test',
  '/%5cevil.test',
  '/%5Cevil.test',
  '/%09/evil.test',
  '/%0d%0aset-cookie:%20a=b',
  '/%00',
  '/%252fevil.test',
  '/%255cevil.test',
  '/%25252fevil.test',
  '/%2525252fevil.test',
  '/.//evil.test',
  '/..//evil.test',
  '/a/..//evil.test',
  '/%2e//evil.test',
  '/%2e%2e//evil.test',
  '/a/%2e%2e//evil.test',
  '/./%2fevil.test',
  'https://evil.test',
  'https://evil.test/auth',
  'http:evil.test',
  'https:/evil.test',
  'HTTPS://EVIL.TEST',
  'evil.test',
  'evil.test/path',
  '?a=b',
  '#a',
  '',
  'javascript:alert(1)',
  'JavaScript://localhost:4321/%0aalert(1)',
  'java\tscript:alert(1)',
  'data:text/html,hello',
  'vbscript:x',
  'blob:http://localhost:4321/x',
  'file:///etc/passwd',
  'about:blank',
  'http://localhost:4321@evil.test/',
  'http://localhost:4321.evil.test/',
  'http://localhost:43210/',
  'http://localhost:4322/',
  'http://localhost/',
  'https://localhost:4321/',
  'http://user@localhost:4321/',
  'http://localhost:4321\\@evil.test',
  'http://localhost:4321//evil.test',
  'http://localhost:4321/\\evil.test',
  'http://evil.test#http://localhost:4321/',
  '//localhost:4321@evil.test',
  '//localhost:4321/a',
  `/${'a'.repeat(2000)}`,
  `/${'ä'.repeat(900)}`,
  // Round in circles.
  '/auth/login',
  '/auth/login/',
  '/auth/login?returnTo=/',
  '/auth/callback?code=x&state=y',
  '/auth/logout',
  '/x/../auth/logout',
  '/auth/switch-org',
  `${APP_URL}/auth/login`,
];

const client = new AuthClient('https://id.acme.test', 'skc_1');
const web = new WebAuth({ client, appUrl: APP_URL, cookieSecrets: [SECRET] });

describe('a link to sign in', () => {
  for (const [given, kept] of GOOD) {
    test(`keeps ${given}`, () => {
      assert.equal(web.signInUrl(given), `/auth/login?returnTo=${encodeURIComponent(kept)}`);
    });
  }
  for (const given of EVIL) {
    test(`leaves out ${JSON.stringify(given.slice(0, 60))}`, () => {
      assert.equal(web.signInUrl(given), '/auth/login');
    });
  }

  test('needs no destination', () => {
    assert.equal(web.signInUrl(), '/auth/login');
  });
});

describe('after signing in', () => {
  let gatehouse: Gatehouse;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: WEB_SEED });
  });
  after(async () => await gatehouse?.stop());

  test('people arrive within the application, whatever was asked for', async () => {
    const app = application(gatehouse);
    const person = new Person(gatehouse, ADA);
    for (const evil of EVIL) {
      const login = `/auth/login?returnTo=${encodeURIComponent(evil)}`;
      const response = await signIn(app.web, new Browser(), person, login);
      assert.equal(locationOf(response).href, `${APP_URL}/`, JSON.stringify(evil));
    }
  });

  test('a destination on the way back counts for nothing', async () => {
    const app = application(gatehouse);
    const browser = new Browser();
    const started = await browser.visit(app.web, '/auth/login?next=/dashboard');
    const back = await new Person(gatehouse, ADA).authorize(locationOf(started).href);
    back.searchParams.set('next', 'https://evil.test');
    back.searchParams.set('returnTo', 'https://evil.test');
    const response = await browser.visit(app.web, back.pathname + back.search);
    assert.equal(locationOf(response).href, `${APP_URL}/dashboard`);
  });
});

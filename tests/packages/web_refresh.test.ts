// Renewing: flocks of requests, several instances, outages and answers that get lost. Nobody is
// signed out by any of it; somebody whose session is over is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Authenticated, Session } from '@gatehouse/sdk/web';
import { Gatehouse } from '../black_box/gatehouse.js';
import {
  application,
  Browser,
  signedIn,
  SPA_URL,
  WEB_SEED,
  type Application,
} from './web_browser.js';

let gatehouse: Gatehouse;
before(async () => {
  gatehouse = await Gatehouse.start({ seed: WEB_SEED });
});
after(async () => await gatehouse?.stop());

const TOKEN = '/oauth/token';

// As time does, without waiting for it.
async function expire({ web }: Application, browser: Browser): Promise<Session> {
  const session = await browser.session(web);
  const { renewAt: _, ...rest } = session;
  browser.keep(await web.keep(browser.request('/'), { ...rest, accessExpiresAt: 0 }));
  return session;
}

const flock = (app: Application, browser: Browser, size = 8): Promise<Authenticated[]> =>
  Promise.all(Array.from({ length: size }, () => app.web.authenticate(browser.request('/page'))));

const isSignedIn = ({ session, problem }: Authenticated): boolean =>
  session !== undefined && problem === undefined;
const deletes = ({ setCookies }: Authenticated): boolean =>
  setCookies.some((line) => line.includes('Max-Age=0'));

const clients: [string, boolean][] = [
  ['a client with a secret', false],
  ['a public client, strictly rotated', true],
];
for (const [name, isSpa] of clients) {
  describe(`eight requests at once, by ${name}`, () => {
    test('are one renewal, three times over, and all of them are signed in', async () => {
      const app = application(gatehouse, { isSpa });
      const browser = await signedIn(gatehouse, app.web);
      for (let round = 0; round < 3; ++round) {
        const before = await expire(app, browser);
        const asked = app.network.count(TOKEN);
        const answers = await flock(app, browser);
        assert.equal(app.network.count(TOKEN), asked + 1);
        assert.ok(answers.every(isSignedIn) && !answers.some(deletes));
        for (const { session } of answers) {
          assert.notEqual(session?.accessToken, before.accessToken);
          assert.notEqual(session?.refreshToken, before.refreshToken);
          assert.deepEqual(session?.user, before.user, 'nothing is forgotten');
        }
        // The answers arrive in any order.
        for (const { setCookies } of answers.reverse()) browser.keep(setCookies);
        app.clock.move(11);
      }
      assert.equal(app.network.count(TOKEN), 4);
    });

    test('that come in two waves are one renewal too', async () => {
      const app = application(gatehouse, { isSpa });
      const browser = await signedIn(gatehouse, app.web);
      await expire(app, browser);
      const asked = app.network.count(TOKEN);
      assert.ok((await flock(app, browser)).every(isSignedIn));
      app.clock.move(9);
      assert.ok((await flock(app, browser)).every(isSignedIn), 'with the old cookies');
      assert.equal(app.network.count(TOKEN), asked + 1);
    });

    test('on two instances get the same successor', async () => {
      const one = application(gatehouse, { isSpa });
      const two = application(gatehouse, { isSpa });
      const browser = await signedIn(gatehouse, one.web);
      for (let round = 0; round < 3; ++round) {
        await expire(one, browser);
        const answers = (
          await Promise.all([flock(one, browser, 4), flock(two, browser, 4)])
        ).flat();
        assert.ok(answers.every(isSignedIn) && !answers.some(deletes));
        assert.equal(new Set(answers.map(({ session }) => session?.refreshToken)).size, 1);
        for (const { setCookies } of answers) browser.keep(setCookies);
        one.clock.move(11);
        two.clock.move(11);
      }
      await browser.session(one.web);
      await browser.session(two.web);
    });

    test('of which one is very late: it deletes nothing and ends nothing', async () => {
      const app = application(gatehouse, { isSpa });
      const browser = await signedIn(gatehouse, app.web);
      await expire(app, browser);
      const slow = browser.copy();
      await browser.session(app.web);
      app.clock.move(11);
      await expire(app, browser);
      await browser.session(app.web);
      app.clock.move(11);
      const late = await app.web.authenticate(slow.request('/page'));
      assert.equal(late.session, undefined);
      assert.deepEqual(late.setCookies, []);
      await expire(app, browser);
      assert.ok(isSignedIn(await browser.whoAmI(app.web)), 'Gatehouse took it for no theft');
    });
  });
}

describe('renewing', () => {
  test('is 30 s early, and not before', async () => {
    const app = application(gatehouse);
    const browser = await signedIn(gatehouse, app.web);
    const { accessExpiresAt, accessToken } = await browser.session(app.web);
    app.clock.move(accessExpiresAt - app.clock.now() / 1000 - 40);
    assert.equal((await browser.session(app.web)).accessToken, accessToken);
    app.clock.move(15);
    assert.notEqual((await browser.session(app.web)).accessToken, accessToken);
  });

  test('whose answer was lost happens once more', async () => {
    const app = application(gatehouse);
    const browser = await signedIn(gatehouse, app.web);
    await expire(app, browser);
    const lost = await app.web.authenticate(browser.request('/page'));
    app.clock.move(60);
    const { session } = await browser.whoAmI(app.web);
    assert.equal(session?.refreshToken, lost.session?.refreshToken);
  });

  test('happens at once for whoever asks', async () => {
    const app = application(gatehouse);
    const browser = await signedIn(gatehouse, app.web);
    const before = await browser.session(app.web);
    const { session } = await app.web.authenticate(browser.request('/'), { renew: 'now' });
    assert.notEqual(session?.accessToken, before.accessToken);
    assert.equal(session?.signedInAt, before.signedInAt);
  });

  test('is not for sessions without a refresh token: they end in time', async () => {
    const app = application(gatehouse, { scopes: ['openid', 'profile', 'email'] });
    const browser = await signedIn(gatehouse, app.web);
    const { accessExpiresAt, refreshToken } = await browser.session(app.web);
    assert.equal(refreshToken, undefined);
    app.clock.move(accessExpiresAt - app.clock.now() / 1000 - 10);
    await browser.session(app.web);
    app.clock.move(11);
    assert.equal((await browser.whoAmI(app.web)).problem, 'expired');
    assert.deepEqual(browser.sessionCookies(app.web), []);
  });

  test('of tokens that live only briefly does not happen with every request', async () => {
    const brief = await Gatehouse.start({ seed: WEB_SEED, accessTokenSeconds: 20 });
    try {
      const app = application(brief);
      const browser = await signedIn(brief, app.web);
      const asked = app.network.count(TOKEN);
      await browser.session(app.web);
      app.clock.move(5);
      await browser.session(app.web);
      assert.equal(app.network.count(TOKEN), asked);
      app.clock.move(6);
      await browser.session(app.web);
      assert.equal(app.network.count(TOKEN), asked + 1);
    } finally {
      await brief.stop();
    }
  });
});

const never = (): Promise<Response> => new Promise(() => undefined);
const outages: [string, () => Promise<Response>][] = [
  ['down', () => Promise.reject(new TypeError('fetch failed'))],
  ['slow', never],
  ['answering 500', () => Promise.resolve(new Response('oops', { status: 500 }))],
  ['overloaded', () => Promise.resolve(new Response('later', { status: 429 }))],
  ['replaced by a parking page', () => Promise.resolve(new Response('<h1>For sale</h1>'))],
  ['refusing the client', () => Promise.resolve(oauthError('invalid_client', 401))],
];

function oauthError(error: string, status: number): Response {
  return Response.json({ error }, { status });
}

describe('an outage', () => {
  for (const [name, answer] of outages) {
    const clientOptions = { timeoutMs: 60 };

    test(`(${name}) is not noticed while the access token is good`, async () => {
      const app = application(gatehouse, { clientOptions });
      const browser = await signedIn(gatehouse, app.web);
      const { accessExpiresAt } = await browser.session(app.web);
      app.clock.move(accessExpiresAt - app.clock.now() / 1000 - 20);
      app.network.instead = answer;
      const cookies = new Map(browser.cookies);
      const answers = await flock(app, browser);
      assert.ok(answers.every(isSignedIn));
      for (const { setCookies } of answers) browser.keep(setCookies);
      assert.deepEqual(browser.cookies, cookies);
      assert.ok(app.names().includes('server.unreachable'));
    });

    test(`(${name}) signs nobody out afterwards`, async () => {
      const app = application(gatehouse, { clientOptions });
      const browser = await signedIn(gatehouse, app.web);
      await expire(app, browser);
      app.network.instead = answer;
      for (const answer of await flock(app, browser)) {
        assert.equal(answer.problem, 'unreachable');
        assert.equal(answer.session, undefined);
        assert.deepEqual(answer.setCookies, []);
      }
      app.network.instead = undefined;
      app.clock.move(6);
      await browser.session(app.web);
    });
  }

  test('is waited for three seconds at most while the access token is good', async (context) => {
    const app = application(gatehouse);
    const browser = await signedIn(gatehouse, app.web);
    const { accessExpiresAt } = await browser.session(app.web);
    app.clock.move(accessExpiresAt - app.clock.now() / 1000 - 20);
    let note: () => void = () => undefined;
    const asked = new Promise<void>((settle) => (note = settle));
    app.network.instead = () => {
      note();
      return never();
    };
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const answer = app.web.authenticate(browser.request('/page'));
    await asked;
    await new Promise(setImmediate);
    context.mock.timers.tick(3000);
    assert.ok(isSignedIn(await answer));
  });

  test('of timeouts is not waited for by everybody', async () => {
    const app = application(gatehouse, { clientOptions: { timeoutMs: 60 } });
    const first = await signedIn(gatehouse, app.web);
    const second = await signedIn(gatehouse, app.web, 'bob@acme.test');
    await expire(app, first);
    await expire(app, second);
    app.network.instead = never;
    const asked = app.network.count(TOKEN);
    assert.equal((await first.whoAmI(app.web)).problem, 'unreachable');
    assert.equal((await second.whoAmI(app.web)).problem, 'unreachable');
    assert.equal(app.network.count(TOKEN), asked + 1);
  });

  test('between the new token and its key loses neither', async () => {
    const app = application(gatehouse);
    const browser = await signedIn(gatehouse, app.web);
    await expire(app, browser);
    const fresh = application(gatehouse); // has seen no key yet
    fresh.network.instead = (path) =>
      path === '/keys' ? Promise.resolve(new Response('', { status: 503 })) : undefined;
    const answer = await browser.whoAmI(fresh.web);
    assert.deepEqual(answer, { problem: 'unreachable', setCookies: [] });
    fresh.network.instead = undefined;
    await browser.session(fresh.web);
    assert.equal(fresh.network.count(TOKEN), 1, 'the answer was kept meanwhile');
  });

  test('of Gatehouse itself, killed and started again, is survived', async () => {
    const other = await Gatehouse.start({ seed: WEB_SEED });
    try {
      const app = application(other);
      const browser = await signedIn(other, app.web);
      await expire(app, browser);
      await other.terminate();
      assert.equal((await browser.whoAmI(app.web)).problem, 'unreachable');
      await other.launch();
      await browser.session(app.web);
    } finally {
      await other.stop();
    }
  });
});

describe('the end of a grant', () => {
  test('ends the session here, and says so once', async () => {
    const app = application(gatehouse);
    const browser = await signedIn(gatehouse, app.web);
    await expire(app, browser);
    app.network.instead = () => Promise.resolve(oauthError('invalid_grant', 400));
    assert.equal((await browser.whoAmI(app.web)).problem, 'ended');
    assert.deepEqual(browser.sessionCookies(app.web), []);
    assert.deepEqual(await browser.whoAmI(app.web), { setCookies: [] });
    assert.equal(app.names().filter((name) => name === 'session.ended').length, 1);
  });

  test('by signing out at another application of the same person is heard of in time', async () => {
    const app = application(gatehouse);
    const browser = await signedIn(gatehouse, app.web);
    const { idToken = '' } = await expire(app, browser);
    await fetch(app.client.getLogoutUrl({ idTokenHint: idToken }));
    assert.equal((await browser.whoAmI(app.web)).problem, 'ended');
  });
});

describe('cookies', () => {
  test('are written anew once a day at most, and live from the last use', async () => {
    const app = application(gatehouse, { session: { maxAgeSeconds: 3 * 86_400 } });
    const browser = await signedIn(gatehouse, app.web);
    const session = await browser.session(app.web);
    const far = { ...session, accessExpiresAt: session.accessExpiresAt + 30 * 86_400 };
    delete far.renewAt;
    browser.keep(await app.web.keep(browser.request('/'), far));
    app.clock.move(86_000);
    assert.deepEqual((await browser.whoAmI(app.web)).setCookies, []);
    app.clock.move(800);
    const { setCookies } = await browser.whoAmI(app.web);
    assert.ok(setCookies.length >= 1);
    assert.match(setCookies[0] ?? '', /Max-Age=259200;/);
    assert.deepEqual((await browser.whoAmI(app.web)).setCookies, []);
    app.clock.move(3 * 86_400 - 10);
    await browser.session(app.web);
    const forgotten = browser.copy();
    app.clock.move(3 * 86_400 + 1);
    const answer = await forgotten.whoAmI(app.web);
    assert.equal(answer.problem, 'expired');
    assert.deepEqual(forgotten.sessionCookies(app.web), []);
  });

  test('of another application on this machine are not mixed up with ours', async () => {
    const app = application(gatehouse);
    const spa = application(gatehouse, { isSpa: true });
    const browser = await signedIn(gatehouse, app.web);
    const other = await signedIn(gatehouse, spa.web, 'bob@acme.test');
    // Browsers keep the cookies of all ports of localhost together.
    for (const [name, value] of other.cookies) browser.cookies.set(name, value);
    assert.equal((await browser.session(app.web)).user.email, 'ada@acme.test');
    const there = await spa.web.authenticate(browser.request(`${SPA_URL}/`));
    assert.equal(there.session?.user.email, 'bob@acme.test');
  });
});

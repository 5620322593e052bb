// kill -9 at any moment: nothing that was acknowledged is lost, and nothing works twice.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { authorizeUrl, codeOf, REDIRECT_URI, sdk, SEED, signIn } from './clients.js';
import { Gatehouse } from './gatehouse.js';
import { postForm } from './http.js';
import { forms, Person } from './person.js';

describe('after kill -9', () => {
  let gatehouse: Gatehouse;
  beforeEach(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  afterEach(async () => await gatehouse?.stop());

  const exchange = async (code: string) =>
    await postForm(`${gatehouse.url}/oauth/token`, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      client_id: gatehouse.ready.client_id,
      client_secret: gatehouse.ready.client_secret,
    });

  test('the client, its keys, the session and the refresh token are still good', async () => {
    const { person, accessToken, refreshToken } = await signIn(gatehouse);
    const before = gatehouse.ready;
    await gatehouse.killAndRestart();
    assert.deepEqual(gatehouse.ready, before);
    const client = sdk(gatehouse);
    assert.equal(await client.validateAccessToken(accessToken), true);
    const renewed = await client.refreshAccessToken(refreshToken);
    assert.equal(await client.validateAccessToken(renewed.accessToken), true);
    assert.ok(codeOf(await person.authorize(authorizeUrl(gatehouse, { prompt: 'none' }))));
  });

  test('a code that was issued works once, and a code that was used never again', async () => {
    const { person, code: used } = await signIn(gatehouse);
    const unused = codeOf(await person.authorize(authorizeUrl(gatehouse, {})));
    await gatehouse.killAndRestart();
    assert.equal((await exchange(used)).json['error'], 'invalid_grant');
    assert.equal((await exchange(unused)).status, 200);
    await gatehouse.killAndRestart();
    assert.equal((await exchange(unused)).json['error'], 'invalid_grant');
  });

  test('every refresh that was answered before the end counts', async () => {
    const { client, refreshToken } = await signIn(gatehouse);
    let latest = refreshToken;
    let isRunning = true;
    const refreshing = (async () => {
      while (isRunning) {
        try {
          latest = (await client.refreshAccessToken(latest)).refreshToken;
        } catch {
          return; // the connection died with the process
        }
      }
    })();
    await new Promise((settle) => setTimeout(settle, 300));
    await gatehouse.killAndRestart();
    isRunning = false;
    await refreshing;
    // The answer to the very last one may be lost; its parent gives the same successor again.
    const renewed = await sdk(gatehouse).refreshAccessToken(latest);
    assert.ok(renewed.accessToken);
  });

  test('a code from a mail works once', async () => {
    const person = new Person(gatehouse, 'once@acme.test');
    const signInPage = await person.visit(authorizeUrl(gatehouse, { prompt: 'login' }));
    const emailForm = forms(signInPage.body)[0];
    assert.ok(emailForm);
    const codePage = await person.submit(signInPage, emailForm, { email: person.email });
    const { code } = await gatehouse.mailTo(person.email);
    await gatehouse.killAndRestart();
    const codeForm = forms(codePage.body)[0];
    assert.ok(codeForm);
    const proven = await person.submit(codePage, codeForm, { code });
    assert.ok(forms(proven.body).some(({ fields }) => fields.some((f) => f.name === 'given_name')));
    await gatehouse.killAndRestart();
    const again = await person.submit(codePage, codeForm, { code });
    assert.equal(again.headers.location?.startsWith(REDIRECT_URI) ?? false, false);
  });
});

describe('at the same moment', () => {
  test('eight exchanges of one code: one gets tokens', async () => {
    const gatehouse = await Gatehouse.start({ seed: SEED });
    try {
      const person = new Person(gatehouse, 'race@acme.test');
      const code = codeOf(await person.authorize(authorizeUrl(gatehouse, {})));
      const client = sdk(gatehouse);
      const tries = Array.from({ length: 8 }, () =>
        client.authenticateWithCode(code, REDIRECT_URI),
      );
      const settled = await Promise.allSettled(tries);
      assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
    } finally {
      await gatehouse.stop();
    }
  });

  test('SIGTERM answers what is under way and ends with 0', async () => {
    const gatehouse = await Gatehouse.start({ seed: SEED });
    try {
      const { client, refreshToken } = await signIn(gatehouse, 'drain@acme.test');
      const underWay = client.refreshAccessToken(refreshToken);
      const status = gatehouse.terminate();
      await Promise.allSettled([underWay]);
      assert.equal(await status, 0);
    } finally {
      await gatehouse.stop();
    }
  });
});

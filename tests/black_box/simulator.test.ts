// The identity provider simulator of `gatehouse dev`, as a person with a browser meets it: every
// profile signs people in, every bad outcome is refused for the reason that it is named for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Gatehouse } from './gatehouse.js';
import { postForm, send } from './http.js';
import { forms, Person, type Form, type Page } from './person.js';

const PROFILES = [
  'okta',
  'entra',
  'google',
  'adfs',
  'pingfederate',
  'onelogin',
  'jumpcloud',
  'shibboleth',
  'plain',
] as const;
type Protocol = 'SAML' | 'OIDC';

// One organization for each profile and protocol, with a domain of its own.
const SEED = `
[[applications]]
name = "Acme Console"
type = "ENV"
redirect_uris = ["http://localhost:4321/api/auth/callback"]
post_logout_redirect_uris = ["http://localhost:4321"]
initiate_login_uri = "http://localhost:4321/api/auth/login"
${PROFILES.flatMap((profile) =>
  (['SAML', 'OIDC'] as const).map(
    (type) => `
[[organizations]]
name = "${profile} ${type}"
domains = ["${profile}-${type.toLowerCase()}.test"]
connections = [{ type = "${type}", profile = "${profile}" }]
`,
  ),
).join('')}`;

const CALLBACK = 'http://localhost:4321/api/auth/callback';
const addressAt = (profile: string, type: Protocol, name = 'ada'): string =>
  `${name}@${profile}-${type.toLowerCase()}.test`;

const formWith = (page: Page, field: string): Form | undefined =>
  forms(page.body).find((form) => form.fields.some(({ name }) => name === field));

interface Way {
  email: string;
  outcome?: string;
  fields?: Record<string, string>;
  query?: Record<string, string>;
}

describe('the identity provider simulator', () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  after(async () => await gatehouse?.stop());

  const verifier = randomBytes(32).toString('base64url');
  const authorizeUrl = (query: Record<string, string>): string =>
    `${gatehouse.url}/oauth/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: gatehouse.ready.client_id,
      redirect_uri: CALLBACK,
      scope: 'openid email profile',
      state: 'xyz',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...query,
    })}`;

  // From the application to the provider's page.
  const toProvider = async (person: Person, { email, query }: Way): Promise<Page> => {
    const page = await person.visit(authorizeUrl(query ?? { login_hint: email }));
    assert.ok(formWith(page, 'outcome'), `not at the provider: ${page.url}\n${page.body}`);
    return page;
  };

  // The provider's page filled in, and what it answers handed on as a browser does it.
  const answer = async (person: Person, page: Page, way: Way): Promise<Page> => {
    const form = formWith(page, 'outcome');
    assert.ok(form);
    const typed = { email: way.email, outcome: way.outcome ?? 'success', ...way.fields };
    const back = await person.submit(page, form, typed);
    const handedOn = formWith(back, 'SAMLResponse');
    return handedOn ? await person.submit(back, handedOn, {}) : back;
  };

  const signIn = async (way: Way): Promise<Page> => {
    const person = new Person(gatehouse, way.email);
    return await answer(person, await toProvider(person, way), way);
  };

  const claimsOf = (token: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;

  const idTokenAfter = async (page: Page): Promise<string> => {
    const location = page.headers.location ?? '';
    assert.ok(location.startsWith(CALLBACK), `not back: ${page.status} ${page.url}\n${page.body}`);
    const code = new URL(location).searchParams.get('code');
    assert.ok(code, location);
    const tokens = await postForm(`${gatehouse.url}/oauth/token`, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      client_id: gatehouse.ready.client_id,
      client_secret: gatehouse.ready.client_secret,
      code_verifier: verifier,
    });
    assert.equal(tokens.status, 200, tokens.body);
    return String(tokens.json['id_token']);
  };
  const claimsAfter = async (page: Page): Promise<Record<string, unknown>> =>
    claimsOf(await idTokenAfter(page));

  for (const type of ['SAML', 'OIDC'] as const) {
    for (const profile of PROFILES) {
      test(`${profile} signs people in by ${type}, and knows them again`, async () => {
        const email = addressAt(profile, type);
        const first = await claimsAfter(await signIn({ email }));
        assert.equal(first['email'], email);
        const again = await claimsAfter(await signIn({ email }));
        assert.equal(again['sub'], first['sub']);
        const other = await claimsAfter(await signIn({ email: addressAt(profile, type, 'grace') }));
        assert.notEqual(other['sub'], first['sub']);
      });
    }
  }

  // Why, as the command says that the error page of a development environment shows.
  const diagnosisOf = (page: Page): string => {
    const shown = /id="doctor">([^<]*)</.exec(page.body)?.[1];
    assert.ok(shown, `no command to ask: ${page.status} ${page.headers.location}\n${page.body}`);
    const command = shown.replaceAll('&apos;', "'").replaceAll('&quot;', '"');
    // An address of a database is shown without its password.
    const url = gatehouse.databaseUrl;
    const named = /--database ('[^']*'|\S+)/;
    const whole = url ? command.replace(named, `--database '${url}'`) : command;
    const asked = spawnSync('sh', ['-c', `${whole} --json`], { encoding: 'utf8' });
    assert.equal(asked.stderr, '');
    return String((JSON.parse(asked.stdout) as Record<string, unknown>)['diagnosis']);
  };

  const SAML_REFUSALS = {
    missing_mail: 'email_missing',
    wrong_audience: 'audience_mismatch',
    expired: 'assertion_expired',
    skewed_clock: 'response_expired',
    unsigned: 'signature_missing',
    bad_signature: 'signature_invalid',
    rotated_certificate: 'signature_key_unknown',
    refused: 'provider_refused',
  };
  const OIDC_REFUSALS = {
    missing_mail: 'email_missing',
    wrong_audience: 'id_token_audience_mismatch',
    expired: 'id_token_expired',
    skewed_clock: 'id_token_not_yet_valid',
    unsigned: 'id_token_algorithm_refused',
    bad_signature: 'id_token_signature_invalid',
    rotated_certificate: 'id_token_key_unknown',
    refused: 'provider_refused',
    slow: 'provider_too_slow',
  };
  for (const [type, refusals] of [
    ['SAML', SAML_REFUSALS],
    ['OIDC', OIDC_REFUSALS],
  ] as const) {
    for (const [outcome, diagnosis] of Object.entries(refusals)) {
      test(`${type}: “${outcome}” is refused as ${diagnosis}`, async () => {
        const page = await signIn({ email: addressAt('okta', type), outcome });
        assert.equal(page.headers.location, undefined);
        assert.equal(diagnosisOf(page), diagnosis);
      });
    }
  }

  test('a slow provider signs in all the same, once it has answered', async () => {
    const email = addressAt('okta', 'SAML');
    const person = new Person(gatehouse, email);
    const page = await toProvider(person, { email });
    const form = formWith(page, 'outcome');
    assert.ok(form);
    const waiting = await person.submit(page, form, { email, outcome: 'slow' });
    assert.match(waiting.body, /data-auto data-after="8"/);
    const handedOn = formWith(waiting, 'SAMLResponse');
    assert.ok(handedOn);
    assert.equal((await claimsAfter(await person.submit(waiting, handedOn, {})))['email'], email);
  });

  test('what was chosen reaches the application', async () => {
    const email = addressAt('plain', 'OIDC', 'margaret');
    const fields = { given_name: 'Margaret', family_name: 'Hamilton' };
    const claims = await claimsAfter(await signIn({ email, fields }));
    assert.equal(claims['name'], 'Margaret Hamilton');
    assert.equal(claims['given_name'], 'Margaret');
  });

  // The tile of one profile's provider, from the list of them.
  const openTile = async (person: Person, profile: string): Promise<Page> => {
    const list = await person.visit(`${gatehouse.url}/dev/idp`);
    const tile = [...list.body.matchAll(/href="([^"]+\/saml\/tile)"/g)]
      .map(([, url = '']) => url)
      .find((url) => url.includes(`/${profile}/`));
    assert.ok(tile, list.body);
    return await person.visit(tile);
  };

  test('a launch from the tile signs nobody in, but tells the application of it', async () => {
    for (const profile of PROFILES) {
      const email = addressAt(profile, 'SAML');
      const person = new Person(gatehouse, email);
      const tile = await openTile(person, profile);
      const launched = await answer(person, tile, { email, outcome: 'idp_initiated' });
      const location = new URL(launched.headers.location ?? '');
      assert.equal(location.origin + location.pathname, 'http://localhost:4321/api/auth/login');
      const token = location.searchParams.get('idp_initiated_login') ?? '';
      const claims = claimsOf(token);
      assert.equal(claims['login_hint'], email, profile);
      // The provider knows who has just been there: the sign-in that follows shows no page of it.
      const query = {
        connection_id: String(claims['connection_id']),
        login_hint: String(claims['login_hint']),
      };
      const handedOn = await person.visit(authorizeUrl(query));
      const form = formWith(handedOn, 'SAMLResponse');
      assert.ok(form, handedOn.body);
      assert.equal((await claimsAfter(await person.submit(handedOn, form, {})))['email'], email);
      // Once: afterwards it asks again.
      const stranger = new Person(gatehouse, email);
      assert.ok(formWith(await stranger.visit(authorizeUrl(query)), 'outcome'));
    }
  });

  // Who is signed in here, without a page: an address, or nobody.
  const stillSignedIn = async (person: Person): Promise<boolean> => {
    const page = await person.visit(authorizeUrl({ prompt: 'none' }));
    return new URL(page.headers.location ?? '').searchParams.has('code');
  };

  for (const type of ['SAML', 'OIDC'] as const) {
    test(`signing out of the application ends the ${type} provider’s session`, async () => {
      for (const profile of ['okta', 'adfs', 'entra', 'shibboleth']) {
        const email = addressAt(profile, type);
        const person = new Person(gatehouse, email);
        const hint = await idTokenAfter(
          await answer(person, await toProvider(person, { email }), { email }),
        );
        assert.equal(await stillSignedIn(person), true);
        const query = new URLSearchParams({
          id_token_hint: hint,
          post_logout_redirect_uri: 'http://localhost:4321',
          state: 'bye',
        });
        const seen: string[] = [];
        const back = await person.visit(`${gatehouse.url}/oidc/logout?${query}`, seen);
        assert.equal(back.headers.location, 'http://localhost:4321?state=bye', profile);
        assert.ok(seen.some((url) => url.includes(`/dev/idp/${profile}/`)), seen.join('\n'));
        assert.equal(await stillSignedIn(person), false);
      }
    });
  }

  test('who signs out at the provider is signed out here', async () => {
    for (const profile of ['okta', 'entra', 'shibboleth', 'plain']) {
      const email = addressAt(profile, 'SAML');
      const person = new Person(gatehouse, email);
      await answer(person, await toProvider(person, { email }), { email });
      assert.equal(await stillSignedIn(person), true);
      const list = await person.visit(`${gatehouse.url}/dev/idp`);
      const form = forms(list.body).find(
        ({ action }) => action.includes(`/${profile}/`) && action.endsWith('/sign-out'),
      );
      assert.ok(form, profile);
      const farewell = await person.submit(list, form, {});
      assert.match(farewell.body, /<h1>Signed out of /);
      assert.equal(await stillSignedIn(person), false, profile);
    }
  });

  test('a mistake on the page is told beside its field, and nothing goes out', async () => {
    const email = addressAt('okta', 'SAML');
    const person = new Person(gatehouse, email);
    const page = await toProvider(person, { email });
    const form = formWith(page, 'outcome');
    assert.ok(form);
    for (const [fields, problem] of [
      [{ email: '' }, 'Enter the address'],
      [{ email: 'ada' }, 'does not look like'],
      [{ email, more: 'department' }, 'name=value'],
    ] as const) {
      const again = await person.submit(page, form, { outcome: 'expired', ...fields });
      assert.equal(again.status, 400);
      assert.match(again.body, /<title>Error: /);
      assert.match(again.body, new RegExp(`role="alert">[^<]*${problem}`));
      assert.match(again.body, /value="expired" checked/);
      assert.equal(formWith(again, 'SAMLResponse'), undefined);
    }
  });

  test('another profile for a connection is one press', async () => {
    const email = addressAt('plain', 'SAML');
    const person = new Person(gatehouse, email);
    const list = await person.visit(`${gatehouse.url}/dev/idp`);
    const tile = /\/dev\/idp\/plain\/(conn_\d+)\/saml\/tile/.exec(list.body);
    assert.ok(tile);
    const connection = tile[1] ?? '';
    const form = forms(list.body).find(({ fields }) =>
      fields.some(({ value }) => value === connection),
    );
    assert.ok(form);
    for (const profile of ['shibboleth', 'jumpcloud', 'plain']) {
      const changed = await person.submit(list, form, { profile });
      assert.equal(changed.status, 200);
      assert.match(changed.body, new RegExp(`/dev/idp/${profile}/${connection}/saml/tile`));
      assert.equal((await claimsAfter(await signIn({ email })))['email'], email);
    }
    const { status } = await person.submit(list, form, { profile: 'nothing' });
    assert.equal(status, 400);
    const foreign = await send(`${gatehouse.url}/dev/idp/profile`, {
      form: { connection, profile: 'okta' },
      headers: { origin: 'https://evil.example' },
    });
    assert.equal(foreign.status, 403);
  });

  test('requests that a provider would not answer are told why', async () => {
    const email = addressAt('okta', 'SAML');
    const page = await toProvider(new Person(gatehouse, email), { email });
    const sso = new URL(page.url);
    const other = new URL(sso);
    other.pathname = sso.pathname.replace(/conn_\d+/, 'conn_1');
    for (const [url, said] of [
      [other.href, 'no such provider'],
      [`${sso.origin}${sso.pathname}`, 'no SAMLRequest'],
      [`${sso.origin}${sso.pathname}?SAMLRequest=x`, 'Expected'],
      [`${sso.origin}${sso.pathname.replace('okta', 'nobody')}`, 'no such provider'],
    ] as const) {
      const answered = await send(url, { headers: { accept: 'text/html' } });
      assert.equal(answered.status, 400, url);
      assert.match(answered.body, new RegExp(said));
    }
    // One from an application that the provider was not set up for.
    const okta = await toProvider(new Person(gatehouse, email), { email });
    const plain = await toProvider(new Person(gatehouse, email), {
      email: addressAt('plain', 'SAML'),
    });
    const mixed = new URL(plain.url);
    mixed.search = new URL(okta.url).search;
    const answered = await send(mixed.href, { headers: { accept: 'text/html' } });
    assert.equal(answered.status, 400);
    assert.match(answered.body, /this provider knows/);
  });

  test('codes and tokens of the OpenID provider are for their client alone, once', async () => {
    const email = addressAt('okta', 'OIDC');
    const page = await toProvider(new Person(gatehouse, email), { email });
    const issuer = new URL(page.url).href.replace(/\/authorize.*$/, '');
    const discovered = await send(`${issuer}/.well-known/openid-configuration`);
    const document = JSON.parse(discovered.body) as Record<string, string>;
    assert.equal(document['issuer'], issuer);
    const keys = await send(String(document['jwks_uri']));
    assert.equal((JSON.parse(keys.body) as { keys: unknown[] }).keys.length, 1);
    const tokens = String(document['token_endpoint']);
    const refused = await postForm(tokens, { grant_type: 'authorization_code', code: 'x' });
    assert.equal(refused.status, 401);
    assert.equal(refused.json['error'], 'invalid_client');
    const userinfo = await send(String(document['userinfo_endpoint']), {
      headers: { authorization: 'Bearer x' },
    });
    assert.equal(userinfo.status, 401);
    const elsewhere = new URL(page.url);
    elsewhere.searchParams.set('redirect_uri', 'https://evil.example/cb');
    const answered = await send(elsewhere.href, { headers: { accept: 'text/html' } });
    assert.equal(answered.status, 400);
    assert.equal(answered.headers.location, undefined);
  });

  test('a provider whose keys were lost signs people in again after the next start', async () => {
    const email = addressAt('okta', 'SAML');
    const before = await claimsAfter(await signIn({ email }));
    await gatehouse.terminate();
    rmSync(join(gatehouse.folder, 'data', 'idp'), { recursive: true });
    await gatehouse.launch();
    const after = await claimsAfter(await signIn({ email }));
    assert.equal(after['sub'], before['sub']);
  });
});

test('over TLS, too, the server reaches the provider that it simulates', async () => {
  const gatehouse = await Gatehouse.start({ seed: SEED, tls: true });
  try {
    const email = addressAt('okta', 'OIDC');
    const person = new Person(gatehouse, email);
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: gatehouse.ready.client_id,
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: 'xyz',
      login_hint: email,
    });
    const page = await person.visit(`${gatehouse.url}/oauth/authorize?${query}`);
    const form = formWith(page, 'outcome');
    assert.ok(form, page.body);
    const back = await person.submit(page, form, { email, outcome: 'success' });
    assert.ok(back.headers.location?.startsWith(`${CALLBACK}?code=`), back.body);
  } finally {
    await gatehouse.stop();
  }
});

describe('a first start', () => {
  test('has Example Corp, whose people sign in at the simulator', async () => {
    const gatehouse = await Gatehouse.start();
    try {
      assert.match(gatehouse.log, /\/dev\/idp {2}\(sign in as ada@example\.com\)/);
      await gatehouse.killAndRestart();
      const list = await send(`${gatehouse.url}/dev/idp`, { headers: { accept: 'text/html' } });
      assert.equal([...list.body.matchAll(/<section class="provider"/g)].length, 2);
      assert.match(list.body, /SAML · Example Corp · example\.com · example\.org/);
    } finally {
      await gatehouse.stop();
    }
  });
});

// The identity provider simulator of `gatehouse dev`, as a person with a browser meets it: every
// profile signs people in, every bad outcome is refused for the reason that it is named for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
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

  const claimsAfter = async (page: Page): Promise<Record<string, unknown>> => {
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
    return claimsOf(String(tokens.json['id_token']));
  };

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
    const asked = spawnSync('sh', ['-c', `${command} --json`], { encoding: 'utf8' });
    assert.equal(asked.stderr, '');
    console.log(asked.stdout.slice(0,500));
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
  for (const [type, refusals] of [['SAML', SAML_REFUSALS], ['OIDC', OIDC_REFUSALS]] as const) {
    for (const [outcome, diagnosis] of Object.entries(refusals)) {
      test(`${type}: “${outcome}” is refused as ${diagnosis}`, async () => {
        const page = await signIn({ email: addressAt('okta', type), outcome });
        assert.equal(page.headers.location, undefined);
        assert.equal(diagnosisOf(page), diagnosis);
      });
    }
  }
});

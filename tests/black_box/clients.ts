// The applications that the tests sign people in to, and one sign-in from end to end.
import { createHash, randomBytes } from 'node:crypto';
import { ScalekitClient } from '@scalekit-sdk/node';
import type { Gatehouse } from './gatehouse.js';
import { Person } from './person.js';

export const REDIRECT_URI = 'http://localhost:4321/api/auth/callback';
export const POST_LOGOUT_URI = 'http://localhost:4321';
export const ADA = 'ada@acme.test';
export const SCOPES = ['openid', 'profile', 'email', 'offline_access'];

export const SEED = `
[[users]]
email = "ada@acme.test"
given_name = "Ada"
family_name = "Lovelace"

[[organizations]]
name = "Acme"
members = [{ email = "ada@acme.test", role = "admin" }]

[[applications]]
name = "Acme Console"
type = "ENV"
redirect_uris = ["${REDIRECT_URI}"]
post_logout_redirect_uris = ["${POST_LOGOUT_URI}"]

[[applications]]
name = "Other Console"
type = "WEB_APP"
redirect_uris = ["http://localhost:4444/callback"]
post_logout_redirect_uris = ["http://localhost:4444"]

[[applications]]
name = "Browser App"
type = "SPA"
redirect_uris = ["http://localhost:4555/callback"]
post_logout_redirect_uris = ["http://localhost:4555/"]
`;

export function sdk(gatehouse: Gatehouse): ScalekitClient {
  const { environment_url, client_id, client_secret } = gatehouse.ready;
  return new ScalekitClient(environment_url, client_id, client_secret);
}

// Signs in by the SDK as a server-side application does, and returns what the exchange gave.
export async function signIn(
  gatehouse: Gatehouse,
  email = ADA,
  person = new Person(gatehouse, email),
) {
  const client = sdk(gatehouse);
  const url = client.getAuthorizationUrl(REDIRECT_URI, { scopes: SCOPES, state: 'kept' });
  const code = codeOf(await person.authorize(url));
  return { client, person, code, ...(await client.authenticateWithCode(code, REDIRECT_URI)) };
}

export function codeOf(callback: URL): string {
  const code = callback.searchParams.get('code');
  if (!code) throw new Error(`no code in ${callback.href}`);
  return code;
}

export function authorizeUrl(gatehouse: Gatehouse, parameters: Record<string, string>): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: gatehouse.ready.client_id,
    redirect_uri: REDIRECT_URI,
    scope: SCOPES.join(' '),
    ...parameters,
  });
  return `${gatehouse.url}/oauth/authorize?${query}`;
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function claimsOf(jwt: string, part: 0 | 1 = 1): Record<string, unknown> {
  const text = Buffer.from(jwt.split('.')[part] ?? '', 'base64url').toString('utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

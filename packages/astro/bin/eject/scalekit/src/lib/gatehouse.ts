// The one SDK client of the process, and what this application knows about itself. It comes from
// the environment when the server runs, so no secret is in dist/; a request never decides where we
// live.
import { ScalekitClient } from '@scalekit-sdk/node';
import { getSecret } from 'astro:env/server';

export const AUTH_PATHS = new Set(['/api/auth/login', '/api/auth/callback', '/api/auth/logout']);

const KEYS_KEPT_MS = 10 * 60_000;

export interface Settings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  appOrigin: string;
  redirectUri: string;
  isSecure: boolean;
}

function required(name: string): string {
  const value = getSecret(name)?.trim();
  if (!value) throw new Error(`${name} is not set; \`npx gatehouse init\` writes it into .env`);
  return value;
}

let kept: Settings | undefined;

// Read at the first request: a build needs no environment.
export function settings(): Settings {
  if (kept) return kept;
  const appOrigin = new URL(required('GATEHOUSE_APP_URL')).origin;
  kept = {
    issuer: required('GATEHOUSE_URL').replace(/\/+$/, ''),
    clientId: required('GATEHOUSE_CLIENT_ID'),
    clientSecret: required('GATEHOUSE_CLIENT_SECRET'),
    appOrigin,
    redirectUri: `${appOrigin}/api/auth/callback`,
    isSecure: appOrigin.startsWith('https:'),
  };
  return kept;
}

let current: { client: ScalekitClient; madeAt: number } | undefined;

function newClient(): ScalekitClient {
  const { issuer, clientId, clientSecret } = settings();
  const client = new ScalekitClient(issuer, clientId, clientSecret, { timeoutMs: 5_000 });
  current = { client, madeAt: Date.now() };
  return client;
}

export const scalekit = (): ScalekitClient => current?.client ?? newClient();

export interface TokenClaims {
  sub: string;
  exp: number;
  email?: string;
  name?: string;
  nonce?: string;
  org_id?: string;
}

// Signature, expiry, issuer, audience and kind. The kind keeps an ID token from passing as an
// access token and the other way round.
export async function verifyToken(token: string, kind: 'access' | 'id'): Promise<TokenClaims> {
  const isAccessToken = tokenType(token) === 'at+jwt';
  if (isAccessToken !== (kind === 'access')) throw new Error(`not an ${kind} token`);
  const { issuer, clientId } = settings();
  const expected = { issuer, audience: [clientId] };
  try {
    return await scalekit().validateToken<TokenClaims>(token, expected);
  } catch (error) {
    // A client fetches the signing keys once in its life; a new one is how we learn of later keys.
    if (!current || Date.now() - current.madeAt < KEYS_KEPT_MS) throw error;
    return await newClient().validateToken<TokenClaims>(token, expected);
  }
}

function tokenType(token: string): unknown {
  const head = Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(head) as { typ?: unknown }).typ;
}

// The SDK has no call for revocation. Best effort: signing out must not wait for it, nor fail.
export async function revokeRefreshToken(refreshToken: string): Promise<void> {
  const { issuer, clientId, clientSecret } = settings();
  try {
    await fetch(`${issuer}/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({
        token: refreshToken,
        token_type_hint: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
      }),
      signal: AbortSignal.timeout(2_000),
    });
  } catch {
    console.error('sign-out: the refresh token could not be revoked');
  }
}

// The one SDK client of the process, and what the application knows about itself. Both come from
// the environment variables declared in astro.config.mjs; a request never decides where we live.
import { ScalekitClient } from '@scalekit-sdk/node';
import {
  SCALEKIT_CLIENT_ID,
  SCALEKIT_CLIENT_SECRET,
  SCALEKIT_ENVIRONMENT_URL,
  SCALEKIT_REDIRECT_URI,
} from 'astro:env/server';

export const ISSUER = SCALEKIT_ENVIRONMENT_URL.replace(/\/+$/, '');
export const REDIRECT_URI = SCALEKIT_REDIRECT_URI;
export const APP_ORIGIN = new URL(REDIRECT_URI).origin;
export const SECURE = APP_ORIGIN.startsWith('https:');

const newClient = () =>
  new ScalekitClient(ISSUER, SCALEKIT_CLIENT_ID, SCALEKIT_CLIENT_SECRET, { timeoutMs: 5_000 });

export let scalekit = newClient();
let keysFetchedAt = Date.now();

export interface TokenClaims {
  sub: string;
  exp: number;
  email?: string;
  name?: string;
  nonce?: string;
  org_id?: string;
  permissions?: string[];
}

// Signature, expiry, issuer, audience and kind. The kind keeps an ID token from passing as an
// access token and the other way round.
export async function verifyToken(token: string, kind: 'access' | 'id'): Promise<TokenClaims> {
  const isAccessToken = tokenType(token) === 'at+jwt';
  if (isAccessToken !== (kind === 'access')) throw new Error(`not an ${kind} token`);
  const expected = { issuer: ISSUER, audience: [SCALEKIT_CLIENT_ID] };
  try {
    return await scalekit.validateToken<TokenClaims>(token, expected);
  } catch (error) {
    // A client fetches the signing keys once in its life; a new one is how we learn of later keys.
    if (Date.now() - keysFetchedAt < 10 * 60_000) throw error;
    scalekit = newClient();
    keysFetchedAt = Date.now();
    return await scalekit.validateToken<TokenClaims>(token, expected);
  }
}

function tokenType(token: string): unknown {
  const head = Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(head) as { typ?: unknown }).typ;
}

// The SDK has no call for revocation. Best effort: signing out must not wait for it, nor fail.
export async function revokeRefreshToken(refreshToken: string): Promise<void> {
  try {
    await fetch(`${ISSUER}/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({
        token: refreshToken,
        token_type_hint: 'refresh_token',
        client_id: SCALEKIT_CLIENT_ID,
        client_secret: SCALEKIT_CLIENT_SECRET,
      }),
      signal: AbortSignal.timeout(2_000),
    });
  } catch {
    console.error('sign-out: the refresh token could not be revoked');
  }
}

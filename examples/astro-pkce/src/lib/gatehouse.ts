// A public client: it proves itself by PKCE alone. What it keeps is the verified ID token, for as
// long as that token lives; after that a visit to /auth/login renews it from the session at
// Gatehouse, without a question to the person.
import { createHash, randomBytes } from 'node:crypto';
import {
  SCALEKIT_CLIENT_ID,
  SCALEKIT_ENVIRONMENT_URL,
  SCALEKIT_REDIRECT_URI,
} from 'astro:env/server';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';

const ISSUER = SCALEKIT_ENVIRONMENT_URL.replace(/\/+$/, '');
const KEYS = createRemoteJWKSet(new URL(`${ISSUER}/keys`));
export const ISSUER_ORIGIN = new URL(ISSUER).origin;
export const APP_ORIGIN = new URL(SCALEKIT_REDIRECT_URI).origin;

const secure = APP_ORIGIN.startsWith('https:');
export const COOKIE_PREFIX = secure ? '__Host-' : '';
export const COOKIE_OPTIONS = { httpOnly: true, secure, sameSite: 'lax', path: '/' } as const;
export const SESSION_COOKIE = `${COOKIE_PREFIX}id-token`;

export const randomText = (): string => randomBytes(32).toString('base64url');

export function authorizationUrl(flow: { state: string; nonce: string; verifier: string }): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: SCALEKIT_CLIENT_ID,
    redirect_uri: SCALEKIT_REDIRECT_URI,
    scope: 'openid profile email',
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: createHash('sha256').update(flow.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${ISSUER}/oauth/authorize?${query}`;
}

// Exchanges the code; returns the ID token and its claims once they are verified.
export async function exchangeCode(code: string, flow: { nonce: string; verifier: string }) {
  const response = await fetch(`${ISSUER}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: SCALEKIT_REDIRECT_URI,
      client_id: SCALEKIT_CLIENT_ID,
      code_verifier: flow.verifier,
    }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`token endpoint: status ${response.status}`);
  const { id_token: idToken } = (await response.json()) as { id_token: string };
  const claims = await verifyIdToken(idToken);
  if (claims['nonce'] !== flow.nonce) throw new Error('the ID token belongs to another sign-in');
  return { idToken, claims };
}

type Claims = JWTPayload & { sub: string; exp: number };

export async function verifyIdToken(idToken: string): Promise<Claims> {
  const { payload, protectedHeader } = await jwtVerify(idToken, KEYS, {
    issuer: ISSUER,
    audience: SCALEKIT_CLIENT_ID,
    requiredClaims: ['sub', 'exp'],
  });
  if (protectedHeader.typ === 'at+jwt') throw new Error('not an ID token');
  return payload as Claims;
}

export function logoutUrl(idToken: string | undefined): string {
  const query = new URLSearchParams({ post_logout_redirect_uri: APP_ORIGIN });
  if (idToken) query.set('id_token_hint', idToken);
  return `${ISSUER}/oidc/logout?${query}`;
}

// The session of a browser: the three tokens in HttpOnly cookies, each for no longer than it is
// good for, and the one place that reads, renews and clears them.
import type { AstroCookies } from 'astro';
import { scalekit, settings, verifyToken, type TokenClaims } from './gatehouse';

export interface User {
  sub: string;
  email?: string;
  name?: string;
  orgId?: string;
}

// `unavailable`: we cannot tell at the moment. That is no reason to end anyone's session.
export type SessionCheck = { user: User } | 'signed_out' | 'unavailable';

const prefix = (): string => (settings().isSecure ? '__Host-' : '');
const accessName = (): string => `${prefix()}sk-access-token`;
const refreshName = (): string => `${prefix()}sk-refresh-token`;
// Only signing out needs it, so no other request carries it (a path rules out the __Host- prefix).
const idName = (): string => (settings().isSecure ? '__Secure-sk-id-token' : 'sk-id-token');
const LOGOUT_PATH = '/api/auth/logout';

const REFRESH_SECONDS = 30 * 24 * 3600; // the longest that a session at Gatehouse lasts
const COOKIE_BYTES_MAX = 3_900; // browsers drop what is longer, without a word

const options = (path = '/') =>
  ({ httpOnly: true, secure: settings().isSecure, sameSite: 'lax', path }) as const;

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  idToken?: string;
}

export function storeSession(cookies: AstroCookies, tokens: Tokens, access: TokenClaims): void {
  const accessSeconds = Math.max(1, access.exp - Math.floor(Date.now() / 1000));
  set(cookies, accessName(), tokens.accessToken, accessSeconds);
  set(cookies, refreshName(), tokens.refreshToken, REFRESH_SECONDS);
  // Without it Gatehouse asks the person to confirm the sign-out; so a long one may be left out.
  if (tokens.idToken && tokens.idToken.length <= COOKIE_BYTES_MAX) {
    cookies.set(idName(), tokens.idToken, { ...options(LOGOUT_PATH), maxAge: REFRESH_SECONDS });
  }
}

function set(cookies: AstroCookies, name: string, value: string, maxAge: number): void {
  if (value.length > COOKIE_BYTES_MAX) throw new Error(`${name} is too long for a cookie`);
  cookies.set(name, value, { ...options(), maxAge });
}

// Forgets the session in this browser and returns what is needed to end it at Gatehouse.
export function clearSession(cookies: AstroCookies): { idToken?: string; refreshToken?: string } {
  const idToken = cookies.get(idName())?.value;
  const refreshToken = cookies.get(refreshName())?.value;
  cookies.delete(accessName(), options());
  cookies.delete(refreshName(), options());
  cookies.delete(idName(), options(LOGOUT_PATH));
  return { ...(idToken && { idToken }), ...(refreshToken && { refreshToken }) };
}

export async function checkSession(cookies: AstroCookies): Promise<SessionCheck> {
  const accessToken = cookies.get(accessName())?.value;
  if (accessToken) {
    try {
      return { user: userOf(await verifyToken(accessToken, 'access')) };
    } catch {
      // Expired, most often: fall through to the refresh token.
    }
  }
  const refreshToken = cookies.get(refreshName())?.value;
  return refreshToken ? await renew(cookies, refreshToken) : 'signed_out';
}

async function renew(cookies: AstroCookies, refreshToken: string): Promise<SessionCheck> {
  try {
    const tokens = await refreshOnce(refreshToken);
    const claims = await verifyToken(tokens.accessToken, 'access');
    storeSession(cookies, tokens, claims);
    return { user: userOf(claims) };
  } catch (error) {
    if (!isRefused(error)) {
      console.error('session: renewing failed, the session is kept');
      return 'unavailable';
    }
    clearSession(cookies);
    return 'signed_out';
  }
}

// A page and its parts arrive together with the same refresh token: one of them asks, all share the
// answer, and so do those that arrive shortly after with the cookie from before.
const flights = new Map<string, Promise<Tokens>>();

function refreshOnce(refreshToken: string): Promise<Tokens> {
  const known = flights.get(refreshToken);
  if (known) return known;
  const flight: Promise<Tokens> = scalekit().refreshAccessToken(refreshToken);
  flights.set(refreshToken, flight);
  const forget = (): void => void flights.delete(refreshToken);
  flight.then(() => setTimeout(forget, 5_000).unref(), forget);
  return flight;
}

// The SDK hands on no more of a failed refresh than its status line. Gatehouse answers 400 to a
// refresh only for `invalid_grant`: the session is over. Anything else (no answer, 5xx, 401 for
// wrong credentials of ours) says nothing about the person's session.
const isRefused = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith('status code 400');

function userOf({ sub, email, name, org_id: orgId }: TokenClaims): User {
  return { sub, ...(email && { email }), ...(name && { name }), ...(orgId && { orgId }) };
}

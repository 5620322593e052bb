// One sign-in on its way: what we must remember between /api/auth/login and /api/auth/callback. It
// is kept in a sealed cookie named after its `state`, so two tabs do not disturb each other, and
// nothing in the callback's query decides anything but which cookie to open.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { AstroCookies } from 'astro';
import { settings } from './gatehouse';

const LIFETIME_SECONDS = 10 * 60;
const FLOWS_MAX = 4; // older ones are dropped, so that cookies cannot pile up

const prefix = (): string => (settings().isSecure ? '__Host-flow-' : 'flow-');
const options = () =>
  ({ httpOnly: true, secure: settings().isSecure, sameSite: 'lax', path: '/' }) as const;

export interface Flow {
  state: string;
  nonce: string;
  codeVerifier: string;
  next: string;
  organizationId?: string;
}

export function startFlow(
  request: Request,
  cookies: AstroCookies,
  wanted: { next: string; organizationId?: string },
): Flow & { codeChallenge: string } {
  // The time at the front makes the names sort by age.
  const state = `${Date.now().toString(36)}-${random()}`;
  const flow: Flow = { state, nonce: random(), codeVerifier: random(), ...wanted };
  for (const name of flowCookies(request).slice(0, 1 - FLOWS_MAX)) cookies.delete(name, options());
  cookies.set(prefix() + state, seal(flow), { ...options(), maxAge: LIFETIME_SECONDS });
  const codeChallenge = createHash('sha256').update(flow.codeVerifier).digest('base64url');
  return { ...flow, codeChallenge };
}

// Opens and removes the flow that `state` names; undefined for any other state.
export function finishFlow(cookies: AstroCookies, state: string | null): Flow | undefined {
  if (!state || !/^[0-9a-z]{1,12}-[\w-]{43}$/.test(state)) return undefined;
  const sealed = cookies.get(prefix() + state)?.value;
  if (!sealed) return undefined;
  cookies.delete(prefix() + state, options());
  const flow = unseal(sealed);
  return flow?.state === state ? flow : undefined;
}

const random = (): string => randomBytes(32).toString('base64url');

function flowCookies(request: Request): string[] {
  const pairs = (request.headers.get('cookie') ?? '').split(';');
  const names = pairs.map((pair) => pair.trim().split('=', 1)[0] ?? '');
  return names.filter((name) => name.startsWith(prefix())).sort();
}

const key = (): Buffer =>
  Buffer.from(hkdfSync('sha256', settings().clientSecret, '', 'sign-in flow', 32));

function seal(flow: Flow): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key(), iv);
  const text = JSON.stringify({ ...flow, expiresAt: Date.now() + LIFETIME_SECONDS * 1000 });
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

function unseal(value: string): Flow | undefined {
  try {
    const bytes = Buffer.from(value, 'base64url');
    const iv = bytes.subarray(0, 12);
    const decipher = createDecipheriv('aes-256-gcm', key(), iv, { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(12, 28));
    const text = decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    const { expiresAt, ...flow } = JSON.parse(text) as Flow & { expiresAt: number };
    return Date.now() < expiresAt ? flow : undefined;
  } catch {
    return undefined;
  }
}

// Where to go afterwards: a path of this application, whatever was asked for.
export function pathOnly(wanted: string | null): string {
  if (!wanted || !/^\/(?![/\\])[^\\\x00-\x1f]*$/.test(wanted)) return '/';
  const url = new URL(wanted, 'http://app.invalid');
  const isOwnPage = url.origin === 'http://app.invalid' && !url.pathname.startsWith('/api/');
  return isOwnPage ? url.pathname + url.search : '/';
}

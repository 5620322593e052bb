// The half of the toolbar's server that runs in the application: who is signed in, and what can be
// done to their session. `astro dev` injects it; nothing else does.
import type { Session, WebAuth } from '@gatehouse/sdk/web';
import type { APIContext, APIRoute } from 'astro';
import { config } from 'virtual:gatehouse/config';
import { recentEvents } from '../runtime/events.js';
import { settingsNow, webAuthFor } from '../runtime/settings.js';
import { mayUseToolbar, type Purpose } from './guard.js';
import type { Claims, SessionReport } from './protocol.js';

const ANSWER_MS_MAX = 2000;
const ANSWER_CHARACTERS_MAX = 500_000;

export const GET: APIRoute = async (context) => {
  if (!isAllowed(context, 'read')) return refused();
  if (context.params['action'] !== 'session') return json({ error: 'not_found' }, 404);
  const auth = await webAuthFor(context.request);
  if (Array.isArray(auth)) return json(await report(context.request, { problems: auth }));
  const found = await auth.authenticate(context.request);
  return json(await report(context.request, found), 200, found.setCookies);
};

export const POST: APIRoute = async (context) => {
  if (!isAllowed(context, 'change')) return refused();
  const action = context.params['action'];
  if (action !== 'expire' && action !== 'refresh') return json({ error: 'not_found' }, 404);
  const auth = await webAuthFor(context.request);
  if (Array.isArray(auth)) return json(await report(context.request, { problems: auth }));
  return action === 'expire' ? await expire(auth, context) : await refresh(auth, context);
};

// The access token counts as ended from now on, so that the next request renews it.
async function expire(auth: WebAuth, { request }: APIContext): Promise<Response> {
  const { session, setCookies } = await auth.authenticate(request);
  if (!session) return json(await report(request, {}), 409, setCookies);
  const ended = { ...session, accessExpiresAt: Math.floor(Date.now() / 1000) };
  const lines = [...setCookies, ...(await auth.keep(request, ended))];
  return json(await report(request, { session: ended }), 200, lines);
}

async function refresh(auth: WebAuth, { request }: APIContext): Promise<Response> {
  const found = await auth.authenticate(request, { renew: 'now' });
  return json(await report(request, found), found.session ? 200 : 409, found.setCookies);
}

function isAllowed(context: APIContext, purpose: Purpose): boolean {
  if (!config.isDev) return false;
  const { headers } = context.request;
  const asker = {
    address: addressOf(context),
    header: (name: string) => headers.get(name) ?? undefined,
  };
  return mayUseToolbar(asker, purpose);
}

function addressOf(context: APIContext): string | undefined {
  try {
    return context.clientAddress;
  } catch {
    return undefined; // an adapter that does not know it
  }
}

interface Found {
  session?: Session;
  problem?: string;
  problems?: SessionReport['problems'];
}

async function report(request: Request, found: Found): Promise<SessionReport> {
  const { session } = found;
  const cookie = request.headers.get('cookie') ?? '';
  const access = session && claimsOf(session.accessToken);
  const id = session?.idToken === undefined ? undefined : claimsOf(session.idToken);
  return {
    at: Date.now() / 1000,
    problems: found.problems ?? [],
    ...(found.problem !== undefined && { whyNone: found.problem }),
    ...(session && { session: shown(session) }),
    ...(access && { accessClaims: access }),
    ...(id && { idClaims: id }),
    organizations: session ? await organizationsOf(session) : [],
    cookieBytes: new TextEncoder().encode(cookie).length,
    events: [...recentEvents()],
  };
}

const shown = (session: Session): NonNullable<SessionReport['session']> => ({
  user: session.user,
  roles: session.roles,
  permissions: session.permissions,
  ...(session.sessionId !== undefined && { sessionId: session.sessionId }),
  signedInAt: session.signedInAt,
  accessExpiresAt: session.accessExpiresAt,
  isRenewable: session.refreshToken !== undefined,
});

// What a token says, to be looked at. It was verified when it came. [RFC 7519 §7.2]
function claimsOf(token: string): Claims | undefined {
  try {
    const payload = token.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (one) =>
      one.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : undefined;
  } catch {
    return undefined; // not a JWT
  }
}

interface Membership {
  organization_id?: unknown;
  display_name?: unknown;
  name?: unknown;
}

async function organizationsOf(session: Session): Promise<SessionReport['organizations']> {
  const { environment } = await settingsNow();
  try {
    const response = await fetch(`${environment.url.replace(/\/+$/, '')}/api/v1/users/me`, {
      headers: { accept: 'application/json', authorization: `Bearer ${session.accessToken}` },
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const text = await response.text();
    if (!response.ok || text.length > ANSWER_CHARACTERS_MAX) return [];
    const { user } = JSON.parse(text) as { user?: { memberships?: Membership[] } };
    return (user?.memberships ?? []).map(({ organization_id: id, display_name, name }) => ({
      id: String(id),
      name: String(display_name || name || id),
    }));
  } catch {
    return []; // the switch is still there, and Gatehouse asks which
  }
}

const refused = (): Response => json({ error: 'forbidden' }, 403);

function json(body: unknown, status = 200, setCookies: string[] = []): Response {
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  for (const line of setCookies) headers.append('set-cookie', line);
  return new Response(JSON.stringify(body), { status, headers });
}

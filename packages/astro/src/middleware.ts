// Runs before every page and endpoint that is rendered on demand: finds out who is there, keeps
// out whoever may not see the page, and sees to it that the answer can carry its cookies and is
// not shown to somebody else.
import type { Authenticated } from '@gatehouse/sdk/web';
import type { APIContext, MiddlewareNext } from 'astro';
import { config } from 'virtual:gatehouse/config';
import { asText, problem } from './messages.js';
import { refusal } from './runtime/answers.js';
import { isBuilding } from './runtime/building.js';
import {
  addSecurityHeaders,
  keepOutOfSharedCaches,
  repaired,
  varyOnCookie,
} from './runtime/headers.js';
import { fillLocals, fillPrerendered } from './runtime/locals.js';
import { isFromElsewhere, trustedOrigins } from './runtime/origin_check.js';
import { withoutBase } from './runtime/patterns.js';
import { Protection, verdictOf } from './runtime/protect.js';
import { appOriginOf, webAuthFor } from './runtime/settings.js';
import { visitOf, type Visit } from './runtime/visit.js';
import { TOOLBAR_PATH } from './toolbar/protocol.js';

// What differs between the versions of Astro.
type Context = APIContext & { routePattern?: string; isPrerendered?: boolean };

const protection = new Protection(config.protect, config.base);

const { home: _home, ...AUTH_ROUTES } = config.routes;
const authPaths = new Set(Object.values(AUTH_ROUTES).map(withoutEnd));

// Its endpoint decides itself who may ask, and what becomes of the session.
const isToolbar = (path: string): boolean =>
  config.isDev && withoutBase(path, config.base).startsWith(`${TOOLBAR_PATH}/`);

export async function onRequest(context: Context, next: MiddlewareNext): Promise<Response> {
  if (context.isPrerendered ?? isBuilding()) {
    fillPrerendered(context.locals);
    return await next();
  }
  const path = withoutEnd(context.url.pathname);
  if (authPaths.has(path) || isToolbar(path)) return await onAuthRoute(context, next);
  if (withoutBase(path, config.base) === config.imageRoute && protection.isOpen(path)) {
    return finished(await next());
  }
  if (config.checkOrigin && isFromElsewhere(context.request, originsOf(context))) {
    return finished(new Response(asText(problem('GH207')), { status: 403 }));
  }
  const visit = await visitOf(context, () => whoSent(context.request));
  fillLocals(context.locals, context.request, visit.found);
  ++visit.depth;
  try {
    return await answered(context, next, visit);
  } finally {
    --visit.depth;
  }
}

async function answered(context: Context, next: MiddlewareNext, visit: Visit): Promise<Response> {
  const refused = refusalFor(context, visit);
  const isOutermost = visit.depth === 1;
  const { setCookies } = visit.found;
  if (refused) return personal(refused, visit, isOutermost);
  const proceed = (): Promise<Response> => answerOrThrown(next);
  if (!isOutermost || setCookies.length === 0) return personal(await proceed(), visit, isOutermost);
  return personal(await answerThatKeepsCookies(context, proceed), visit, true);
}

// `requireUser()` throws the response to give.
async function answerOrThrown(next: MiddlewareNext): Promise<Response> {
  try {
    return await next();
  } catch (thrown) {
    if (thrown instanceof Response) return thrown;
    throw thrown;
  }
}

// Astro puts another response in the place of one without a body and with one of these states, and
// of one that was thrown; on the way it loses cookies. A renewed session must not be lost.
async function answerThatKeepsCookies(
  context: Context,
  proceed: () => Promise<Response>,
): Promise<Response> {
  let response: Response;
  try {
    response = await proceed();
  } catch (error) {
    if (config.isDev) throw error;
    console.error(error);
    response = new Response(null, { status: 500 });
  }
  const { body, headers, status } = response;
  const isReplaced = (status === 404 || status === 500) && body === null;
  if (!isReplaced || headers.get('x-astro-reroute') === 'no') return response;
  return await errorPage(context, status, headers);
}

async function errorPage(context: Context, status: number, headers: Headers): Promise<Response> {
  const merged = new Headers(headers);
  let body: BodyInit | null = status === 404 ? 'Not found' : 'Internal server error';
  merged.set('content-type', 'text/plain; charset=utf-8');
  try {
    const shown = await context.rewrite(`${config.base}/${status}`);
    // Without a page for errors Astro comes to the one for what is not found.
    const isOther = status === 500 && shown.status === 404;
    if (shown.body !== null && !isOther) {
      body = shown.body;
      shown.headers.forEach((value, name) => merged.set(name, value));
    }
  } catch {
    // The application has no such page, or only a prerendered one.
  }
  merged.set('x-astro-reroute', 'no');
  return new Response(body, { status, headers: merged });
}

function refusalFor(context: Context, { found }: Visit): Response | undefined {
  const { routePattern } = context;
  if (routePattern === '/404' || routePattern === '/500') return undefined;
  const rules = protection.rulesFor(context.url.pathname, routePattern);
  return refusal(verdictOf(rules, found), context.request);
}

function personal(given: Response, { found }: Visit, isOutermost: boolean): Response {
  const response = finished(given);
  if (!isOutermost) return response;
  for (const line of found.setCookies) response.headers.append('set-cookie', line);
  if (found.session || found.setCookies.length > 0) keepOutOfSharedCaches(response.headers);
  varyOnCookie(response.headers);
  return response;
}

// The handlers of these read and write cookies themselves.
async function onAuthRoute(context: Context, next: MiddlewareNext): Promise<Response> {
  fillLocals(context.locals, context.request, { setCookies: [] });
  const response = finished(await next());
  keepOutOfSharedCaches(response.headers);
  return response;
}

function finished(given: Response): Response {
  const response = config.repairResponses || config.headers ? repaired(given) : given;
  if (config.headers) addSecurityHeaders(response.headers);
  return response;
}

// While sign-in is not configured nobody is signed in, and public pages work.
async function whoSent(request: Request): Promise<Authenticated> {
  const auth = await webAuthFor(request);
  return Array.isArray(auth) ? { setCookies: [] } : await auth.authenticate(request);
}

const originsOf = ({ request, url }: Context): string[] =>
  trustedOrigins(appOriginOf(request), url.origin);

function withoutEnd(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

// Runs before every page and endpoint: refuses cross-site writes, finds out who is asking, keeps
// out whoever has to sign in first, and puts the security headers on whatever is answered.
import type { APIContext } from 'astro';
import { defineMiddleware } from 'astro:middleware';
import { AUTH_PATHS, settings } from './lib/gatehouse';
import { checkSession, type SessionCheck } from './lib/session';

// What needs somebody who is signed in: these routes, and those below them.
const PROTECTED = ['/dashboard', '/api'];

export const onRequest = defineMiddleware(async (context, next) => {
  if (context.isPrerendered) return await next();
  if (isCrossSiteWrite(context.request)) {
    return new Response('This form was sent from another site.', { status: 403 });
  }
  if (AUTH_PATHS.has(context.routePattern)) return secured(await next());

  const session = await checkSession(context.cookies);
  if (typeof session === 'object') context.locals.user = session.user;
  return secured(refusal(context, session) ?? (await next()));
});

function isCrossSiteWrite(request: Request): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return !isRead && request.headers.get('origin') !== settings().appOrigin;
}

// Routes are compared, not paths: how a URL is spelled decides nothing.
function refusal(context: APIContext, session: SessionCheck): Response | undefined {
  const { routePattern: route } = context;
  const isProtected = PROTECTED.some((path) => route === path || route.startsWith(`${path}/`));
  if (!isProtected || typeof session === 'object') return undefined;
  if (session === 'unavailable') {
    return new Response('We cannot check your session at the moment. Please try again shortly.', {
      status: 503,
      headers: { 'Retry-After': '5' },
    });
  }
  if (route.startsWith('/api/')) return Response.json({ error: 'unauthorized' }, { status: 401 });
  const here = encodeURIComponent(context.url.pathname + context.url.search);
  return context.redirect(`/api/auth/login?next=${here}`, 303);
}

// A copy, because the headers of some responses cannot be changed.
function secured(given: Response): Response {
  const response = new Response(given.body, given);
  const { headers } = response;
  headers.set('Cache-Control', 'private, no-store');
  headers.set('Content-Security-Policy', "frame-ancestors 'none'; base-uri 'self'");
  headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
  headers.set('X-Content-Type-Options', 'nosniff');
  if (settings().isSecure) headers.set('Strict-Transport-Security', 'max-age=31536000');
  return response;
}

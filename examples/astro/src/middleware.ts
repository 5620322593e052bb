// Runs before every page and endpoint: refuses cross-site writes, finds out who is asking, lets
// nobody past who has to sign in first, and puts the security headers on whatever is answered.
import type { APIContext } from 'astro';
import { defineMiddleware } from 'astro:middleware';
import { APP_ORIGIN, ISSUER, SECURE } from './lib/scalekit';
import { checkSession } from './lib/session';

// Routes, not paths: how a URL is spelled decides nothing. Any other needs a signed-in user.
const OPEN_ROUTES = new Set(['/', '/login', '/logout', '/404', '/500']);
const AUTH_ROUTES = new Set(['/api/auth/login', '/api/auth/callback', '/api/auth/logout']);

export const onRequest = defineMiddleware(async (context, next) => {
  const response = (await guard(context)) ?? (await next());
  return secured(response);
});

async function guard(context: APIContext): Promise<Response | undefined> {
  const { request, routePattern, locals } = context;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead && request.headers.get('origin') !== APP_ORIGIN) {
    return new Response('This form was sent from another site.', { status: 403 });
  }
  if (AUTH_ROUTES.has(routePattern)) return undefined;

  const session = await checkSession(context.cookies);
  if (typeof session === 'object') {
    locals.user = session.user;
    return undefined;
  }
  if (OPEN_ROUTES.has(routePattern)) return undefined;
  if (session === 'unavailable') {
    return new Response('We cannot check your session at the moment. Please try again shortly.', {
      status: 503,
      headers: { 'Retry-After': '5' },
    });
  }
  if (routePattern.startsWith('/api/')) {
    return Response.json({ error: 'unauthorized' }, { status: 401 });
  }
  const here = encodeURIComponent(context.url.pathname + context.url.search);
  return context.redirect(`/api/auth/login?next=${here}`, 303);
}

// form-action names Gatehouse, because browsers hold the redirects that follow a form against it.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  `form-action 'self' ${new URL(ISSUER).origin}`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

function secured(response: Response): Response {
  const { headers } = response;
  headers.set('Cache-Control', 'private, no-store');
  headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=()');
  headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('X-Frame-Options', 'DENY');
  if (SECURE) headers.set('Strict-Transport-Security', 'max-age=31536000');
  return response;
}

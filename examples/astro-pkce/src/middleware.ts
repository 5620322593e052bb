import { defineMiddleware } from 'astro:middleware';
import { APP_ORIGIN, ISSUER_ORIGIN, SESSION_COOKIE, verifyIdToken } from './lib/gatehouse';

export const onRequest = defineMiddleware(async ({ cookies, locals, request }, next) => {
  if (request.method === 'POST' && request.headers.get('origin') !== APP_ORIGIN) {
    return new Response('This form was sent from another site.', { status: 403 });
  }
  const idToken = cookies.get(SESSION_COOKIE)?.value;
  if (idToken) {
    try {
      const { sub, email, name } = await verifyIdToken(idToken);
      const text = (claim: unknown): string | undefined =>
        typeof claim === 'string' ? claim : undefined;
      locals.user = { sub, label: text(name) ?? text(email) ?? sub };
    } catch {
      // Expired, or not ours: the page is shown as to a stranger.
    }
  }
  const response = await next();
  const formAction = `form-action 'self' ${ISSUER_ORIGIN}`;
  response.headers.set('Cache-Control', 'private, no-store');
  response.headers.set(
    'Content-Security-Policy',
    `default-src 'none'; ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
  );
  response.headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
  response.headers.set('X-Content-Type-Options', 'nosniff');
  return response;
});

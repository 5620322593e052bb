// POST: ends the session here and at Gatehouse. A link, an image or a prefetch can only cause a
// GET, and that does no more than show the button.
import type { APIRoute } from 'astro';
import { revokeRefreshToken, scalekit, settings } from '../../../lib/gatehouse';
import { clearSession } from '../../../lib/session';

export const prerender = false;

const PAGE = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>Sign out</title>
  <form method="post"><button>Sign out</button></form>
</html>`;

export const GET: APIRoute = () =>
  new Response(PAGE, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });

export const POST: APIRoute = async ({ cookies, redirect }) => {
  const { idToken, refreshToken } = clearSession(cookies);
  if (refreshToken) await revokeRefreshToken(refreshToken);
  const logoutUrl = scalekit().getLogoutUrl({
    ...(idToken && { idTokenHint: idToken }),
    postLogoutRedirectUri: settings().appOrigin,
  });
  return redirect(logoutUrl, 303);
};

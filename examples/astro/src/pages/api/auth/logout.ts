// POST: ends the session here and at Gatehouse. A link, an image or a prefetch can only cause a
// GET, and that does no more than show the button.
import type { APIRoute } from 'astro';
import { APP_ORIGIN, revokeRefreshToken, scalekit } from '../../../lib/scalekit';
import { clearSession } from '../../../lib/session';

export const GET: APIRoute = ({ redirect }) => redirect('/logout', 303);

export const POST: APIRoute = async ({ cookies, redirect }) => {
  const { idToken, refreshToken } = clearSession(cookies);
  if (refreshToken) await revokeRefreshToken(refreshToken);
  const logoutUrl = scalekit.getLogoutUrl({
    ...(idToken && { idTokenHint: idToken }),
    postLogoutRedirectUri: APP_ORIGIN,
  });
  return redirect(logoutUrl, 303);
};

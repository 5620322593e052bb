import type { APIRoute } from 'astro';
import { COOKIE_OPTIONS, logoutUrl, SESSION_COOKIE } from '../../lib/gatehouse';

export const POST: APIRoute = ({ cookies, redirect }) => {
  const idToken = cookies.get(SESSION_COOKIE)?.value;
  cookies.delete(SESSION_COOKIE, COOKIE_OPTIONS);
  return redirect(logoutUrl(idToken), 303);
};

import type { APIRoute } from 'astro';
import { authorizationUrl, COOKIE_OPTIONS, COOKIE_PREFIX, randomText } from '../../lib/gatehouse';

export const GET: APIRoute = ({ cookies, redirect }) => {
  const flow = { state: randomText(), nonce: randomText(), verifier: randomText() };
  cookies.set(`${COOKIE_PREFIX}flow-${flow.state}`, flow, { ...COOKIE_OPTIONS, maxAge: 600 });
  return redirect(authorizationUrl(flow), 303);
};

import type { APIRoute } from 'astro';
import { COOKIE_OPTIONS, COOKIE_PREFIX, exchangeCode, SESSION_COOKIE } from '../../lib/gatehouse';

export const GET: APIRoute = async ({ cookies, url, redirect }) => {
  const state = url.searchParams.get('state') ?? '';
  const code = url.searchParams.get('code');
  // The cookie of this very sign-in, in this very browser: without it nothing is exchanged.
  const name = `${COOKIE_PREFIX}flow-${state}`;
  if (!/^[\w-]{43}$/.test(state) || !cookies.has(name) || !code) return redirect('/?error', 303);
  try {
    const flow = cookies.get(name)?.json() as { nonce: string; verifier: string };
    cookies.delete(name, COOKIE_OPTIONS);
    const { idToken, claims } = await exchangeCode(code, flow);
    const maxAge = Math.max(1, claims.exp - Math.floor(Date.now() / 1000));
    cookies.set(SESSION_COOKIE, idToken, { ...COOKIE_OPTIONS, maxAge });
    return redirect('/', 303);
  } catch (error) {
    console.error(`sign-in: ${error instanceof Error ? error.message : 'failed'}`);
    return redirect('/?error', 303);
  }
};

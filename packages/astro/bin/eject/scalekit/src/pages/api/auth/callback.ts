// GET: Gatehouse sends the browser back here, with a code for us to exchange or with an error. A
// callback that no sign-in of this browser asked for is never acted on.
import type { APIRoute, AstroCookies } from 'astro';
import { finishFlow, type Flow } from '../../../lib/flow';
import { scalekit, settings, verifyToken } from '../../../lib/gatehouse';
import { storeSession } from '../../../lib/session';

// What `?auth_error=` of the home page says.
type SignInError =
  'access_denied' | 'login_expired' | 'login_failed' | 'not_a_member' | 'server_unreachable';

export const prerender = false;

export const GET: APIRoute = async ({ cookies, url, redirect }) => {
  const parameter = (name: string): string | null => url.searchParams.get(name);
  const refuse = (error: SignInError): Response => redirect(`/?auth_error=${error}`, 303);

  const flow = finishFlow(cookies, parameter('state'));
  if (!flow) return refuse('login_expired');
  const issuer = parameter('iss');
  if (issuer !== null && issuer !== settings().issuer) return refuse('login_failed');
  if (parameter('error') !== null) {
    return refuse(parameter('error') === 'access_denied' ? 'access_denied' : 'login_failed');
  }
  const code = parameter('code');
  if (!code) return refuse('login_failed');

  const error = await signIn(cookies, flow, code);
  return error ? refuse(error) : redirect(flow.next, 303);
};

async function signIn(
  cookies: AstroCookies,
  flow: Flow,
  code: string,
): Promise<SignInError | null> {
  try {
    const { codeVerifier } = flow;
    const { redirectUri } = settings();
    const tokens = await scalekit().authenticateWithCode(code, redirectUri, { codeVerifier });
    const identity = await verifyToken(tokens.idToken, 'id');
    const access = await verifyToken(tokens.accessToken, 'access');
    if (identity.nonce !== flow.nonce || identity.sub !== access.sub) return 'login_failed';
    if (flow.organizationId && access.org_id !== flow.organizationId) return 'not_a_member';
    storeSession(cookies, tokens, access);
    return null;
  } catch (error) {
    // The message alone: the error object may carry the exchange itself.
    const reason = error instanceof Error ? error.message : 'unknown';
    console.error(`sign-in: the code was not exchanged: ${reason}`);
    return /status code 4\d\d$/.test(reason) ? 'login_failed' : 'server_unreachable';
  }
}

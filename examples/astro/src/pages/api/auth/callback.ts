// GET: Gatehouse sends the browser back here, with a code for us to exchange or with an error. A
// callback that no sign-in of this browser asked for is never acted on.
import type { APIRoute, AstroCookies } from 'astro';
import type { SignInError } from '../../../lib/errors';
import { finishFlow, type Flow } from '../../../lib/flow';
import { ISSUER, REDIRECT_URI, scalekit, verifyToken } from '../../../lib/scalekit';
import { storeSession } from '../../../lib/session';

export const GET: APIRoute = async ({ cookies, url, redirect }) => {
  const parameter = (name: string): string | null => url.searchParams.get(name);
  const refuse = (error: SignInError): Response => redirect(`/login?error=${error}`, 303);

  const flow = finishFlow(cookies, parameter('state'));
  if (!flow) return refuse('expired');
  const issuer = parameter('iss');
  if (issuer !== null && issuer !== ISSUER) return refuse('failed');
  if (parameter('error') !== null) {
    return refuse(parameter('error') === 'access_denied' ? 'denied' : 'failed');
  }
  const code = parameter('code');
  if (!code) return refuse('failed');

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
    const tokens = await scalekit.authenticateWithCode(code, REDIRECT_URI, { codeVerifier });
    const identity = await verifyToken(tokens.idToken, 'id');
    const access = await verifyToken(tokens.accessToken, 'access');
    if (identity.nonce !== flow.nonce || identity.sub !== access.sub) return 'failed';
    if (flow.organizationId && access.org_id !== flow.organizationId) return 'wrong_organization';
    storeSession(cookies, tokens, access);
    return null;
  } catch (error) {
    // The message alone: the error object may carry the exchange itself.
    const reason = error instanceof Error ? error.message : 'unknown';
    console.error(`sign-in: the code was not exchanged: ${reason}`);
    return /status code 4\d\d$/.test(reason) ? 'failed' : 'unavailable';
  }
}

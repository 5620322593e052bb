// GET: sends the browser to Gatehouse. ?email= and ?orgId= lead straight to the right organization;
// ?idp_initiated_login= comes from Gatehouse, for somebody who began at their identity provider.
import type { APIRoute } from 'astro';
import { pathOnly, startFlow } from '../../../lib/flow';
import { scalekit, settings } from '../../../lib/gatehouse';

// Signed by Gatehouse, so it may choose where the sign-in goes; it signs nobody in by itself.
async function readInitiatedLogin(token: string | null) {
  if (!token) return undefined;
  const claims = await scalekit().getIdpInitiatedLoginClaims(token, { issuer: settings().issuer });
  if (!claims.connection_id) throw new Error('a token, but not of such a login');
  return claims;
}

export const prerender = false;

export const GET: APIRoute = async ({ request, cookies, url, redirect }) => {
  const isSpeculative =
    request.headers.get('sec-purpose')?.includes('prefetch') ||
    request.headers.get('sec-fetch-dest') === 'empty';
  if (isSpeculative) return new Response(null, { status: 204 });

  let initiated: Awaited<ReturnType<typeof readInitiatedLogin>>;
  try {
    initiated = await readInitiatedLogin(url.searchParams.get('idp_initiated_login'));
  } catch {
    return redirect('/?auth_error=login_failed', 303);
  }
  const organizationId = initiated?.organization_id ?? url.searchParams.get('orgId');
  const email = initiated?.login_hint ?? url.searchParams.get('email');
  const flow = startFlow(request, cookies, {
    next: pathOnly(url.searchParams.get('next')),
    ...(organizationId && { organizationId }),
  });
  const authorizationUrl = scalekit().getAuthorizationUrl(settings().redirectUri, {
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    state: flow.state,
    nonce: flow.nonce,
    codeChallenge: flow.codeChallenge,
    codeChallengeMethod: 'S256',
    ...(organizationId && { organizationId }),
    ...(initiated && { connectionId: initiated.connection_id }),
    ...(email && { loginHint: email }),
    ...(url.searchParams.has('signup') && { prompt: 'create' }),
  });
  return redirect(authorizationUrl, 303);
};

// GET: sends the browser to Gatehouse. ?email= and ?orgId= lead straight to the right organization.
import type { APIRoute } from 'astro';
import { pathOnly, startFlow } from '../../../lib/flow';
import { REDIRECT_URI, scalekit } from '../../../lib/scalekit';

export const GET: APIRoute = ({ request, cookies, url, redirect }) => {
  const isSpeculative =
    request.headers.get('sec-purpose')?.includes('prefetch') ||
    request.headers.get('sec-fetch-dest') === 'empty';
  if (isSpeculative) return new Response(null, { status: 204 });

  const organizationId = url.searchParams.get('orgId');
  const email = url.searchParams.get('email');
  const flow = startFlow(request, cookies, {
    next: pathOnly(url.searchParams.get('next')),
    ...(organizationId && { organizationId }),
  });
  const authorizationUrl = scalekit.getAuthorizationUrl(REDIRECT_URI, {
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    state: flow.state,
    nonce: flow.nonce,
    codeChallenge: flow.codeChallenge,
    codeChallengeMethod: 'S256',
    ...(organizationId && { organizationId }),
    ...(email && { loginHint: email }),
    ...(url.searchParams.has('signup') && { prompt: 'create' }),
  });
  return redirect(authorizationUrl, 303);
};

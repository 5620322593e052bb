// A whole application in one worker: a public client without a secret, no Node, no framework.
import { AuthClient } from '@gatehouse/sdk/auth';
import { WebAuth, type Session } from '@gatehouse/sdk/web';
import { page } from './page.js';

export interface Env {
  GATEHOUSE_URL: string;
  GATEHOUSE_CLIENT_ID: string;
  GATEHOUSE_APP_URL: string;
  GATEHOUSE_COOKIE_SECRET: string;
}

// Kept for as long as the isolate lives: published keys, and refreshes that are under way.
let kept: WebAuth | undefined;

function authOf(env: Env): WebAuth {
  kept ??= new WebAuth({
    client: new AuthClient(env.GATEHOUSE_URL, env.GATEHOUSE_CLIENT_ID),
    appUrl: env.GATEHOUSE_APP_URL,
    cookieSecrets: env.GATEHOUSE_COOKIE_SECRET.split(','),
  });
  return kept;
}

async function show(request: Request, auth: WebAuth): Promise<Response> {
  const { session, setCookies } = await auth.authenticate(request);
  const { pathname, searchParams } = new URL(request.url);
  const response =
    pathname === '/'
      ? page(session, searchParams.get('auth_error'))
      : pathname === '/api/me'
        ? answerJson(session)
        : new Response('There is nothing here.\n', { status: 404 });
  for (const line of setCookies) response.headers.append('set-cookie', line);
  response.headers.set('cache-control', 'private, no-store');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

function answerJson(session: Session | undefined): Response {
  if (!session) return Response.json({ error: 'not signed in' }, { status: 401 });
  return Response.json({ user: session.user, roles: session.roles });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const auth = authOf(env);
    switch (new URL(request.url).pathname) {
      case '/auth/login':
        return await auth.login(request);
      case '/auth/callback':
        return await auth.callback(request);
      case '/auth/logout':
        return await auth.logout(request);
      case '/auth/backchannel-logout':
        return await auth.backchannelLogout(request);
      default:
        return await show(request, auth);
    }
  },
};

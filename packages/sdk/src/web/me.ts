// Who is signed in, for scripts on pages of this application. There is no token in it.
import { authenticate } from './authenticate.js';
import type { Core } from './core.js';
import { json, methodNotAllowed, text } from './http.js';

export async function me(core: Core, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed('GET, HEAD');
  // Browsers keep the answer from other origins anyway; they need not even be able to ask.
  const site = request.headers.get('sec-fetch-site');
  if (site === 'cross-site' || site === 'same-site') {
    return text('This address answers pages of this application only.\n', { status: 403 });
  }
  const { session, problem, setCookies } = await authenticate(core, request, {});
  const answer = session
    ? {
        isSignedIn: true,
        user: session.user,
        roles: session.roles,
        permissions: session.permissions,
        expiresAt: session.accessExpiresAt,
      }
    : { isSignedIn: false, roles: [], permissions: [], ...(problem && { problem }) };
  return json(answer, { setCookies, headers: { vary: 'cookie' } });
}

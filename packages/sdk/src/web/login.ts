// Sends a browser to Gatehouse. [OIDC Core §3.1.2.1]
import { randomText } from '../auth/random.js';
import type { Core } from './core.js';
import { refuse } from './core.js';
import { CookieJar } from './cookies.js';
import { isSpeculative, methodNotAllowed, noContent, type Parameters, queryOf } from './http.js';
import { redirect } from './http.js';
import { ServerUnreachableError } from '../auth/errors.js';
import type { IdpInitiatedLoginClaims } from '../auth/types.js';
import { notSignedInPage } from './pages.js';
import { codeOf } from './renewals.js';
import { safeReturnTo } from './return_to.js';
import type { Beginning, Wishes } from './transaction.js';

const HINT_CHARACTERS_MAX = 320;

export async function login(core: Core, request: Request): Promise<Response> {
  if (isSpeculative(request)) return noContent();
  if (request.method !== 'GET') return methodNotAllowed('GET, HEAD');
  const query = queryOf(request);
  const jar = new CookieJar(request.headers.get('cookie'));
  const token = query.get('idp_initiated_login');
  if (token !== undefined) return beginForProvider(core, jar, token);
  const returnTo = new URL(returnToIn(core, query), core.appUrl);
  const refusal = returnTo.searchParams.get('auth_error');
  if (refusal !== null) return notAgain(core, request, returnTo, refusal);
  return begin(core, jar, { wishes: wishesIn(query), returnTo: returnToIn(core, query) });
}

// The page that should have shown why somebody could not sign in sent them here at once, because it
// is for those who are signed in. Without a stop this would go round for ever.
async function notAgain(
  core: Core,
  request: Request,
  returnTo: URL,
  code: string,
): Promise<Response> {
  returnTo.searchParams.delete('auth_error');
  const query = new URL(request.url).searchParams;
  query.delete('next');
  query.set('returnTo', returnTo.pathname + returnTo.search + returnTo.hash);
  return notSignedInPage(code, `${core.paths.login}?${query}`, await randomText(16));
}

export async function begin(
  core: Core,
  jar: CookieJar,
  beginning: Beginning,
  status?: number,
): Promise<Response> {
  const { url, setCookies } = await core.transactions.begin(jar, beginning);
  core.log({ what: 'login.started' });
  return redirect(url, { setCookies, ...(status !== undefined && { status }) });
}

// Somebody comes from a tile at their identity provider. The token says where they come from and
// proves nothing of this browser, so a sign-in that is bound to it begins here.
export async function beginForProvider(
  core: Core,
  jar: CookieJar,
  token: string,
): Promise<Response> {
  let claims: IdpInitiatedLoginClaims;
  try {
    claims = await core.client.getIdpInitiatedLoginClaims(token);
  } catch (error) {
    const code = error instanceof ServerUnreachableError ? 'server_unreachable' : 'login_failed';
    return refuse(core, code, `idp_initiated_login: ${codeOf(error)}`);
  }
  const wishes = {
    connectionId: claims.connection_id,
    ...(claims.organization_id && { organizationId: claims.organization_id }),
    ...(claims.login_hint && { loginHint: claims.login_hint }),
  };
  const returnTo = safeReturnTo(claims.relay_state, core.appUrl, core.paths) ?? core.paths.home;
  return begin(core, jar, { wishes, returnTo });
}

export function returnToIn(core: Core, parameters: Parameters): string {
  const wanted = parameters.get('returnTo') ?? parameters.get('next');
  return safeReturnTo(wanted, core.appUrl, core.paths) ?? core.paths.home;
}

function wishesIn(query: Parameters): Wishes {
  const hint = (...names: string[]): string | undefined =>
    names
      .map((name) => query.get(name))
      .find((value) => value !== undefined && value.length <= HINT_CHARACTERS_MAX);
  const loginHint = hint('login_hint', 'email');
  const organizationId = hint('organization_id', 'orgId');
  const connectionId = hint('connection_id');
  const provider = hint('provider');
  const domainHint = hint('domain_hint');
  const prompt = query.get('screen') === 'sign-up' ? 'create' : hint('prompt');
  return {
    ...(loginHint && { loginHint }),
    ...(organizationId && { organizationId }),
    ...(connectionId && { connectionId }),
    ...(provider && { provider }),
    ...(domainHint && { domainHint }),
    ...(prompt && { prompt }),
  };
}

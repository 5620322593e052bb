// Takes a browser back from Gatehouse. A code counts only together with the sign-in that this
// browser began [RFC 9700 §4.7]; whoever comes with another one is signed in already, or signs in
// anew.
import { OAuthError, ServerUnreachableError } from '../auth/errors.js';
import type { AccessTokenClaims } from '../auth/types.js';
import { renewAt } from './authenticate.js';
import { type Core, redirectTo, refuse } from './core.js';
import { CookieJar } from './cookies.js';
import { isSpeculative, methodNotAllowed, noContent, type Parameters, queryOf } from './http.js';
import { redirect } from './http.js';
import { beginForProvider } from './login.js';
import { codeOf } from './renewals.js';
import { safeReturnTo } from './return_to.js';
import { organizationOf, sessionFrom, type VerifiedTokens } from './session.js';
import { SessionTooLargeError } from './session_keeper.js';
import { type Beginning, isAgain, type Transaction } from './transaction.js';
import type { WebAuthErrorCode } from './types.js';

export type Exchange =
  | { outcome: 'tokens'; tokens: VerifiedTokens }
  // The code was used before, is too old, or belongs to another sign-in.
  | { outcome: 'spent' }
  | { outcome: 'refused'; code: WebAuthErrorCode; detail: string };

interface Act {
  core: Core;
  jar: CookieJar;
  query: Parameters;
  state: string;
}

export async function callback(core: Core, request: Request): Promise<Response> {
  if (isSpeculative(request)) return noContent();
  if (request.method !== 'GET') return methodNotAllowed('GET, HEAD');
  const query = queryOf(request);
  const jar = new CookieJar(request.headers.get('cookie'));
  const token = query.get('idp_initiated_login');
  if (token !== undefined) return beginForProvider(core, jar, token);
  const state = query.get('state') ?? '';
  const act = { core, jar, query, state };
  const transaction = state ? await core.transactions.find(jar, state) : undefined;
  if (query.has('error')) return failed(act, transaction);
  const code = query.get('code');
  if (!transaction) return code ? stranger(act) : redirectTo(core, core.paths.home);
  if (!code) return stranger(act, transaction);
  return finish(act, transaction, code);
}

async function finish(act: Act, transaction: Transaction, code: string): Promise<Response> {
  const { core, jar, query, state } = act;
  const issuer = query.get('iss');
  const ending = await core.transactions.end(jar, state);
  if (query.has('iss') && issuer !== core.client.envUrl) {
    return refuse(core, 'login_failed', 'the answer is from another issuer', ending);
  }
  const exchange = await core.exchanges.run(`${state} ${code}`, () =>
    exchangeCode(core, transaction, code),
  );
  if (exchange.outcome === 'spent') return stranger(act, transaction);
  if (exchange.outcome === 'refused') {
    // Coming back to this address later may still work.
    const isLasting = exchange.code !== 'server_unreachable';
    return refuse(core, exchange.code, exchange.detail, isLasting ? ending : []);
  }
  const { tokens } = exchange;
  const wanted = transaction.wishes.organizationId;
  const got = organizationOf(tokens.access);
  if (wanted !== undefined && got !== undefined && wanted !== got) {
    if (isAgain(state)) return refuse(core, 'not_a_member', 'another organization', ending);
    const wishes = { ...transaction.wishes, prompt: 'select_account' };
    return beginAgain(act, { ...transaction, wishes }, 'another organization');
  }
  return signIn(act, transaction, tokens);
}

async function signIn(
  { core, jar, state }: Act,
  transaction: Transaction,
  tokens: VerifiedTokens,
): Promise<Response> {
  const session = sessionFrom(tokens, core.now() / 1000);
  session.renewAt = renewAt(core, session, tokens.expiresIn);
  const ending = await core.transactions.end(jar, state);
  let setCookies: string[];
  try {
    setCookies = [...(await core.keeper.save(jar, session, 'signed in')), ...ending];
  } catch (error) {
    const isTooLarge = error instanceof SessionTooLargeError;
    const code = isTooLarge ? 'misconfigured' : 'login_failed';
    return refuse(core, code, isTooLarge ? error.message : `session: ${codeOf(error)}`, ending);
  }
  core.log({ what: transaction.isSwitch ? 'organization.switched' : 'login.completed' });
  return redirectTo(core, pathBehind(core, transaction), { setCookies });
}

async function exchangeCode(
  core: Core,
  { redirectUri, codeVerifier, nonce }: Transaction,
  code: string,
): Promise<Exchange> {
  const { client } = core;
  try {
    const answer = await client.authenticateWithCode(code, redirectUri, { codeVerifier, nonce });
    const { accessToken, refreshToken, idToken, expiresIn, claims: id } = answer;
    const access = await client.validateToken<AccessTokenClaims>(accessToken);
    const tokens = { accessToken, access, refreshToken, idToken, id, expiresIn };
    return { outcome: 'tokens', tokens };
  } catch (error) {
    const detail = `code exchange: ${codeOf(error)}`;
    if (error instanceof ServerUnreachableError) {
      core.log({ what: 'server.unreachable', detail });
      return { outcome: 'refused', code: 'server_unreachable', detail };
    }
    if (!(error instanceof OAuthError)) return { outcome: 'refused', code: 'login_failed', detail };
    if (error.code === 'invalid_grant') return { outcome: 'spent' };
    const isDenied = error.code === 'access_denied';
    return { outcome: 'refused', code: isDenied ? 'access_denied' : 'misconfigured', detail };
  }
}

// A callback that leads nowhere: the back button, a second click, cookies that are gone, or a code
// that somebody else has slipped in. Whoever is signed in has what they wanted.
async function stranger(act: Act, transaction?: Transaction): Promise<Response> {
  const { core, jar, state } = act;
  const { session } = await core.keeper.load(jar);
  if (session && !core.ended.has(session)) {
    const setCookies = await core.transactions.end(jar, state);
    return redirectTo(core, pathBehind(core, transaction), { setCookies });
  }
  const beginning = transaction ?? { wishes: {}, returnTo: core.paths.home };
  return beginAgain(act, beginning, transaction ? 'the code is spent' : 'unknown state');
}

async function beginAgain(act: Act, beginning: Beginning, why: string): Promise<Response> {
  const { core, jar, state } = act;
  const ending = await core.transactions.end(jar, state);
  if (isAgain(state)) return refuse(core, 'login_expired', why, ending);
  const { wishes, returnTo, isSwitch } = beginning;
  const next = { wishes, returnTo, ...(isSwitch && { isSwitch }), isAgain: true };
  const { url, setCookies } = await core.transactions.begin(jar, next);
  core.log({ what: 'login.restarted', detail: why });
  return redirect(url, { setCookies: [...ending, ...setCookies] });
}

// Gatehouse says why there is no code. [RFC 6749 §4.1.2.1] [OIDC Core §3.1.2.6]
async function failed(act: Act, transaction: Transaction | undefined): Promise<Response> {
  const { core, jar, query, state } = act;
  const said = query.get('error') ?? '';
  const ending = await core.transactions.end(jar, state);
  const isForUser = NEEDS_PERSON.includes(said);
  if (transaction && isForUser && transaction.wishes.prompt === 'none') {
    // Somebody asked whether anybody is signed in; the answer is no.
    if (!transaction.isSwitch) {
      return redirectTo(core, pathBehind(core, transaction), { setCookies: ending });
    }
    const { prompt: _, ...wishes } = transaction.wishes;
    return beginAgain(act, { ...transaction, wishes }, said);
  }
  const isKnown = /^[a-z_]{1,64}$/.test(said);
  const code = transaction?.isSwitch && said === 'access_denied' ? 'not_a_member' : codeFor(said);
  return refuse(core, code, isKnown ? said : 'unknown error', ending);
}

const NEEDS_PERSON = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
];

const MISCONFIGURED = [
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'invalid_redirect_uri',
  'request_not_supported',
  'request_uri_not_supported',
  'invalid_connection_id',
  'invalid_connection_selector',
  'invalid_organization_id',
  'no_configured_connections',
  'no_active_connections',
  'connection_not_active',
  'application_not_active',
  'domain_not_found',
];

function codeFor(said: string): WebAuthErrorCode {
  if (said === 'access_denied') return 'access_denied';
  if (said === 'server_error' || said === 'temporarily_unavailable') return 'server_unreachable';
  return MISCONFIGURED.includes(said) ? 'misconfigured' : 'login_failed';
}

function pathBehind(core: Core, transaction: Transaction | undefined): string {
  return safeReturnTo(transaction?.returnTo, core.appUrl, core.paths) ?? core.paths.home;
}

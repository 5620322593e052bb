// The two addresses that browsers are sent to: to sign in [OIDC Core §3.1.2.1] and to sign out
// [OIDC RP-Initiated Logout §2].
import type { AuthorizationUrlOptions, LogoutUrlOptions } from './types.js';

const DEFAULT_SCOPES = ['openid', 'profile', 'email'];

type Parameters = [name: string, value: string | undefined][];

// Where `envUrl` and its kin are read, a slash at the end means nothing.
export function normalisedUrl(text: string): string | undefined {
  try {
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
    if (url.username || url.password || url.search || url.hash) return undefined;
    return url.origin + url.pathname.replace(/\/+$/, '');
  } catch {
    return undefined;
  }
}

export function authorizationUrl(
  envUrl: string,
  clientId: string,
  redirectUri: string,
  options: AuthorizationUrlOptions,
): string {
  const domainHint = options.domainHint || options.domain;
  const query = queryOf([
    ['state', options.state],
    ['nonce', options.nonce],
    ['login_hint', options.loginHint],
    ['domain_hint', domainHint],
    ['domain', domainHint],
    ['connection_id', options.connectionId],
    ['organization_id', options.organizationId],
    ['code_challenge', options.codeChallenge],
    ['code_challenge_method', options.codeChallengeMethod],
    ['provider', options.provider],
    ['prompt', options.prompt],
  ]);
  const always =
    `response_type=code&client_id=${encode(clientId)}&redirect_uri=${encode(redirectUri)}` +
    `&scope=${encode((options.scopes ?? DEFAULT_SCOPES).join(' '))}`;
  return `${envUrl}/oauth/authorize?${query ? `${always}&${query}` : always}`;
}

export function logoutUrl(envUrl: string, options: LogoutUrlOptions): string {
  const query = queryOf([
    ['id_token_hint', options.idTokenHint],
    ['post_logout_redirect_uri', options.postLogoutRedirectUri],
    ['state', options.state],
  ]);
  return `${envUrl}/oidc/logout${query ? `?${query}` : ''}`;
}

function queryOf(parameters: Parameters): string {
  return parameters
    .filter((parameter): parameter is [string, string] => Boolean(parameter[1]))
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&');
}

// All but the unreserved characters [RFC 3986 §2.3]; half a surrogate pair becomes U+FFFD.
function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

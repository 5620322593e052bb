// What a verified token must say before it is believed. One table row for each kind of token keeps
// them apart: an ID token is no access token, a logout token is no ID token. [RFC 8725 §3.11]
import { refuse } from './jwt.js';

export type TokenKind = 'access' | 'id' | 'logout' | 'idpInitiated';

export interface Expectations {
  kind: TokenKind;
  // Undefined: not checked.
  issuer: string | undefined;
  audiences: string[] | undefined;
  checksType: boolean;
  clientId: string;
  toleranceS: number;
  now: number; // ms
}

type Claims = Record<string, unknown>;

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const SUB_CHARACTERS_MAX = 255;

// [RFC 9068 §4] [OIDC Core §2] [OIDC Back-Channel Logout §2.4]
const TYPES: Record<TokenKind, (string | undefined)[]> = {
  access: ['at+jwt', 'application/at+jwt'],
  id: ['jwt', undefined],
  logout: ['logout+jwt', 'application/logout+jwt'],
  idpInitiated: ['jwt', undefined],
};

export function checkClaims(typ: string | undefined, claims: Claims, expected: Expectations): void {
  if (expected.checksType) checkType(typ, claims, expected);
  if (expected.issuer !== undefined && claims['iss'] !== expected.issuer) {
    refuse('token_issuer', 'The token is from another issuer.');
  }
  checkAudience(claims, expected);
  checkTimes(claims, expected);
}

function checkType(typ: string | undefined, claims: Claims, { kind }: Expectations): void {
  const isNamed = TYPES[kind].includes(typ?.toLowerCase());
  if (!isNamed || !hasShapeOf(kind, claims)) {
    refuse('token_type', `The token is not ${NAMES[kind]}.`);
  }
}

const NAMES: Record<TokenKind, string> = {
  access: 'an access token',
  id: 'an ID token',
  logout: 'a logout token',
  idpInitiated: 'the beginning of a sign-in at an identity provider',
};

function hasShapeOf(kind: TokenKind, claims: Claims): boolean {
  const { sub, sid, events, nonce, connection_id: connection } = claims;
  const hasSubject = typeof sub === 'string' && sub !== '' && sub.length <= SUB_CHARACTERS_MAX;
  const event =
    typeof events === 'object' && events !== null
      ? (events as Record<string, unknown>)[LOGOUT_EVENT]
      : undefined;
  switch (kind) {
    case 'access':
    case 'id':
      return hasSubject && events === undefined;
    case 'logout':
      // [OIDC Back-Channel Logout §2.6]
      return (
        (hasSubject || (typeof sid === 'string' && sid !== '')) &&
        typeof event === 'object' &&
        event !== null &&
        nonce === undefined
      );
    case 'idpInitiated':
      return typeof connection === 'string' && connection !== '' && sub === undefined;
  }
}

function checkAudience(claims: Claims, expected: Expectations): void {
  const { audiences, kind, clientId } = expected;
  if (audiences === undefined) return;
  const { aud, azp } = claims;
  // It is for whoever may begin a sign-in here, and says no more.
  if (kind === 'idpInitiated' && aud === undefined) return;
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  const isForUs = named.some((each) => typeof each === 'string' && audiences.includes(each));
  // [OIDC Core §3.1.3.7]
  const isAuthorized = kind !== 'id' || (azp === undefined ? named.length === 1 : azp === clientId);
  if (!isForUs || !isAuthorized) refuse('token_audience', 'The token is for somebody else.');
}

// From the second of `exp` on it is over. [RFC 7519 §4.1.4]
function checkTimes(claims: Claims, { now, toleranceS }: Expectations): void {
  const { exp, nbf } = claims;
  if (typeof exp !== 'number') refuse('token_claims', 'The token has no end.');
  if (nbf !== undefined && typeof nbf !== 'number') {
    refuse('token_claims', 'The token’s beginning is not a number.');
  }
  const seconds = now / 1000;
  if (seconds >= exp + toleranceS) refuse('token_expired', 'The token is expired.');
  if (nbf !== undefined && seconds < nbf - toleranceS) {
    refuse('token_not_yet_valid', 'The token is not valid yet.');
  }
}

// Of an access token; `scopes` is a list, `scope` the same with spaces between. [RFC 8693 §4.2]
export function checkScopes(claims: Claims, required: string[]): void {
  const { scopes, scope } = claims;
  const granted: unknown[] = [
    ...(Array.isArray(scopes) ? scopes : []),
    ...(typeof scope === 'string' ? scope.split(' ') : []),
  ];
  const missing = required.filter((each) => !granted.includes(each));
  if (missing.length > 0) {
    refuse('token_scope_missing', `The token lacks the scopes: ${missing.join(', ')}`);
  }
}

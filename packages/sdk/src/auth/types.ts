// What goes into and comes out of the authentication half of the SDK. Names follow the Scalekit
// Node SDK, so that code written for it compiles against this one.

export interface ClientOptions {
  // Stands in for the global fetch.
  fetch?: typeof fetch;
  // For one HTTP request; 10 s unless said.
  timeoutMs?: number;
  // For calls of the management API that run tools; 60 s unless said.
  toolTimeoutMs?: number;
  // How long published keys are kept before they are fetched anew; 10 min unless said.
  jwksCacheMs?: number;
  // An unknown `kid` has the keys fetched at once, but not more often than this; 30 s unless said.
  jwksCooldownMs?: number;
  // How far the clocks of this machine and of Gatehouse may differ; 5 s unless said.
  clockToleranceS?: number;
  // `false` leaves out what the Scalekit SDK leaves out: issuer and token type are not checked.
  strict?: boolean;
  // The time in ms since 1970; Date.now unless said.
  now?: () => number;
}

export interface AuthorizationUrlOptions {
  scopes?: string[];
  state?: string;
  nonce?: string;
  loginHint?: string;
  domainHint?: string;
  domain?: string; // an older name of domainHint
  connectionId?: string;
  organizationId?: string;
  codeChallenge?: string;
  codeChallengeMethod?: 'S256' | 'plain' | (string & {});
  provider?: string;
  prompt?: 'login' | 'consent' | 'select_account' | 'create' | 'none' | (string & {});
}

export interface AuthenticationOptions {
  codeVerifier?: string;
  // The nonce of the authorization request; the ID token must carry it. [OIDC Core §3.1.3.7]
  nonce?: string;
}

// The claims of a verified ID token.
export interface IdTokenClaims {
  iss: string;
  sub: string;
  aud: string | string[];
  exp: number;
  iat: number;
  nonce?: string;
  sid?: string;
  auth_time?: number;
  amr?: string[];
  email?: string;
  email_verified?: boolean;
  name?: string;
  given_name?: string;
  family_name?: string;
  picture?: string;
  locale?: string;
  oid?: string;
  org_id?: string;
  [claim: string]: unknown;
}

// Names that code written for the Scalekit SDK imports.
export type IdTokenClaim = IdTokenClaims;
export type ScalekitOptions = ClientOptions;

// The claims of a verified access token. [RFC 9068]
export interface AccessTokenClaims {
  iss: string;
  sub: string;
  aud?: string | string[];
  exp: number;
  iat: number;
  jti?: string;
  client_id?: string;
  sid?: string;
  oid?: string;
  org_id?: string;
  email?: string;
  name?: string;
  roles?: string[];
  permissions?: string[];
  scope?: string;
  scopes?: string[];
  [claim: string]: unknown;
}

export interface User {
  id: string;
  email?: string;
  name?: string;
  givenName?: string;
  familyName?: string;
  picture?: string;
  username?: string;
  emailVerified?: boolean;
  [claim: string]: unknown;
}

export interface AuthenticationResponse {
  user: User;
  idToken: string;
  accessToken: string;
  expiresIn: number; // s
  // Empty unless the scope offline_access was granted.
  refreshToken: string;
  // Of the ID token, verified.
  claims: IdTokenClaims;
}

export interface RefreshTokenResponse {
  accessToken: string;
  // The one to use from now on: the new one, or the one that was given if it stays good.
  refreshToken: string;
  idToken?: string;
  expiresIn: number; // s
}

export interface TokenValidationOptions {
  issuer?: string;
  audience?: string | string[];
  requiredScopes?: string[];
}

export interface LogoutUrlOptions {
  idTokenHint?: string;
  postLogoutRedirectUri?: string;
  state?: string;
}

export interface IdpInitiatedLoginClaims {
  organization_id: string;
  connection_id: string;
  login_hint?: string;
  relay_state?: string;
  exp: number;
  iat: number;
  iss: string;
  [claim: string]: unknown;
}

// [RFC 7636 §4]
export interface Pkce {
  codeVerifier: string;
  codeChallenge: string;
  codeChallengeMethod: 'S256';
}

// A sign-in that is bound to whoever began it. Keep all but `url` until the callback.
export interface Authorization {
  url: string;
  state: string;
  nonce: string;
  codeVerifier: string;
}

export interface IdTokenVerificationOptions {
  // What the authorization request said. Left out: not checked.
  nonce?: string;
}

// A session, or all sessions of a person where `sid` is missing, that ended at Gatehouse.
// [OIDC Back-Channel Logout §2.4]
export interface LogoutTokenClaims {
  iss: string;
  aud: string | string[];
  iat: number;
  exp: number;
  jti: string;
  events: Record<string, unknown>;
  sub?: string;
  sid?: string;
  [claim: string]: unknown;
}

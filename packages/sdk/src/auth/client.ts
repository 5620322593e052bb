// Everything of the SDK that needs no management API: signing in, tokens, signing out, webhooks.
// Method and option names, and what methods return, are those of the Scalekit Node SDK.
import { authorizationUrl, logoutUrl, normalisedUrl } from './authorization_url.js';
import { checkClaims, checkScopes, type TokenKind } from './claims.js';
import { ConfigurationError, GatehouseError } from './errors.js';
import { checkAlgorithm, parseToken, refuse, verifySignature } from './jwt.js';
import { KeySet } from './keys.js';
import { SingleFlight } from './single_flight.js';
import { requestTokens, type TokenEndpoint, type Tokens } from './token_endpoint.js';
import type {
  AccessTokenClaims,
  AuthenticationOptions,
  AuthenticationResponse,
  AuthorizationUrlOptions,
  ClientOptions,
  IdpInitiatedLoginClaims,
  IdTokenClaims,
  IdTokenVerificationOptions,
  LogoutTokenClaims,
  LogoutUrlOptions,
  RefreshTokenResponse,
  TokenValidationOptions,
} from './types.js';
import { userOf } from './user.js';
import { verifySignedMessage, type MessageHeaders } from './webhooks.js';

const TIMEOUT_MS = 10_000;
const JWKS_CACHE_MS = 10 * 60_000;
const JWKS_COOLDOWN_MS = 30_000;
const CLOCK_TOLERANCE_S = 5;
const RACER_MS = 10_000;
const CLIENT_TOKEN_EARLY_MS = 60_000;

export class AuthClient {
  // Without a slash at its end; also what `iss` of every token must say.
  readonly envUrl: string;
  readonly clientId: string;
  // It has no secret: it proves itself by PKCE alone.
  readonly isPublic: boolean;

  readonly #clientSecret: string | undefined;
  readonly #isStrict: boolean;
  readonly #toleranceS: number;
  readonly #now: () => number;
  readonly #endpoint: TokenEndpoint;
  readonly #keys: KeySet;
  readonly #refreshes: SingleFlight<Tokens>;
  readonly #clientTokens: SingleFlight<Tokens>;

  constructor(
    envUrl: string,
    clientId: string,
    clientSecret?: string,
    options: ClientOptions = {},
  ) {
    this.envUrl = normalisedUrl(envUrl) ?? misconfigured(ENV_URL_TEXT);
    this.clientId = isText(clientId) ? clientId : misconfigured(CLIENT_ID_TEXT);
    this.isPublic = !clientSecret;
    this.#clientSecret = clientSecret || undefined;
    this.#isStrict = options.strict ?? true;
    this.#toleranceS = options.clockToleranceS ?? CLOCK_TOLERANCE_S;
    const now = options.now ?? Date.now;
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) misconfigured(TIMEOUT_TEXT);
    // Looked up at each call: a test or a framework may replace it, and it must not have a `this`.
    const given = options.fetch;
    const send: typeof fetch = (url, init) => (given ?? globalThis.fetch)(url, init);
    this.#now = now;
    this.#endpoint = { send, envUrl: this.envUrl, timeoutMs };
    this.#keys = new KeySet({
      send,
      url: `${this.envUrl}/keys`,
      timeoutMs,
      cacheMs: options.jwksCacheMs ?? JWKS_CACHE_MS,
      cooldownMs: options.jwksCooldownMs ?? JWKS_COOLDOWN_MS,
      now,
    });
    // An answer that is handed on late must still be worth something.
    this.#refreshes = new SingleFlight(now, ({ expiresIn }) =>
      Math.min(RACER_MS, expiresIn * 500),
    );
    this.#clientTokens = new SingleFlight(now, ({ expiresIn }) =>
      Math.max(0, expiresIn * 1000 - CLIENT_TOKEN_EARLY_MS),
    );
  }

  // Where to send a browser that is to sign in. createAuthorization() makes an address bound to it.
  getAuthorizationUrl(redirectUri: string, options: AuthorizationUrlOptions = {}): string {
    return authorizationUrl(this.envUrl, this.clientId, redirectUri, options);
  }

  // Trades the code of a callback for tokens. Stricter than the Scalekit SDK: both tokens are
  // verified, and with `nonce` also that the ID token belongs to this browser's request.
  async authenticateWithCode(
    code: string,
    redirectUri: string,
    options: AuthenticationOptions = {},
  ): Promise<AuthenticationResponse> {
    const { codeVerifier } = options;
    const tokens = await this.#request({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      ...(codeVerifier && { code_verifier: codeVerifier }),
    });
    const { idToken, accessToken, expiresIn, refreshToken } = tokens;
    if (!idToken) refuse('token_malformed', 'There is no ID token; the scope openid brings one.');
    const claims = await this.verifyIdToken(idToken, options);
    if (this.#isStrict) {
      const { sub } = await this.validateToken<AccessTokenClaims>(accessToken);
      if (sub !== claims.sub) refuse('token_claims', 'The two tokens are of different people.');
    }
    return {
      user: userOf(claims),
      idToken,
      accessToken,
      expiresIn,
      refreshToken: refreshToken ?? '',
      claims,
    };
  }

  // The claims of an access token that is good here and now. Stricter than the Scalekit SDK: it
  // must be an access token, from this Gatehouse, for this client unless `audience` names another.
  // Throws TokenError for a bad token and ServerUnreachableError if its key could not be had.
  async validateToken<T = AccessTokenClaims>(
    token: string,
    options: TokenValidationOptions = {},
  ): Promise<T> {
    const claims = await this.#verify('access', token, options);
    if (options.requiredScopes?.length) checkScopes(claims, options.requiredScopes);
    return claims as T;
  }

  // False for whatever validateToken() throws, also for a server that is away.
  async validateAccessToken(token: string, options: TokenValidationOptions = {}): Promise<boolean> {
    return await this.validateToken(token, options).then(
      () => true,
      () => false,
    );
  }

  // A new access token. All that bring the same refresh token at once, or within 10 s, get the same
  // answer from one request. OAuthError `invalid_grant` says that the session is over, and nothing
  // else does. An answer without a refresh token means that the old one stays good.
  async refreshAccessToken(refreshToken: string): Promise<RefreshTokenResponse> {
    if (!isText(refreshToken)) {
      throw new GatehouseError('missing_refresh_token', 'There is no refresh token.');
    }
    const tokens = await this.#refreshes.run(refreshToken, () =>
      this.#request({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    );
    return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  }

  // Where to send a browser that is to be signed out of Gatehouse as well.
  getLogoutUrl(options: LogoutUrlOptions = {}): string {
    return logoutUrl(this.envUrl, options);
  }

  // What an identity provider's tile sent a browser here with. It signs nobody in: begin a sign-in
  // with its connection.
  async getIdpInitiatedLoginClaims(
    token: string,
    options: TokenValidationOptions = {},
  ): Promise<IdpInitiatedLoginClaims> {
    return (await this.#verify('idpInitiated', token, options)) as IdpInitiatedLoginClaims;
  }

  // With `nonce`, even an undefined one, the token must say the same.
  async verifyIdToken(
    token: string,
    options: IdTokenVerificationOptions = {},
  ): Promise<IdTokenClaims> {
    const claims = await this.#verify('id', token, {});
    if ('nonce' in options && claims['nonce'] !== options.nonce) {
      refuse('token_nonce', 'The ID token belongs to another request.');
    }
    return claims as IdTokenClaims;
  }

  // What Gatehouse posts to an application when a session ends. [OIDC Back-Channel Logout §2.6]
  async verifyLogoutToken(token: string): Promise<LogoutTokenClaims> {
    return (await this.#verify('logout', token, {})) as unknown as LogoutTokenClaims;
  }

  // Reads scopes only; whether the token is good, validateToken() tells.
  verifyScopes(token: string, requiredScopes: string[]): boolean {
    checkScopes(parseToken(token).claims, requiredScopes);
    return true;
  }

  // An access token of a client that acts for itself.
  async generateClientToken(clientId: string, clientSecret: string): Promise<string> {
    return (await this.#requestClientToken(clientId, clientSecret)).accessToken;
  }

  // The same for this client; kept until a minute before its end. `renew` asks for another one.
  async getClientAccessToken(options: { renew?: boolean } = {}): Promise<string> {
    const secret = this.#clientSecret ?? misconfigured(SECRET_TEXT);
    if (options.renew) this.#clientTokens.forget('');
    const ask = (): Promise<Tokens> => this.#requestClientToken(this.clientId, secret);
    return (await this.#clientTokens.run('', ask)).accessToken;
  }

  // True, or throws WebhookVerificationError. `payload` is the body as it came, not parsed.
  // Stricter than the Scalekit SDK: the timestamp must be digits, the secret must not be empty.
  verifyWebhookPayload(
    secret: string,
    headers: MessageHeaders,
    payload: string | Uint8Array,
  ): boolean {
    const now = this.#now();
    return verifySignedMessage({ kind: 'webhook', secret, headers, payload, now });
  }

  verifyInterceptorPayload(
    secret: string,
    headers: MessageHeaders,
    payload: string | Uint8Array,
  ): boolean {
    const now = this.#now();
    return verifySignedMessage({ kind: 'interceptor', secret, headers, payload, now });
  }

  async #verify(
    kind: TokenKind,
    token: string,
    options: TokenValidationOptions,
  ): Promise<Record<string, unknown>> {
    const parsed = parseToken(token);
    checkAlgorithm(parsed);
    const key = await this.#keys.find(parsed.kid, parsed.alg);
    await verifySignature(parsed, key);
    const { audience } = options;
    const named = audience === undefined ? undefined : [audience].flat();
    checkClaims(parsed.typ, parsed.claims, {
      kind,
      issuer: options.issuer ?? (this.#isStrict ? this.envUrl : undefined),
      audiences: named ?? (this.#isStrict ? [this.clientId] : undefined),
      checksType: this.#isStrict,
      clientId: this.clientId,
      toleranceS: this.#toleranceS,
      now: this.#now(),
    });
    return parsed.claims;
  }

  #request(grant: Record<string, string>): Promise<Tokens> {
    const client = { clientId: this.clientId, clientSecret: this.#clientSecret };
    return requestTokens(this.#endpoint, client, grant);
  }

  #requestClientToken(clientId: string, clientSecret: string): Promise<Tokens> {
    const grant = { grant_type: 'client_credentials' };
    return requestTokens(this.#endpoint, { clientId, clientSecret }, grant);
  }
}

const ENV_URL_TEXT =
  'The environment URL must be http:// or https:// and a host, as the dashboard shows it.';
const CLIENT_ID_TEXT = 'The client id is missing.';
const SECRET_TEXT = 'This needs a client secret, and the client was made without one.';
const TIMEOUT_TEXT = 'timeoutMs must be a positive number of milliseconds.';

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function misconfigured(message: string): never {
  throw new ConfigurationError(message);
}

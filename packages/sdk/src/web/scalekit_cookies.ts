// The three cookies of applications written by Scalekit's guide, for moving over step by step: code
// that reads them goes on working. Nothing in them is sealed, so the access token is verified with
// every request, and the ID token serves for nothing but signing out.
import type { AuthClient } from '../auth/client.js';
import { ServerUnreachableError } from '../auth/errors.js';
import type { AccessTokenClaims } from '../auth/types.js';
import { type CookieJar, deleteCookie, setCookie } from './cookies.js';
import { sessionFrom } from './session.js';
import { type Kept, type SessionKeeper, SessionTooLargeError } from './session_keeper.js';
import type { Session } from './types.js';

const ACCESS = 'sk-access-token';
const REFRESH = 'sk-refresh-token';
const ID = 'sk-id-token';
const NAMES = [ID, ACCESS, REFRESH];
// Browsers drop cookies of more than 4,096 bytes, attributes not counted.
const VALUE_CHARACTERS_MAX = 4000;

export interface ScalekitCookiesOptions {
  client: AuthClient;
  isSecure: boolean;
  maxAgeSeconds: number;
  now: () => number; // s
  warn: (detail: string) => void;
}

export class ScalekitCookies implements SessionKeeper {
  constructor(private readonly options: ScalekitCookiesOptions) {}

  async load(jar: CookieJar): Promise<Kept> {
    if (jar.isOversized) return { problem: 'unreadable' };
    const accessToken = jar.get(ACCESS);
    const refreshToken = jar.get(REFRESH);
    const idToken = jar.get(ID);
    if (accessToken === undefined && refreshToken === undefined) {
      return NAMES.some((name) => jar.has(name)) ? { problem: 'unreadable' } : {};
    }
    const access = await this.verify(accessToken);
    if (access === 'unreachable') return { problem: 'unreachable' };
    if (access && accessToken !== undefined) {
      const expiresIn = access.exp - this.options.now();
      const tokens = { accessToken, access, refreshToken, idToken, expiresIn };
      return { session: sessionFrom(tokens, access.iat) };
    }
    if (refreshToken === undefined) return { problem: 'expired' };
    // Whose session it is will be known once there is an access token again.
    const tokens = { refreshToken, ...(idToken !== undefined && { idToken }) };
    return { session: { ...NOBODY, ...tokens } };
  }

  async save(_jar: CookieJar, session: Session): Promise<string[]> {
    const { warn } = this.options;
    const { accessToken, refreshToken, idToken } = session;
    if (accessToken.length > VALUE_CHARACTERS_MAX) throw new SessionTooLargeError();
    const isIdTokenKept = idToken !== undefined && idToken.length <= VALUE_CHARACTERS_MAX;
    if (idToken !== undefined && !isIdTokenKept) warn('the ID token is too large for a cookie');
    return [
      this.line(ID, isIdTokenKept ? idToken : undefined),
      this.line(ACCESS, accessToken),
      this.line(REFRESH, refreshToken),
    ];
  }

  async clear(jar: CookieJar): Promise<string[]> {
    return this.forget(jar);
  }

  forget(jar: CookieJar): string[] {
    const present = NAMES.filter((name) => jar.isOversized || jar.has(name));
    return present.map((name) => this.line(name, undefined));
  }

  async end(): Promise<void> {
    // Cookies are where no server reaches them.
  }

  private async verify(
    token: string | undefined,
  ): Promise<AccessTokenClaims | 'unreachable' | undefined> {
    if (token === undefined) return undefined;
    try {
      return await this.options.client.validateToken<AccessTokenClaims>(token);
    } catch (error) {
      return error instanceof ServerUnreachableError ? 'unreachable' : undefined;
    }
  }

  private line(name: string, value: string | undefined): string {
    const { isSecure, maxAgeSeconds } = this.options;
    return value === undefined
      ? deleteCookie({ name, isSecure })
      : setCookie({ name, isSecure }, value, maxAgeSeconds);
  }
}

const NOBODY: Session = {
  user: { sub: '' },
  roles: [],
  permissions: [],
  accessToken: '',
  accessExpiresAt: 0,
  signedInAt: Infinity,
};

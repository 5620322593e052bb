// Signing in on any server that speaks Request and Response. A framework's own package hands over
// requests and reads a session; everything that can go wrong on the way is decided here.
import type { AuthClient } from '../auth/client.js';

// What is kept of somebody who is signed in. Tokens in it were verified when they came, and what
// holds them is sealed: whoever can read a Session may trust it until `accessExpiresAt`.
export interface Session {
  user: SessionUser;
  roles: string[];
  permissions: string[];
  sessionId?: string; // of the session at Gatehouse, which all applications share
  accessToken: string;
  accessExpiresAt: number; // s since 1970
  renewAt?: number; // s since 1970; a new access token is fetched from then on
  refreshToken?: string;
  idToken?: string;
  signedInAt: number; // s since 1970
}

// Plain JSON.
export interface SessionUser {
  sub: string;
  email?: string;
  name?: string;
  orgId?: string;
  orgName?: string;
  picture?: string;
}

export interface Paths {
  login: string;
  callback: string;
  logout: string;
  backchannelLogout: string;
  me: string;
  switchOrg: string;
  // Where people go when there is nowhere else, and where errors are shown; '/' unless said.
  home: string;
}

// Keeps sealed sessions by name. Values are opaque; an entry may be dropped after its time.
export interface SessionStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface SessionOptions {
  // `cookie`: all of it sealed into cookies. `store`: an opaque key in the cookie, the rest there.
  strategy?: 'cookie' | 'store';
  store?: SessionStore;
  // gh_session; `__Host-` is put before it over https. On a loopback name over http the port is
  // part of it (gh_session_4321), since browsers share cookies between all ports of a host.
  cookieName?: string;
  chunkBytes?: number; // 3500
  maxAgeSeconds?: number; // 30 days, from the last use
}

export interface WebAuthOptions {
  client: AuthClient;
  // The origin under which browsers reach this application. Never taken from a request.
  appUrl: string;
  // 32 characters at least each. The first one seals; all of them open.
  cookieSecrets: string[];
  paths?: Partial<Paths>;
  scopes?: string[]; // openid profile email offline_access
  session?: SessionOptions;
  // `scalekit`: the three cookies sk-access-token, sk-refresh-token and sk-id-token of applications
  // written by Scalekit's guide, for those that move over step by step.
  cookies?: 'sealed' | 'scalekit';
  // How a POST that leads to Gatehouse is answered; `redirect` unless said. `page` is a page that
  // goes on by itself, for applications whose Content-Security-Policy has a form-action.
  formAnswers?: 'redirect' | 'page';
  // Seconds before its end at which an access token is renewed; 30 unless said.
  refreshEarlySeconds?: number;
  now?: () => number; // ms
  log?: (event: WebAuthEvent) => void;
}

// For logs and the developer's toolbar. Holds no secret.
export interface WebAuthEvent {
  at: number; // ms
  what:
    | 'login.started'
    | 'login.completed'
    | 'login.refused'
    | 'login.restarted'
    | 'session.refreshed'
    | 'session.ended'
    | 'session.unreadable'
    | 'session.large'
    | 'server.unreachable'
    | 'logout'
    | 'logout.backchannel'
    | 'organization.switched';
  code?: WebAuthErrorCode;
  detail?: string;
}

// What `?auth_error=` says at `paths.home`, and what AuthError explains.
export type WebAuthErrorCode =
  | 'access_denied'
  | 'login_expired'
  | 'login_failed'
  | 'server_unreachable'
  | 'not_a_member'
  | 'misconfigured';

export interface Authenticated {
  session?: Session;
  // Why there is none although there was a cookie: `unreachable` keeps the cookie for later.
  problem?: 'unreadable' | 'expired' | 'ended' | 'unreachable';
  // Set-Cookie lines that the response must carry, in this order.
  setCookies: string[];
}

// The options of WebAuth, read once: what cannot work is said at the start and not at somebody's
// first sign-in.
import { ConfigurationError } from '../auth/errors.js';
import type { ChunkSettings } from './cookies.js';
import { SECRET_CHARACTERS_MIN } from './seal.js';
import type { Paths, WebAuthOptions } from './types.js';

const DEFAULT_PATHS: Paths = {
  login: '/auth/login',
  callback: '/auth/callback',
  logout: '/auth/logout',
  backchannelLogout: '/auth/backchannel-logout',
  me: '/auth/me',
  switchOrg: '/auth/switch-org',
  home: '/',
};
const DEFAULT_SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const SECRETS_MAX = 10;
const CHUNK_BYTES = 3500;
const CHUNK_BYTES_MAX = 3900; // and with it name, number and `=`: 4,096 is what browsers take
const CHUNK_BYTES_MIN = 100;
const MAX_AGE_S = 30 * 86_400;
const MAX_AGE_S_MAX = 400 * 86_400; // browsers keep no cookie longer
const EARLY_S = 30;

export interface Place {
  appUrl: string;
  isSecure: boolean;
  paths: Paths;
  scopes: string[];
  cookie: ChunkSettings;
  loginCookiePrefix: string;
  maxAgeSeconds: number;
  refreshEarlySeconds: number;
}

export function readOptions(options: WebAuthOptions): Place {
  const origin = originOf(options.appUrl);
  const isSecure = origin.protocol === 'https:';
  const { session = {}, cookieSecrets } = options;
  const areSecretsGood =
    cookieSecrets.length >= 1 &&
    cookieSecrets.length <= SECRETS_MAX &&
    cookieSecrets.every((secret) => secret.length >= SECRET_CHARACTERS_MIN);
  check(areSecretsGood, 'Each cookie secret must have 32 characters at least.');
  const { chunkBytes = CHUNK_BYTES, cookieName, maxAgeSeconds = MAX_AGE_S } = session;
  check(
    chunkBytes >= CHUNK_BYTES_MIN && chunkBytes <= CHUNK_BYTES_MAX,
    `chunkBytes must be between ${CHUNK_BYTES_MIN} and ${CHUNK_BYTES_MAX}.`,
  );
  check(
    cookieName === undefined || /^[A-Za-z0-9_-]{1,60}$/.test(cookieName),
    'The name of the session cookie must be letters, digits, - and _.',
  );
  check(maxAgeSeconds > 0, 'maxAgeSeconds must be more than 0.');
  check(
    session.strategy !== 'store' || session.store !== undefined,
    'The strategy `store` needs a store.',
  );
  const port = isSecure || !origin.port || !isLoopback(origin.hostname) ? '' : `_${origin.port}`;
  const prefix = isSecure ? '__Host-' : '';
  const name = prefix + (cookieName ?? `gh_session${port}`);
  return {
    appUrl: origin.origin,
    isSecure,
    paths: pathsOf(options.paths ?? {}, origin.origin),
    scopes: options.scopes ?? DEFAULT_SCOPES,
    cookie: { name, isSecure, chunkBytes: Math.floor(chunkBytes) },
    loginCookiePrefix: `${prefix}gh_login${port}.`,
    maxAgeSeconds: Math.min(maxAgeSeconds, MAX_AGE_S_MAX),
    refreshEarlySeconds: options.refreshEarlySeconds ?? EARLY_S,
  };
}

function originOf(appUrl: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(appUrl);
  } catch {
    url = undefined;
  }
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  const isOrigin = isWeb && url?.pathname === '/' && !url.search && !url.hash;
  if (!url || !isOrigin || url.username || url.password) {
    throw new ConfigurationError('appUrl must be the origin of the application, as in a browser.');
  }
  return url;
}

// Another undefined in `given` leaves a default.
function pathsOf(given: Partial<Paths>, appUrl: string): Paths {
  const paths = { ...DEFAULT_PATHS };
  for (const name of Object.keys(DEFAULT_PATHS) as (keyof Paths)[]) {
    const path = given[name];
    if (path === undefined) continue;
    const url = path.startsWith('/') ? new URL(path, appUrl) : undefined;
    check(url?.origin === appUrl, `The path of ${name} must begin with one slash.`);
    paths[name] = path.length > 1 ? path.replace(/\/+$/, '') : path;
  }
  return paths;
}

// [RFC 6761 §6.3] [RFC 1122 §3.2.1.3]
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

function check(isGood: boolean, text: string): asserts isGood {
  if (!isGood) throw new ConfigurationError(text);
}

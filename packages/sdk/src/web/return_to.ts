// Where to go after signing in: a path of this application and of nothing else, in whatever
// disguise something else comes. What is left of an address has been read and written anew by the
// same parser that browsers use [WHATWG URL], so that both see the same thing.
import type { Paths } from './types.js';

const CHARACTERS_MAX = 2000;
const DECODINGS_MAX = 3;
// Browsers leave some of them out and take the backslash for a slash.
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\\]/;

// Path, query and fragment; undefined if it leads elsewhere, or to one of the routes of signing in.
export function safeReturnTo(
  wanted: string | null | undefined,
  appUrl: string,
  paths: Paths,
): string | undefined {
  if (!wanted || wanted.length > CHARACTERS_MAX || FORBIDDEN.test(wanted)) return undefined;
  const path = wanted.startsWith('/') ? wanted : behindOrigin(wanted, appUrl);
  if (path === undefined || path.startsWith('//')) return undefined;
  const url = parse(path, appUrl);
  if (!url || url.origin !== appUrl || url.username || url.password) return undefined;
  if (!isSafeWhenDecoded(url.pathname) || isOwnRoute(url.pathname, paths)) return undefined;
  const safe = url.pathname + url.search + url.hash;
  return safe.length > CHARACTERS_MAX ? undefined : safe;
}

function behindOrigin(wanted: string, appUrl: string): string | undefined {
  if (!wanted.startsWith(appUrl)) return undefined;
  const rest = wanted.slice(appUrl.length);
  if (rest === '') return '/';
  if (rest.startsWith('/')) return rest;
  return rest.startsWith('?') || rest.startsWith('#') ? `/${rest}` : undefined;
}

// Proxies and routers behind us may decode once more than we do.
function isSafeWhenDecoded(pathname: string): boolean {
  let text = pathname;
  for (let round = 0; round < DECODINGS_MAX; ++round) {
    const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
    // Bytes of UTF-8 beyond ASCII are no control characters.
    if (/^\/[\s]*[/\\]/.test(decoded) || /[\u0000-\u001f\u007f\\]/.test(decoded)) return false;
    if (decoded === text) return true;
    text = decoded;
  }
  return false;
}

function isOwnRoute(pathname: string, paths: Paths): boolean {
  const { login, callback, logout, backchannelLogout, me, switchOrg } = paths;
  const plain = pathname.replace(/\/+$/, '');
  return [login, callback, logout, backchannelLogout, me, switchOrg].includes(plain);
}

function parse(path: string, appUrl: string): URL | undefined {
  try {
    return new URL(path, appUrl);
  } catch {
    return undefined;
  }
}

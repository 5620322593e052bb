// What a component knows of the person and of the page it stands on. In a server island the page is
// the one that asked for the island; on a prerendered page nobody is known.
/// <reference path="../virtual.d.ts" />
import { config } from 'virtual:gatehouse/config';
import { asText, problem } from '../dist/messages.js';
import type { AuthQuery, LocalsAuth, LocalsUser } from '../dist/types.js';

// The part of `Astro` that is read here.
export interface Surroundings {
  url: URL;
  originPathname?: string;
  request: Request;
  locals: object;
}

export interface Account {
  isSignedIn: boolean;
  user: LocalsUser | undefined;
  auth: LocalsAuth | undefined;
  // What to tell the developer, if no session was read; '' otherwise and outside of `astro dev`.
  warning: string;
}

const ISLAND = /(^|\/)_server-islands\//;
const PATH_CHARACTERS_MAX = 2000;

let hasWarned = false;

export function accountOf(astro: Surroundings, component: string): Account {
  const { auth, user } = astro.locals as { auth?: LocalsAuth; user?: LocalsUser };
  // Edge middleware may hand over locals as JSON, which loses functions.
  const wasRead = typeof auth?.has === 'function';
  if (!wasRead && !hasWarned) {
    hasWarned = true;
    console.error(`[gatehouse] <${component}>: ${asText(problem('GH205'))}`);
  }
  const isSignedIn = wasRead && auth.isSignedIn;
  return {
    isSignedIn,
    user: isSignedIn ? user : undefined,
    auth: wasRead ? auth : undefined,
    warning: wasRead || !config.isDev ? '' : `<${component}>: ${asText(problem('GH205'))}`,
  };
}

// Whether the person is signed in and has all that is asked for.
export function isAllowed({ auth, isSignedIn }: Account, query: AuthQuery): boolean {
  return isSignedIn && auth !== undefined && auth.has(query);
}

export function isIsland(astro: Surroundings): boolean {
  return ISLAND.test(astro.url.pathname);
}

// The page that people look at: its path and query, without what a failed sign-in added.
export function pageOf(astro: Surroundings): string {
  const { pathname, search } = pageUrl(astro);
  const page = pathname + withoutAuthError(search);
  const isPath = /^\/(?![/\\])/.test(page) && page.length <= PATH_CHARACTERS_MAX;
  return isPath ? page : config.routes.home;
}

function withoutAuthError(search: string): string {
  const query = new URLSearchParams(search);
  if (!query.has('auth_error')) return search;
  query.delete('auth_error');
  return query.size ? `?${query}` : '';
}

// What a failed sign-in put into the page's address; undefined on any other page.
export function authErrorOf(astro: Surroundings): string | undefined {
  return new URLSearchParams(pageUrl(astro).search).get('auth_error') ?? undefined;
}

function pageUrl(astro: Surroundings): { pathname: string; search: string } {
  if (!isIsland(astro)) return { pathname: askedPath(astro), search: astro.url.search };
  // Only path and query are taken: what a browser says of hosts is not to be trusted.
  const referer = astro.request.headers.get('referer') ?? '';
  return URL.canParse(referer) ? new URL(referer) : { pathname: config.routes.home, search: '' };
}

// The path before a rewrite. Astro writes a slash at its end, whether there was one or not.
function askedPath({ url, originPathname = url.pathname }: Surroundings): string {
  const isSame = originPathname.replace(/\/$/, '') === url.pathname.replace(/\/$/, '');
  return isSame ? url.pathname : originPathname;
}

export interface SignInOptions {
  // The path to come back to; the page itself unless given.
  returnTo?: string | undefined;
  loginHint?: string | undefined;
  organizationId?: string | undefined;
  connectionId?: string | undefined;
  provider?: string | undefined;
  domainHint?: string | undefined;
  prompt?: string | undefined;
}

export function signInUrl(astro: Surroundings, options: SignInOptions, screen?: 'sign-up'): string {
  const query = new URLSearchParams({ returnTo: options.returnTo ?? pageOf(astro) });
  const add = (name: string, value: string | undefined): void => {
    if (value) query.set(name, value);
  };
  add('login_hint', options.loginHint);
  add('organization_id', options.organizationId);
  add('connection_id', options.connectionId);
  add('provider', options.provider);
  add('domain_hint', options.domainHint);
  add('prompt', options.prompt);
  add('screen', screen);
  return `${config.routes.login}?${query}`;
}

// For pairs of a button and what it opens. Several components may stand on a page, and islands come
// to it one by one, so a count would not do.
export function newId(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `gh-${number.toString(36)}`;
}

// One or two letters for somebody without a picture.
export function initialsOf(name: string | undefined, email: string | undefined): string {
  const words = (name?.trim() || email?.split('@')[0] || '').split(/[\s._-]+/u).filter(Boolean);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  return (firstLetter(first) + firstLetter(last)).toLocaleUpperCase('en') || '?';
}

// A letter as people see it, with its accents.
function firstLetter(word: string): string {
  const [segment] = new Intl.Segmenter('en').segment(word);
  return segment?.segment ?? '';
}

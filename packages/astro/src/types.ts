// The options of `gatehouse()`, and what pages find in `Astro.locals`.
import type { SessionStore } from '@gatehouse/sdk/web';

export interface GatehouseOptions {
  // Where the injected routes live. `scalekit` is /api/auth, as in Scalekit's guide.
  routes?: RouteOptions | 'scalekit';
  // Pages that need somebody who is signed in. `*` stands for the rest of one segment, `**` for
  // any rest: '/dashboard/**' covers /dashboard too.
  protect?: (string | RegExp | ProtectRule)[];
  session?: {
    strategy?: 'cookie' | 'store';
    cookieName?: string;
    chunkSize?: number; // bytes
    maxAge?: number; // s
    // The module that default-exports a SessionStore, as an import path. Without it, `store` keeps
    // sessions in Astro's own session storage.
    store?: string;
  };
  scopes?: string[];
  cookies?: 'sealed' | 'scalekit';
  // Security headers on every response; on unless false.
  headers?: boolean;
  // Adds what sign-out needs to Astro's security.csp, where that is on.
  csp?: boolean;
  devToolbar?: boolean;
  // Makes responses with immutable headers mutable, so that cookies can be set on them.
  repairResponses?: boolean;
  // The build-time checks; 'warn' prints what it finds and goes on.
  lint?: 'error' | 'warn' | 'off';
  // The origin of this application; GATEHOUSE_APP_URL unless said.
  appUrl?: string;
}

export interface RouteOptions {
  base?: string; // '/auth'
  login?: string;
  callback?: string;
  logout?: string;
  backchannelLogout?: string;
  me?: string;
  switchOrg?: string;
}

export interface ProtectRule {
  pages: (string | RegExp)[] | string | RegExp;
  roles?: string[]; // any of them
  permissions?: string[]; // all of them
  organization?: 'required';
}

export interface LocalsUser {
  sub: string;
  email?: string;
  name?: string;
  orgId?: string;
}

// Asks for what a person must have: any of the roles, all of the permissions, an organization.
export interface AuthQuery {
  role?: string | string[];
  permission?: string | string[];
  organization?: string | 'required';
}

export interface LocalsAuth {
  isSignedIn: boolean;
  userId?: string;
  orgId?: string;
  orgName?: string;
  sessionId?: string;
  roles: string[];
  permissions: string[];
  picture?: string;
  // s since 1970; when the access token ends.
  expiresAt?: number;
  // True while Gatehouse cannot be reached and so nobody can be told to be signed in.
  isUnreachable: boolean;
  has(query: AuthQuery): boolean;
  // `return` what it gives back, if it does: a redirect to sign-in, or 403.
  protect(query?: AuthQuery): Response | undefined;
  // The access token, for calls to APIs. Rejects if nobody is signed in.
  getToken(): Promise<string>;
  signInUrl(returnTo?: string): string;
  signUpUrl(returnTo?: string): string;
}

// What the virtual module `virtual:gatehouse/config` exports as `config`; plain JSON.
export interface BuiltConfig {
  routes: Required<Omit<RouteOptions, 'base'>> & { home: string };
  protect: BuiltRule[];
  session: {
    strategy: 'cookie' | 'store';
    cookieName: string; // '' for the usual one
    chunkSize: number;
    maxAge: number;
  };
  scopes: string[];
  cookies: 'sealed' | 'scalekit';
  headers: boolean;
  repairResponses: boolean;
  // Whether the middleware refuses forms from other sites, in place of Astro's own check.
  checkOrigin: boolean;
  // `page` where a policy would hold the redirect that follows a form.
  formAnswers: 'redirect' | 'page';
  appUrl: string; // '' where only the environment says it
  site: string; // Astro's own `site`; ''
  base: string; // Astro's own `base`, without a slash at its end: '', '/docs'
  trailingSlash: 'always' | 'never' | 'ignore';
  imageRoute: string; // of Astro's image endpoint, which looks the same for everybody
  isDev: boolean;
  // Of `astro dev` without any secret: one made up at its start.
  devCookieSecret: string;
  version: string;
}

export interface BuiltRule {
  patterns: { source: string; flags: string }[]; // of regular expressions on the path
  shown: string; // as the configuration wrote it
  roles: string[];
  permissions: string[];
  organization: boolean;
}

export type { SessionStore };

// Everything a web application needs to have people signed in by Gatehouse, on Request and
// Response: six routes, and what every other request asks first.
import { SingleFlight } from '../auth/single_flight.js';
import { authenticate, type How } from './authenticate.js';
import { backchannelLogout } from './backchannel.js';
import { callback, type Exchange } from './callback.js';
import { type Core, refuse } from './core.js';
import { CookieJar } from './cookies.js';
import { EndedSessions } from './ended_sessions.js';
import { text } from './http.js';
import { login } from './login.js';
import { logout } from './logout.js';
import { me } from './me.js';
import { Memory } from './memory.js';
import { codeOf, Renewals } from './renewals.js';
import { safeReturnTo } from './return_to.js';
import { ScalekitCookies } from './scalekit_cookies.js';
import { Sealer } from './seal.js';
import { SealedCookies } from './sealed_cookies.js';
import type { SessionKeeper } from './session_keeper.js';
import { type Place, readOptions } from './settings.js';
import { StoredSessions } from './stored_sessions.js';
import { switchOrganization } from './switch_organization.js';
import { Transactions } from './transaction.js';
import type { Authenticated, Paths, Session, WebAuthOptions } from './types.js';

// Longer than any logout token lives.
const LOGOUT_TOKENS_KEPT_MS = 60 * 60_000;
const LOGOUT_TOKENS_MAX = 10_000;
const SECOND_CLICK_MS = 10_000;

type Handler = (core: Core, request: Request) => Promise<Response>;

export class WebAuth {
  // The origin, without a slash at its end.
  readonly appUrl: string;
  readonly paths: Paths;
  // Of the session, without `.0…8` at its end.
  readonly cookieName: string;
  readonly #core: Core;

  // Throws ConfigurationError for what cannot work.
  constructor(options: WebAuthOptions) {
    const place = readOptions(options);
    this.appUrl = place.appUrl;
    this.paths = place.paths;
    this.cookieName = place.cookie.name;
    this.#core = coreOf(options, place);
  }

  // Sends the browser to Gatehouse. Reads returnTo (or next), login_hint, organization_id,
  // connection_id, provider, domain_hint, prompt and screen=sign-up. Does nothing for whoever only
  // looks ahead: 204.
  login(request: Request): Promise<Response> {
    return this.#answer(login, request);
  }

  // Takes the browser back from Gatehouse.
  callback(request: Request): Promise<Response> {
    return this.#answer(callback, request);
  }

  // POST signs out here and at Gatehouse; GET shows a button that does.
  logout(request: Request): Promise<Response> {
    return this.#answer(logout, request);
  }

  // Gatehouse calls this when a session ends elsewhere. [OIDC Back-Channel Logout §2.5]
  backchannelLogout(request: Request): Promise<Response> {
    return this.#answer(backchannelLogout, request);
  }

  // Who is signed in, as JSON for scripts of the same origin.
  me(request: Request): Promise<Response> {
    return this.#answer(me, request);
  }

  // POST with organization_id and returnTo: the same person in another organization.
  switchOrganization(request: Request): Promise<Response> {
    return this.#answer(switchOrganization, request);
  }

  // Whichever of the six routes the request is for; undefined if none.
  async handle(request: Request): Promise<Response | undefined> {
    const { login, callback, logout, backchannelLogout, me, switchOrg } = this.paths;
    switch (new URL(request.url).pathname.replace(/\/+$/, '') || '/') {
      case login:
        return this.login(request);
      case callback:
        return this.callback(request);
      case logout:
        return this.logout(request);
      case backchannelLogout:
        return this.backchannelLogout(request);
      case me:
        return this.me(request);
      case switchOrg:
        return this.switchOrganization(request);
      default:
        return undefined;
    }
  }

  // Who sends this request. Renews the access token when its time has come; `renew: 'now'` does so
  // at once. Never throws.
  async authenticate(request: Request, how: How = {}): Promise<Authenticated> {
    return authenticate(this.#core, request, how);
  }

  // The Set-Cookie lines that make this the session of whoever sent the request.
  async keep(request: Request, session: Session): Promise<string[]> {
    const jar = new CookieJar(request.headers.get('cookie'));
    return this.#core.keeper.save(jar, session, 'signed in');
  }

  // The path of the login route, coming back to `returnTo` if that is a place of this application.
  signInUrl(returnTo?: string): string {
    const path = safeReturnTo(returnTo, this.appUrl, this.paths);
    const query = path === undefined ? '' : `?returnTo=${encodeURIComponent(path)}`;
    return `${this.paths.login}${query}`;
  }

  // What we did not foresee must not tell the browser anything.
  async #answer(handler: Handler, request: Request): Promise<Response> {
    try {
      return await handler(this.#core, request);
    } catch (error) {
      const isPage = handler === login || handler === callback;
      const detail = `unexpected: ${codeOf(error)}`;
      if (isPage) return refuse(this.#core, 'login_failed', detail);
      this.#core.log({ what: 'login.refused', detail });
      return text('This did not work. Try again.\n', { status: 500 });
    }
  }
}

function coreOf(options: WebAuthOptions, place: Place): Core {
  const { client } = options;
  const now = options.now ?? Date.now;
  const { appUrl, isSecure } = place;
  const sealer = new Sealer(options.cookieSecrets, client.clientId);
  const log: Core['log'] = (event) => {
    try {
      options.log?.({ at: now(), ...event });
    } catch {
      // A log that fails must not fail a sign-in.
    }
  };
  const keepSeconds = place.maxAgeSeconds;
  const keptTokens = { keepMs: LOGOUT_TOKENS_KEPT_MS, entriesMax: LOGOUT_TOKENS_MAX, now };
  return {
    client,
    appUrl,
    paths: place.paths,
    formAnswers: options.formAnswers ?? 'redirect',
    refreshEarlySeconds: place.refreshEarlySeconds,
    keeper: keeperOf(options, place, { sealer, now: () => now() / 1000, log }),
    transactions: new Transactions({
      client,
      sealer,
      scopes: place.scopes,
      redirectUri: appUrl + place.paths.callback,
      prefix: place.loginCookiePrefix,
      isSecure,
      now,
    }),
    renewals: new Renewals(client, now),
    exchanges: new SingleFlight<Exchange>(now, ({ outcome }) =>
      outcome === 'tokens' ? SECOND_CLICK_MS : 0,
    ),
    ended: new EndedSessions({ keepSeconds, now }),
    usedLogoutTokens: new Memory(keptTokens),
    now,
    log,
  };
}

interface KeeperParts {
  sealer: Sealer;
  now: () => number; // s
  log: Core['log'];
}

function keeperOf(options: WebAuthOptions, place: Place, parts: KeeperParts): SessionKeeper {
  const { sealer, now, log } = parts;
  const { cookie, maxAgeSeconds, isSecure } = place;
  const warn = (detail: string): void => log({ what: 'session.large', detail });
  if (options.cookies === 'scalekit') {
    return new ScalekitCookies({ client: options.client, isSecure, maxAgeSeconds, now, warn });
  }
  const store = options.session?.strategy === 'store' ? options.session.store : undefined;
  return store
    ? new StoredSessions({ cookie, store, sealer, maxAgeSeconds, now })
    : new SealedCookies({ cookie, sealer, maxAgeSeconds, now, warn });
}

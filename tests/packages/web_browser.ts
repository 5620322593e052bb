// An application with WebAuth in front of a real Gatehouse, and a browser that visits it: keeps
// cookies as browsers do, says where a request comes from, and has a clock that tests move.
import assert from 'node:assert/strict';
import { AuthClient, type ClientOptions } from '@gatehouse/sdk/auth';
import {
  WebAuth,
  type Authenticated,
  type Session,
  type WebAuthEvent,
  type WebAuthOptions,
} from '@gatehouse/sdk/web';
import { ADA } from '../black_box/clients.js';
import type { Gatehouse } from '../black_box/gatehouse.js';
import { Person } from '../black_box/person.js';

export const APP_URL = 'http://localhost:4321';
export const SPA_URL = 'http://localhost:4555';
export const SECRET = 'a secret of thirty-two characters or more';

export const WEB_SEED = `
[[users]]
email = "${ADA}"
given_name = "Ada"
family_name = "Lovelace"

[[users]]
email = "bob@acme.test"
given_name = "Bob"
family_name = "Stone"

[[users]]
email = "cleo@acme.test"
given_name = "Cleo"
family_name = "Park"

[[organizations]]
name = "Acme"
members = [
  { email = "${ADA}", role = "admin" },
  { email = "bob@acme.test" },
  { email = "cleo@acme.test" },
]

[[organizations]]
name = "Basel"
members = [{ email = "cleo@acme.test", role = "admin" }]

[[organizations]]
name = "Closed"

[[applications]]
name = "Console"
type = "ENV"
redirect_uris = ["${APP_URL}/auth/callback"]
post_logout_redirect_uris = ["${APP_URL}"]
initiate_login_uri = "${APP_URL}/auth/login"

[[applications]]
name = "Browser App"
type = "SPA"
redirect_uris = ["${SPA_URL}/auth/callback"]
post_logout_redirect_uris = ["${SPA_URL}"]
`;

// Of tests: moves on only when told to.
export class Clock {
  private ahead = 0;
  readonly now = (): number => Date.now() + this.ahead;

  move(seconds: number): void {
    this.ahead += seconds * 1000;
  }
}

// What Gatehouse is to the application: the real one unless something is put in its place.
export class Network {
  asked: string[] = [];
  // Before a request goes out; what it returns, if anything, is the answer.
  instead: ((path: string) => Promise<Response | undefined> | undefined) | undefined;

  readonly fetch: typeof fetch = async (input, init) => {
    const path = new URL(String(input)).pathname;
    this.asked.push(path);
    return (await this.instead?.(path)) ?? (await fetch(input, init));
  };

  count(path: string): number {
    return this.asked.filter((each) => each === path).length;
  }
}

export interface Application {
  web: WebAuth;
  client: AuthClient;
  network: Network;
  clock: Clock;
  events: WebAuthEvent[];
  names(): string[]; // of the events
}

export interface ApplicationOptions extends Partial<WebAuthOptions> {
  clientOptions?: ClientOptions;
  clock?: Clock;
  isSpa?: boolean;
}

export function application(gatehouse: Gatehouse, options: ApplicationOptions = {}): Application {
  const { clientOptions, clock = new Clock(), isSpa, ...others } = options;
  const network = new Network();
  const { environment_url, client_id, client_secret } = gatehouse.ready;
  const made = { fetch: network.fetch, now: clock.now, ...clientOptions };
  const client = isSpa
    ? new AuthClient(environment_url, gatehouse.application('Browser App').client_id, '', made)
    : new AuthClient(environment_url, client_id, client_secret, made);
  const events: WebAuthEvent[] = [];
  const web = new WebAuth({
    client,
    appUrl: isSpa ? SPA_URL : APP_URL,
    cookieSecrets: [SECRET],
    now: clock.now,
    log: (event) => events.push(event),
    ...others,
  });
  const names = (): string[] => events.map(({ what }) => what);
  return { web, client, network, clock, events, names };
}

export interface Visit {
  method?: string;
  headers?: Record<string, string>;
  body?: BodyInit;
}

export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(readonly origin = APP_URL) {}

  // As somebody who follows a link or types an address.
  request(path: string, { method = 'GET', headers = {}, body }: Visit = {}): Request {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const fetched = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' };
    return new Request(new URL(path, this.origin), {
      method,
      headers: { ...fetched, ...(cookie && { cookie }), ...headers },
      ...(body !== undefined && { body }),
    });
  }

  async visit(web: WebAuth, path: string, visit: Visit = {}): Promise<Response> {
    const response = await web.handle(this.request(path, visit));
    assert.ok(response, `no route at ${path}`);
    this.keep(response.headers.getSetCookie());
    return response;
  }

  // Sends a form of a page of the application.
  async submit(web: WebAuth, path: string, form: Record<string, string> = {}): Promise<Response> {
    const headers = { origin: this.origin, 'sec-fetch-site': 'same-origin' };
    return this.visit(web, path, { method: 'POST', headers, body: new URLSearchParams(form) });
  }

  async whoAmI(web: WebAuth): Promise<Authenticated> {
    const answer = await web.authenticate(this.request('/page'));
    this.keep(answer.setCookies);
    return answer;
  }

  async session(web: WebAuth): Promise<Session> {
    const { session, problem } = await this.whoAmI(web);
    assert.ok(session, `nobody is signed in: ${problem}`);
    return session;
  }

  keep(lines: string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      assert.ok(attributes.includes('Path=/') && attributes.includes('HttpOnly'), line);
      assert.ok(attributes.includes('SameSite=Lax'), line);
      if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
      // As browsers do, without a word.
      else if (pair.length <= 4096) this.cookies.set(name, value);
    }
  }

  sessionCookies(web: WebAuth): string[] {
    return [...this.cookies.keys()].filter((name) => name.startsWith(`${web.cookieName}.`));
  }

  copy(): Browser {
    const other = new Browser(this.origin);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }
}

export function locationOf(response: Response): URL {
  const location = response.headers.get('location');
  assert.ok(location, `status ${response.status} without a location`);
  return new URL(location);
}

export const pathOf = (url: URL): string => url.pathname + url.search + url.hash;

export const errorOf = (response: Response): string | null =>
  locationOf(response).searchParams.get('auth_error');

// Begins at the login route and stops before the callback, which is returned.
export async function untilCallback(
  web: WebAuth,
  browser: Browser,
  person: Person,
  login = web.paths.login,
): Promise<string> {
  const response = await browser.visit(web, login);
  return pathOf(await person.authorize(locationOf(response).href));
}

// All of it; the answer of the callback is returned.
export async function signIn(
  web: WebAuth,
  browser: Browser,
  person: Person,
  login?: string,
): Promise<Response> {
  return browser.visit(web, await untilCallback(web, browser, person, login));
}

export async function signedIn(
  gatehouse: Gatehouse,
  web: WebAuth,
  email: string = ADA,
): Promise<Browser> {
  const browser = new Browser(web.appUrl);
  await signIn(web, browser, new Person(gatehouse, email));
  await browser.session(web);
  return browser;
}

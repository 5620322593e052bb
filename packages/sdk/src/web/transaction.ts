// A sign-in that is under way, in a sealed cookie of its own: two tabs do not disturb each other,
// and a code that somebody else's sign-in brought back finds nothing to go with it. What ties them
// together: state [RFC 6749 §10.12], nonce [OIDC Core §15.5.2] and a code verifier [RFC 7636 §4].
import type { AuthClient } from '../auth/client.js';
import { base64urlEncode, utf8 } from '../auth/encoding.js';
import { generatePkce } from '../auth/pkce.js';
import { randomText, webCrypto } from '../auth/random.js';
import type { AuthorizationUrlOptions } from '../auth/types.js';
import { type CookieJar, deleteCookie, setCookie } from './cookies.js';
import type { Sealer } from './seal.js';
import { parseJson } from './session_keeper.js';

const LIFETIME_S = 600;
// Under way at once in one browser, and how much of a request's headers they may take together.
const UNDER_WAY_MAX = 8;
const UNDER_WAY_BYTES_MAX = 6000;
const NAME_CHARACTERS = 22;
const STATE_CHARACTERS_MAX = 200;
// A state that begins so was made because an earlier sign-in could not be finished here. It stands
// there, and not in a cookie, because a browser without cookies would begin anew for ever.
const AGAIN = 'again.';

// What a sign-in asks Gatehouse for.
export type Wishes = Pick<
  AuthorizationUrlOptions,
  'loginHint' | 'organizationId' | 'connectionId' | 'provider' | 'domainHint' | 'prompt'
>;

export interface Beginning {
  wishes: Wishes;
  returnTo: string;
  isSwitch?: boolean; // to another organization
  isAgain?: boolean;
}

export interface Transaction extends Beginning {
  nonce: string;
  codeVerifier: string;
  redirectUri: string;
  startedAt: number; // ms
}

export interface TransactionsOptions {
  client: AuthClient;
  sealer: Sealer;
  scopes: string[];
  redirectUri: string;
  prefix: string; // of the cookies' names
  isSecure: boolean;
  now: () => number; // ms
}

export interface Begun {
  url: string;
  setCookies: string[];
}

export class Transactions {
  constructor(private readonly options: TransactionsOptions) {}

  async begin(jar: CookieJar, beginning: Beginning): Promise<Begun> {
    const { client, scopes, redirectUri, now } = this.options;
    const [random, nonce, pkce] = await Promise.all([randomText(), randomText(), generatePkce()]);
    const { codeVerifier, codeChallenge, codeChallengeMethod } = pkce;
    const state = beginning.isAgain ? AGAIN + random : random;
    const bound = { state, nonce, codeChallenge, codeChallengeMethod };
    const url = client.getAuthorizationUrl(redirectUri, { ...beginning.wishes, scopes, ...bound });
    const transaction = { ...beginning, nonce, codeVerifier, redirectUri, startedAt: now() };
    const name = await this.nameOf(state);
    const value = await this.options.sealer.seal('login', name, JSON.stringify(transaction));
    const room = UNDER_WAY_BYTES_MAX - value.length;
    const setCookies = [...(await this.makeRoom(jar, room)), this.set(name, value)];
    return { url, setCookies };
  }

  // What this browser began with this state; undefined if it began nothing, or too long ago.
  async find(jar: CookieJar, state: string): Promise<Transaction | undefined> {
    return state.length > STATE_CHARACTERS_MAX
      ? undefined
      : this.read(jar, await this.nameOf(state));
  }

  // The Set-Cookie lines that leave nothing of it.
  async end(jar: CookieJar, state: string): Promise<string[]> {
    const name = await this.nameOf(state);
    return jar.has(name) ? [this.delete(name)] : [];
  }

  private async read(jar: CookieJar, name: string): Promise<Transaction | undefined> {
    const value = jar.get(name);
    const text = value && (await this.options.sealer.open('login', name, value));
    const found = (text ? parseJson(text) : undefined) as Transaction | undefined;
    if (typeof found?.startedAt !== 'number') return undefined;
    const ageMs = this.options.now() - found.startedAt;
    return ageMs < LIFETIME_S * 1000 ? found : undefined;
  }

  // Drops what cannot be finished any more, and then the oldest ones.
  private async makeRoom(jar: CookieJar, bytes: number): Promise<string[]> {
    const names = jar.namesBehind(this.options.prefix);
    const all = await Promise.all(
      names.map(async (name) => {
        const startedAt = (await this.read(jar, name))?.startedAt ?? 0;
        return { name, startedAt, size: jar.get(name)?.length ?? 0 };
      }),
    );
    all.sort((a, b) => b.startedAt - a.startedAt);
    let left = bytes;
    const dropped = all.filter(({ startedAt, size }, index) => {
      left -= size;
      return startedAt === 0 || index >= UNDER_WAY_MAX - 1 || left < 0;
    });
    return dropped.map(({ name }) => this.delete(name));
  }

  private async nameOf(state: string): Promise<string> {
    const { subtle } = await webCrypto();
    const digest = new Uint8Array(await subtle.digest('SHA-256', utf8(state)));
    return this.options.prefix + base64urlEncode(digest).slice(0, NAME_CHARACTERS);
  }

  private set(name: string, value: string): string {
    return setCookie({ name, isSecure: this.options.isSecure }, value, LIFETIME_S);
  }

  private delete(name: string): string {
    return deleteCookie({ name, isSecure: this.options.isSecure });
  }
}

export function isAgain(state: string): boolean {
  return state.startsWith(AGAIN);
}

// The published keys of a Gatehouse environment [RFC 7517 §5]: fetched when first needed, anew when
// they are old or when a token names one that is not among them, and kept while the server is away.
import { ServerUnreachableError } from './errors.js';
import { sendBounded } from './http.js';
import { importKey, refuse, type VerificationKey } from './jwt.js';

const ANSWER_BYTES_MAX = 256 * 1024;
const KEYS_MAX = 64;
// Keys that are old but may do are not worth a long wait.
const RENEWAL_TIMEOUT_MS = 2_000;
// A key that was withdrawn is not trusted for ever, even by whoever is cut off.
const STALE_MS_MAX = 24 * 3600 * 1000;

export interface KeySetOptions {
  send: typeof fetch;
  url: string;
  timeoutMs: number;
  cacheMs: number;
  cooldownMs: number;
  now: () => number;
}

export class KeySet {
  readonly #options: KeySetOptions;
  #keys: VerificationKey[] = [];
  #fetchedAt = -Infinity;
  #failedAt = -Infinity;
  #searchedAt = -Infinity;
  #isServerAway = false;
  #flight: Promise<void> | undefined;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  // Throws TokenError for a key that Gatehouse does not publish, and ServerUnreachableError where
  // it could not be asked.
  async find(kid: string | undefined, alg: string): Promise<VerificationKey> {
    const isFirst = await this.#keepFresh();
    return this.#known(kid, alg) ?? (await this.#search(kid, alg, isFirst));
  }

  #known(kid: string | undefined, alg: string): VerificationKey | undefined {
    const named = this.#keys.filter((key) => kid === undefined || key.kid === kid);
    const fitting = named.filter((key) => key.alg === alg);
    if (named.length > 0 && fitting.length === 0) {
      refuse('token_algorithm', 'The token’s algorithm is not that of its key.');
    }
    if (kid === undefined && fitting.length > 1) {
      refuse('token_key_unknown', 'The token does not say which key signed it.');
    }
    return fitting[0];
  }

  // Whether the keys were just fetched because there were none.
  async #keepFresh(): Promise<boolean> {
    const { now, cacheMs, cooldownMs, timeoutMs } = this.#options;
    const age = now() - this.#fetchedAt;
    if (this.#keys.length === 0 || age >= STALE_MS_MAX) {
      await this.#fetch(timeoutMs);
      return true;
    }
    // While the server is away, one request in a while waits for it, and not all of them.
    if (age >= cacheMs && now() - this.#failedAt >= cooldownMs) {
      await this.#fetch(Math.min(timeoutMs, RENEWAL_TIMEOUT_MS)).catch(() => undefined);
    }
    return false;
  }

  // For a `kid` that is not among the keys. Whoever sends made-up ones has us ask once in a while.
  async #search(kid: string | undefined, alg: string, isFirst: boolean): Promise<VerificationKey> {
    const { now, cooldownMs, timeoutMs } = this.#options;
    if (!isFirst && (this.#flight || now() - this.#searchedAt >= cooldownMs)) {
      if (!this.#flight) this.#searchedAt = now();
      await this.#fetch(timeoutMs);
      const key = this.#known(kid, alg);
      if (key) return key;
    }
    if (this.#isServerAway) {
      const text = 'The token names an unknown key, and Gatehouse cannot be asked for new ones.';
      throw new ServerUnreachableError('network', text);
    }
    return refuse('token_key_unknown', 'The token is signed by a key that is not published.');
  }

  #fetch(timeoutMs: number): Promise<void> {
    this.#flight ??= this.#load(timeoutMs).finally(() => (this.#flight = undefined));
    return this.#flight;
  }

  async #load(timeoutMs: number): Promise<void> {
    const { now } = this.#options;
    try {
      this.#keys = await this.#published(timeoutMs);
      this.#fetchedAt = now();
      this.#isServerAway = false;
    } catch (error) {
      this.#failedAt = now();
      this.#isServerAway = true;
      throw error;
    }
  }

  async #published(timeoutMs: number): Promise<VerificationKey[]> {
    const { send, url } = this.#options;
    const bytesMax = ANSWER_BYTES_MAX;
    const { status, json } = await sendBounded(send, { url, timeoutMs, bytesMax });
    const list = status === 200 ? json?.['keys'] : undefined;
    const published: unknown[] = Array.isArray(list) ? list.slice(0, KEYS_MAX) : [];
    const keys = (await Promise.all(published.map(importKey))).filter((key) => key !== undefined);
    if (keys.length > 0) return keys;
    const text = `What answered with status ${status} is not Gatehouse’s list of keys.`;
    throw new ServerUnreachableError('answer', text, 502);
  }
}

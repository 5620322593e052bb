// The whole session in cookies: nothing to run beside the application. Cookies are as many and as
// long as the tokens in them; what a server may be sent is limited, so they are too.
import {
  type CookieJar,
  type ChunkSettings,
  deleteChunks,
  readChunks,
  sizeBeside,
  writeChunks,
} from './cookies.js';
import type { Sealer } from './seal.js';
import { SessionTooLargeError, parseJson, parseSession } from './session_keeper.js';
import type { Kept, SessionKeeper } from './session_keeper.js';
import type { Session } from './types.js';

// Node refuses a request whose headers are over 16 KB, before anybody could delete the cookies.
const COOKIES_BYTES_MAX = 14_800;
// What many proxies take is 8 KB.
const COOKIES_BYTES_WARNED = 7 * 1024;
const FORMAT = 1;

export interface SealedCookiesOptions {
  cookie: ChunkSettings;
  sealer: Sealer;
  maxAgeSeconds: number;
  now: () => number; // s
  warn: (detail: string) => void;
}

export class SealedCookies implements SessionKeeper {
  constructor(private readonly options: SealedCookiesOptions) {}

  async load(jar: CookieJar): Promise<Kept> {
    const { cookie, sealer, maxAgeSeconds, now } = this.options;
    const chunked = readChunks(jar, cookie.name);
    if (chunked.state === 'none') return {};
    const text =
      chunked.state === 'whole'
        ? await sealer.open('session', cookie.name, chunked.value)
        : undefined;
    const kept = text === undefined ? undefined : parseJson(text);
    const session = parseSession(kept?.['session']);
    const writtenAt = kept?.['writtenAt'];
    if (kept?.['format'] !== FORMAT || !session || typeof writtenAt !== 'number') {
      return { problem: 'unreadable' };
    }
    return writtenAt + maxAgeSeconds <= now() ? { problem: 'expired' } : { session, writtenAt };
  }

  async save(jar: CookieJar, session: Session): Promise<string[]> {
    const { cookie, maxAgeSeconds, warn } = this.options;
    const beside = sizeBeside(jar, cookie.name);
    let value = await this.seal(session);
    if (value.length + beside > COOKIES_BYTES_MAX && session.idToken !== undefined) {
      // It only spares the person a question when they sign out.
      const { idToken: _, ...rest } = session;
      warn('the ID token was left out of the session cookies: too large');
      value = await this.seal(rest);
    }
    const size = value.length + beside;
    if (size > COOKIES_BYTES_WARNED) {
      warn(`cookies take ${size} bytes of every request; keep sessions in a store`);
    }
    const isRoom = value.length <= COOKIES_BYTES_MAX;
    const lines = isRoom ? writeChunks(jar, cookie, value, maxAgeSeconds) : undefined;
    if (!lines) throw new SessionTooLargeError();
    return lines;
  }

  async clear(jar: CookieJar): Promise<string[]> {
    return this.forget(jar);
  }

  forget(jar: CookieJar): string[] {
    return deleteChunks(jar, this.options.cookie);
  }

  async end(): Promise<void> {
    // Cookies are where no server reaches them.
  }

  private async seal(session: Session): Promise<string> {
    const { cookie, sealer, now } = this.options;
    const kept = { format: FORMAT, session, writtenAt: Math.floor(now()) };
    return sealer.seal('session', cookie.name, JSON.stringify(kept));
  }
}

// Sessions in a store that all instances of an application share; the browser has a sealed key. An
// entry's name comes from the session's id at Gatehouse, so that a logout by that id finds it
// [OIDC Back-Channel Logout §2.7]; only the browser that signed in knows the nonce inside.
import { randomText } from '../auth/random.js';
import { type ChunkSettings, type CookieJar, deleteChunks, readChunks } from './cookies.js';
import { writeChunks } from './cookies.js';
import type { Sealer } from './seal.js';
import { SessionTooLargeError, parseJson, parseSession } from './session_keeper.js';
import type { EndedElsewhere, Kept, SessionKeeper } from './session_keeper.js';
import type { Session, SessionStore } from './types.js';

const DAY_S = 86_400;

export interface StoredSessionsOptions {
  cookie: ChunkSettings;
  store: SessionStore;
  sealer: Sealer;
  maxAgeSeconds: number;
  now: () => number; // s
}

// What the cookie holds.
interface Ticket {
  sid: string;
  nonce: string;
  sub: string;
  writtenAt: number; // s
}

export class StoredSessions implements SessionKeeper {
  constructor(private readonly options: StoredSessionsOptions) {}

  async load(jar: CookieJar): Promise<Kept> {
    const { maxAgeSeconds, now } = this.options;
    const ticket = await this.readTicket(jar);
    if (ticket === 'none') return {};
    if (ticket === 'unreadable') return { problem: 'unreadable' };
    if (ticket.writtenAt + maxAgeSeconds <= now()) return { problem: 'expired' };
    const [session, endedAt] = await Promise.all([
      this.readEntry(ticket),
      this.readMark(`sub ${ticket.sub}`),
    ]);
    if (!session || (endedAt !== undefined && session.signedInAt <= endedAt)) {
      return { problem: 'ended' };
    }
    return { session, writtenAt: ticket.writtenAt };
  }

  async save(
    jar: CookieJar,
    session: Session,
    why: 'signed in' | 'renewed' | 'used',
  ): Promise<string[]> {
    const ticket = await this.readTicket(jar);
    const before = typeof ticket === 'string' ? undefined : ticket;
    if (why === 'signed in' || !before) {
      const fresh = await this.newTicket(session);
      if (before && before.sid !== fresh.sid) await this.drop(`sid ${before.sid}`);
      return this.write(jar, fresh, session);
    }
    // A logout may have come since the entry was loaded.
    const endedAt = await this.readMark(`sid ${before.sid}`);
    if (endedAt !== undefined && session.signedInAt <= endedAt) return [];
    const isFresh = before.writtenAt + DAY_S > this.options.now();
    if (why === 'renewed' && isFresh) {
      await this.writeEntry(before, session);
      return [];
    }
    return this.write(jar, { ...before, writtenAt: Math.floor(this.options.now()) }, session);
  }

  async clear(jar: CookieJar): Promise<string[]> {
    const ticket = await this.readTicket(jar);
    // A cookie from before a later sign-in must not take that one down.
    if (typeof ticket !== 'string' && (await this.readEntry(ticket))) {
      await this.drop(`sid ${ticket.sid}`);
    }
    return this.forget(jar);
  }

  forget(jar: CookieJar): string[] {
    return deleteChunks(jar, this.options.cookie);
  }

  async end(ended: EndedElsewhere): Promise<void> {
    const { store, sealer, maxAgeSeconds, now } = this.options;
    const what = 'sessionId' in ended ? `sid ${ended.sessionId}` : `sub ${ended.sub}`;
    const [name] = await sealer.namesOf(`ended ${what}`);
    if (name) await store.set(name, String(Math.floor(now())), maxAgeSeconds);
    if ('sessionId' in ended) await this.drop(what);
  }

  private async newTicket(session: Session): Promise<Ticket> {
    return {
      sid: session.sessionId ?? (await randomText()),
      nonce: await randomText(16),
      sub: session.user.sub,
      writtenAt: Math.floor(this.options.now()),
    };
  }

  private async readTicket(jar: CookieJar): Promise<Ticket | 'none' | 'unreadable'> {
    const { cookie, sealer } = this.options;
    const chunked = readChunks(jar, cookie.name);
    if (chunked.state !== 'whole') return chunked.state;
    const text = await sealer.open('stored session', cookie.name, chunked.value);
    const value = text === undefined ? undefined : parseJson(text);
    const { sid, nonce, sub, writtenAt } = value ?? {};
    const isWhole =
      typeof sid === 'string' &&
      typeof nonce === 'string' &&
      typeof sub === 'string' &&
      typeof writtenAt === 'number';
    return isWhole ? { sid, nonce, sub, writtenAt } : 'unreadable';
  }

  private async write(jar: CookieJar, ticket: Ticket, session: Session): Promise<string[]> {
    const { cookie, sealer, maxAgeSeconds } = this.options;
    await this.writeEntry(ticket, session);
    const value = await sealer.seal('stored session', cookie.name, JSON.stringify(ticket));
    const lines = writeChunks(jar, cookie, value, maxAgeSeconds);
    if (!lines) throw new SessionTooLargeError();
    return lines;
  }

  private async writeEntry(ticket: Ticket, session: Session): Promise<void> {
    const { store, sealer, maxAgeSeconds } = this.options;
    const [name = ''] = await sealer.namesOf(`sid ${ticket.sid}`);
    const text = JSON.stringify({ nonce: ticket.nonce, session });
    await store.set(name, await sealer.seal('stored session', name, text), maxAgeSeconds);
  }

  private async readEntry(ticket: Ticket): Promise<Session | undefined> {
    const { store, sealer } = this.options;
    for (const name of await sealer.namesOf(`sid ${ticket.sid}`)) {
      const sealed = await store.get(name);
      if (sealed === undefined) continue;
      const text = await sealer.open('stored session', name, sealed);
      const entry = text === undefined ? undefined : parseJson(text);
      if (entry?.['nonce'] === ticket.nonce) return parseSession(entry['session']);
    }
    return undefined;
  }

  private async readMark(what: string): Promise<number | undefined> {
    const { store, sealer } = this.options;
    for (const name of await sealer.namesOf(`ended ${what}`)) {
      const value = await store.get(name);
      if (value !== undefined) return Number(value);
    }
    return undefined;
  }

  private async drop(what: string): Promise<void> {
    const { store, sealer } = this.options;
    await Promise.all((await sealer.namesOf(what)).map((name) => store.delete(name)));
  }
}

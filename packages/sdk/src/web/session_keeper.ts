// Where a session is between two requests. Three ways: sealed into cookies, in a store behind a
// sealed cookie, and in the three open cookies of Scalekit's guide.
import type { CookieJar } from './cookies.js';
import type { Authenticated, Session } from './types.js';

// With a problem there is no session, with neither nobody was signed in.
export interface Kept {
  session?: Session;
  problem?: NonNullable<Authenticated['problem']>;
  // s since 1970; when it was last written, where that is known.
  writtenAt?: number;
}

// Somebody's session ended elsewhere: the one session named, or all sessions of a subject.
export type EndedElsewhere = { sessionId: string } | { sub: string };

export interface SessionKeeper {
  load(jar: CookieJar): Promise<Kept>;
  // The Set-Cookie lines. Throws SessionTooLargeError, and whatever a store throws.
  save(jar: CookieJar, session: Session, why: 'signed in' | 'renewed' | 'used'): Promise<string[]>;
  // The Set-Cookie lines that leave nothing of it, here or in a store.
  clear(jar: CookieJar): Promise<string[]>;
  // The same without asking a store.
  forget(jar: CookieJar): string[];
  // Makes sure that no instance of this application loads it again, as far as it can.
  end(ended: EndedElsewhere): Promise<void>;
}

export class SessionTooLargeError extends Error {
  constructor() {
    super('the session does not fit into cookies; keep it in a store');
    this.name = 'SessionTooLargeError';
  }
}

// What was sealed was written by us, but maybe by another version of us.
export function parseSession(value: unknown): Session | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const session = value as Partial<Session>;
  const isWhole =
    typeof session.user?.sub === 'string' &&
    typeof session.accessToken === 'string' &&
    typeof session.accessExpiresAt === 'number' &&
    typeof session.signedInAt === 'number' &&
    Array.isArray(session.roles) &&
    Array.isArray(session.permissions);
  return isWhole ? (session as Session) : undefined;
}

export function parseJson(text: string): { [name: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as { [name: string]: unknown })
      : undefined;
  } catch {
    return undefined;
  }
}

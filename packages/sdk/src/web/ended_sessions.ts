// Sessions of which this process has heard that they are over, while browsers still come with their
// cookies. Other instances of the application do not hear of it: that takes a store.
import { Memory } from './memory.js';
import type { EndedElsewhere } from './session_keeper.js';
import type { Session } from './types.js';

const ENTRIES_MAX = 10_000;

export class EndedSessions {
  private readonly endings: Memory<number>; // s since 1970
  private readonly now: () => number;

  constructor(options: { keepSeconds: number; now: () => number }) {
    const keepMs = options.keepSeconds * 1000;
    this.endings = new Memory({ keepMs, entriesMax: ENTRIES_MAX, now: options.now });
    this.now = options.now;
  }

  note(ended: EndedElsewhere): void {
    const key = 'sessionId' in ended ? `sid ${ended.sessionId}` : `sub ${ended.sub}`;
    this.endings.set(key, Math.floor(this.now() / 1000));
  }

  has(session: Session): boolean {
    const { sessionId, user, signedInAt } = session;
    const ended = [
      sessionId === undefined ? undefined : this.endings.get(`sid ${sessionId}`),
      this.endings.get(`sub ${user.sub}`),
    ];
    return ended.some((endedAt) => endedAt !== undefined && signedInAt <= endedAt);
  }
}

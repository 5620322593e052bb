// Lets all that ask for the same thing at the same time share one answer, and those that come a
// moment later have it too.

const ENTRIES_MAX = 1000;

interface Entry<T> {
  answer: Promise<T>;
  until: number; // ms
}

export class SingleFlight<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #now: () => number;
  // For how long after it came an answer is given to others, in ms.
  readonly #keepMs: (answer: T) => number;

  constructor(now: () => number, keepMs: (answer: T) => number) {
    this.#now = now;
    this.#keepMs = keepMs;
  }

  // A failure is shared by those that were waiting for it, and then forgotten.
  run(key: string, ask: () => Promise<T>): Promise<T> {
    this.#dropOld();
    const found = this.#entries.get(key);
    if (found) return found.answer;
    const answer = ask();
    const entry: Entry<T> = { answer, until: Infinity };
    this.#entries.set(key, entry);
    answer.then(
      (value) => (entry.until = this.#now() + this.#keepMs(value)),
      () => this.#entries.get(key) === entry && this.#entries.delete(key),
    );
    return answer;
  }

  // An answer that is still awaited is new enough, and stays.
  forget(key: string): void {
    if (this.#entries.get(key)?.until !== Infinity) this.#entries.delete(key);
  }

  // Workers allow no timers between requests, so what is over is dropped when somebody comes.
  #dropOld(): void {
    const now = this.#now();
    for (const [key, entry] of this.#entries) {
      const isOver = now >= entry.until || this.#entries.size >= ENTRIES_MAX;
      if (isOver) this.#entries.delete(key);
    }
  }
}

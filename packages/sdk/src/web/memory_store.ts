// Sessions in the memory of one process: for development and tests. They end with the process.
import type { SessionStore } from './types.js';

const ENTRIES_MAX = 10_000;

export class MemoryStore implements SessionStore {
  private readonly entries = new Map<string, { value: string; endsAt: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  async get(key: string): Promise<string | undefined> {
    const entry = this.entries.get(key);
    if (entry && entry.endsAt <= this.now()) this.entries.delete(key);
    return this.entries.get(key)?.value;
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.entries.delete(key); // so that the order of the map is the order of writing
    this.entries.set(key, { value, endsAt: this.now() + ttlSeconds * 1000 });
    if (this.entries.size > ENTRIES_MAX) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
  }

  async delete(key: string): Promise<void> {
    this.entries.delete(key);
  }
}

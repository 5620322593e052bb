// What happened lately, for a while and as far as memory goes; the oldest is forgotten first. No
// timers: some runtimes have none between requests.

export interface MemoryOptions {
  keepMs: number;
  entriesMax: number;
  now: () => number; // ms
}

export class Memory<T> {
  private readonly entries = new Map<string, { value: T; endsAt: number }>();

  constructor(private readonly options: MemoryOptions) {}

  get(key: string): T | undefined {
    const entry = this.entries.get(key);
    return entry && entry.endsAt > this.options.now() ? entry.value : undefined;
  }

  set(key: string, value: T): void {
    const now = this.options.now();
    this.entries.delete(key);
    this.entries.set(key, { value, endsAt: now + this.options.keepMs });
    for (const [oldest, entry] of this.entries) {
      if (entry.endsAt > now && this.entries.size <= this.options.entriesMax) break;
      this.entries.delete(oldest);
    }
  }
}

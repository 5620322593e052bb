// A SessionStore over the storage that Astro keeps its own sessions in.
import type { SessionStore } from '@gatehouse/sdk/web';

// What is used of an unstorage driver.
export interface StorageDriver {
  getItem(key: string, options?: object): unknown;
  setItem?(key: string, value: string, options: { ttl?: number }): unknown;
  removeItem?(key: string, options: object): unknown;
}

interface Entry {
  value: string;
  until: number; // ms since 1970; not every driver lets entries end by themselves
}

// Beside Astro's own entries, which are named by UUIDs.
const nameOf = (key: string): string => `gatehouse:${key.replace(/[^A-Za-z0-9_-]/g, '_')}`;

export function storeOver(driver: StorageDriver, now: () => number = Date.now): SessionStore {
  return {
    async get(key) {
      const entry = entryIn(await driver.getItem(nameOf(key)));
      return entry && entry.until > now() ? entry.value : undefined;
    },
    async set(key, value, ttlSeconds) {
      const entry: Entry = { value, until: now() + ttlSeconds * 1000 };
      await driver.setItem?.(nameOf(key), JSON.stringify(entry), { ttl: ttlSeconds });
    },
    async delete(key) {
      await driver.removeItem?.(nameOf(key), {});
    },
  };
}

// Some drivers give back what they were given, some have parsed it.
function entryIn(stored: unknown): Entry | undefined {
  let found: unknown = stored;
  if (typeof stored === 'string') {
    try {
      found = JSON.parse(stored);
    } catch {
      return undefined;
    }
  }
  if (typeof found !== 'object' || found === null) return undefined;
  const { value, until } = found as Partial<Entry>;
  return typeof value === 'string' && typeof until === 'number' ? { value, until } : undefined;
}

// Sessions in memory, in the form that `session.store` of the options wants.
import type { SessionStore } from '@gatehouse/sdk/web';

const entries = new Map<string, { value: string; until: number }>();

const store: SessionStore = {
  async get(key) {
    const entry = entries.get(key);
    return entry && entry.until > Date.now() ? entry.value : undefined;
  },
  async set(key, value, ttlSeconds) {
    entries.set(key, { value, until: Date.now() + ttlSeconds * 1000 });
  },
  async delete(key) {
    entries.delete(key);
  },
};

export default store;

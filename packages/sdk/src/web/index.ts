export * from './types.js';
export { MemoryStore } from './memory_store.js';
export { WebAuth } from './web_auth.js';

export { AuthClient } from './client.js';
export * from './errors.js';
export { createAuthorization, generatePkce } from './pkce.js';
export type * from './types.js';
export type { MessageHeaders } from './webhooks.js';

// For applications that wrote their own sign-in: middleware that makes every response mutable, so
// that Astro can set cookies on a Response.redirect(). In src/middleware.ts:
//   import { repairResponses } from '@gatehouse/astro/compat';
//   export const onRequest = sequence(repairResponses, yours);
import type { MiddlewareHandler } from 'astro';
import { repaired } from './runtime/headers.js';

export { repaired };

export const repairResponses: MiddlewareHandler = async (_context, next) => repaired(await next());

// Guarded by the configuration.
import type { APIRoute } from 'astro';

export const GET: APIRoute = ({ locals }) =>
  Response.json({ sub: locals.user?.sub, expiresAt: locals.auth.expiresAt });

export const POST: APIRoute = ({ locals }) => Response.json({ saved: true, sub: locals.user?.sub });

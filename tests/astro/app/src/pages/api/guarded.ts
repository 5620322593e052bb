// Guards itself.
import type { APIRoute } from 'astro';
import { requireUser } from 'gatehouse:server';

export const GET: APIRoute = (context) => {
  const refusal = context.locals.auth.protect({ role: 'admin' });
  if (refusal) return refusal;
  return Response.json({ sub: requireUser(context).sub });
};

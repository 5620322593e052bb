// For scripts of this application, and for whoever sends its session cookie: 401 to strangers.
import type { APIRoute } from 'astro';

export const GET: APIRoute = ({ locals: { auth, user } }) => {
  const refusal = auth.protect();
  if (refusal) return refusal;
  return Response.json({ hello: user?.name ?? user?.email, organization: auth.orgId });
};

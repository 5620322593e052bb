// GET: an API of the application. The middleware lets nobody through who is not signed in.
import type { APIRoute } from 'astro';

export const GET: APIRoute = ({ locals }) => {
  if (!locals.user) return Response.json({ error: 'unauthorized' }, { status: 401 });
  const { user } = locals;
  // The organization always comes from the session, never from the request.
  return Response.json({ user, data: `Numbers of ${user.orgId ?? 'no organization'}` });
};

// What an open endpoint knows.
import type { APIRoute } from 'astro';

export const GET: APIRoute = async ({ locals }) => {
  const { auth, user } = locals;
  const token = await auth.getToken().catch((error: Error) => error.message);
  return Response.json({ user, auth, token });
};

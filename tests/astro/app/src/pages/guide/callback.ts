import type { APIRoute } from 'astro';
import { REDIRECT_URI, scalekit } from './login';

export const GET: APIRoute = async ({ request, cookies }) => {
  const code = new URL(request.url).searchParams.get('code') ?? '';
  const { idToken, accessToken, refreshToken } = await scalekit().authenticateWithCode(
    code,
    REDIRECT_URI,
  );
  const options = { httpOnly: true, path: '/', sameSite: 'lax' as const };
  cookies.set('sk-id-token', idToken, options);
  cookies.set('sk-access-token', accessToken, options);
  cookies.set('sk-refresh-token', refreshToken ?? '', options);
  // tidy: allow typescript: what repairResponses is for
  return Response.redirect(`${process.env.GATEHOUSE_APP_URL}/guide`);
};

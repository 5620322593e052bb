// Sign-in as the guides for this kind of application write it: what Response.redirect() gives back
// has headers that cannot be changed, and Astro appends the cookies to them.
import { ScalekitClient } from '@gatehouse/sdk';
import type { APIRoute } from 'astro';

export const scalekit = () =>
  new ScalekitClient(
    process.env.GATEHOUSE_URL ?? '',
    process.env.GATEHOUSE_CLIENT_ID ?? '',
    process.env.GATEHOUSE_CLIENT_SECRET ?? '',
  );
export const REDIRECT_URI = `${process.env.GATEHOUSE_APP_URL}/guide/callback`;

export const GET: APIRoute = () =>
  // tidy: allow typescript: what repairResponses is for
  Response.redirect(
    scalekit().getAuthorizationUrl(REDIRECT_URI, {
      scopes: ['openid', 'profile', 'email', 'offline_access'],
    }),
  );

// Signing in, and what this application knows about itself. It comes from the environment when the
// server runs, so no secret is in dist/; a request never decides where we live.
import { AuthClient } from '@gatehouse/sdk/auth';
import { WebAuth } from '@gatehouse/sdk/web';
import { getSecret } from 'astro:env/server';

const LOGIN_PATH = '/api/auth/login';
const CALLBACK_PATH = '/api/auth/callback';
const LOGOUT_PATH = '/api/auth/logout';
const BACKCHANNEL_PATH = '/api/auth/backchannel-logout';
export const AUTH_PATHS = new Set([LOGIN_PATH, CALLBACK_PATH, LOGOUT_PATH, BACKCHANNEL_PATH]);

function required(name: string): string {
  const value = getSecret(name)?.trim();
  if (!value) throw new Error(`${name} is not set; \`npx gatehouse init\` writes it into .env`);
  return value;
}

// The origin under which browsers reach this application.
export const appOrigin = (): string => new URL(required('GATEHOUSE_APP_URL')).origin;
export const issuer = (): string => required('GATEHOUSE_URL').replace(/\/+$/, '');

let kept: WebAuth | undefined;

// Made at the first request: a build needs no environment.
export function auth(): WebAuth {
  kept ??= new WebAuth({
    client: new AuthClient(
      issuer(),
      required('GATEHOUSE_CLIENT_ID'),
      getSecret('GATEHOUSE_CLIENT_SECRET') || undefined,
    ),
    appUrl: appOrigin(),
    cookieSecrets: required('GATEHOUSE_COOKIE_SECRET').split(','),
    paths: {
      login: LOGIN_PATH,
      callback: CALLBACK_PATH,
      logout: LOGOUT_PATH,
      backchannelLogout: BACKCHANNEL_PATH,
      home: '/',
    },
  });
  return kept;
}

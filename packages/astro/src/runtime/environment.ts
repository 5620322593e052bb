// The variables that configure sign-in, under our names and under Scalekit's.
import { problem, type Problem } from '../messages.js';
import { isOrigin } from '../options.js';

export interface Environment {
  url: string;
  clientId: string;
  clientSecret: string; // '' of a public client
  appUrl: string; // an origin, or '' where no variable says it
  cookieSecrets: string[];
  problems: Problem[];
}

export type Variable = (name: string) => string | undefined;

// What of the configuration the variables must agree with.
export interface Expected {
  routes: { callback: string };
  isDev: boolean;
  devCookieSecret: string;
}

// Ours, and the older name that is read where ours is not set.
export const VARIABLES = {
  GATEHOUSE_URL: 'SCALEKIT_ENVIRONMENT_URL',
  GATEHOUSE_CLIENT_ID: 'SCALEKIT_CLIENT_ID',
  GATEHOUSE_CLIENT_SECRET: 'SCALEKIT_CLIENT_SECRET',
  GATEHOUSE_APP_URL: 'SCALEKIT_REDIRECT_URI',
  GATEHOUSE_COOKIE_SECRET: undefined,
} as const;

const SECRET_CHARACTERS_MIN = 32;
const SECRETS_MAX = 10;

export function readEnvironment(variable: Variable, expected: Expected): Environment {
  const value = (name: string): string => variable(name)?.trim() ?? '';
  const problems: Problem[] = [];
  const url = value('GATEHOUSE_URL') || value('SCALEKIT_ENVIRONMENT_URL');
  if (url === '') problems.push(problem('GH101'));
  else if (!isWebAddress(url)) problems.push(problem('GH102', withoutCredentials(url)));

  const clientId = value('GATEHOUSE_CLIENT_ID') || value('SCALEKIT_CLIENT_ID');
  if (clientId === '') problems.push(problem('GH103'));

  const clientSecret = value('GATEHOUSE_CLIENT_SECRET') || value('SCALEKIT_CLIENT_SECRET');
  const cookieSecrets = value('GATEHOUSE_COOKIE_SECRET')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
    .slice(0, SECRETS_MAX);
  if (cookieSecrets.some((secret) => secret.length < SECRET_CHARACTERS_MIN)) {
    problems.push(problem('GH105'));
  }
  const canMakeOneUp = expected.isDev && expected.devCookieSecret !== '';
  if (cookieSecrets.length === 0 && clientSecret === '' && !canMakeOneUp) {
    problems.push(problem('GH104'));
  }

  const appUrl = appUrlFrom(value, expected.routes.callback, problems);
  return { url, clientId, clientSecret, appUrl, cookieSecrets, problems };
}

function appUrlFrom(
  value: (name: string) => string,
  callback: string,
  problems: Problem[],
): string {
  const stated = value('GATEHOUSE_APP_URL');
  if (stated !== '') {
    if (isOrigin(stated)) return new URL(stated).origin;
    problems.push(problem('GH107', `GATEHOUSE_APP_URL (${withoutCredentials(stated)})`));
    return '';
  }
  const redirectUri = value('SCALEKIT_REDIRECT_URI');
  if (redirectUri === '') return '';
  if (!isWebAddress(redirectUri) || new URL(redirectUri).pathname !== callback) {
    problems.push(problem('GH108', withoutCredentials(redirectUri)));
    return '';
  }
  return new URL(redirectUri).origin;
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && hostname !== '';
}

// What is shown of a wrong address: somebody may have put a password into it.
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@').slice(0, 200);
}

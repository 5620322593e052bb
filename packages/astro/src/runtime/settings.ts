// What the environment says, read once per process: either all that sign-in needs, or the list of
// what is wrong with it.
import { AuthClient, ConfigurationError } from '@gatehouse/sdk/auth';
import { WebAuth } from '@gatehouse/sdk/web';
import { config } from 'virtual:gatehouse/config';
import { variable } from 'virtual:gatehouse/env';
import { driver, store } from 'virtual:gatehouse/store';
import { asText, problem, type Problem } from '../messages.js';
import { storeOver } from './driver_store.js';
import { readEnvironment, type Environment } from './environment.js';
import { noteEvent } from './events.js';
import { knownOrigin } from './origin.js';

export interface Settings {
  environment: Environment;
  client: AuthClient | undefined;
  cookieSecrets: string[];
  problems: Problem[];
}

const ORIGINS_MAX = 8;

const sessionStore = store ?? (driver && storeOver(driver));

let environment: Environment | undefined;
let settings: Promise<Settings> | undefined;
const instances = new Map<string, WebAuth>();

export function settingsNow(): Promise<Settings> {
  settings ??= read();
  return settings;
}

// The WebAuth for the origin under which this request came, or why there is none.
export async function webAuthFor(request: Request): Promise<WebAuth | Problem[]> {
  const { client, cookieSecrets, problems } = await settingsNow();
  if (!client || problems.length > 0) return problems;
  const appUrl = appOriginOf(request);
  if (!appUrl) return [problem('GH106')];
  const known = instances.get(appUrl);
  if (known) return known;
  try {
    const made = newWebAuth(client, appUrl, cookieSecrets);
    if (instances.size < ORIGINS_MAX) instances.set(appUrl, made);
    return made;
  } catch (error) {
    return [refused(error)];
  }
}

function newWebAuth(client: AuthClient, appUrl: string, cookieSecrets: string[]): WebAuth {
  return new WebAuth({
    client,
    appUrl,
    cookieSecrets,
    paths: config.routes,
    scopes: config.scopes,
    cookies: config.cookies,
    formAnswers: config.formAnswers,
    session: {
      strategy: config.session.strategy,
      ...(sessionStore && { store: sessionStore }),
      ...(config.session.cookieName && { cookieName: config.session.cookieName }),
      chunkBytes: config.session.chunkSize,
      maxAgeSeconds: config.session.maxAge,
    },
    log: noteEvent,
  });
}

// The SDK names what is wrong, without values.
function refused(error: unknown): Problem {
  if (error instanceof ConfigurationError) return problem('GH126', error.message);
  throw error;
}

export function environmentNow(): Environment {
  environment ??= readEnvironment(variable, config);
  return environment;
}

// Where browsers reach this application; undefined where nothing that can be trusted says so.
export function appOriginOf(request: Request): string | undefined {
  const stated = config.appUrl || environmentNow().appUrl;
  return knownOrigin(request, { stated, site: config.site, isDev: config.isDev });
}

async function read(): Promise<Settings> {
  const environment = environmentNow();
  const problems = [...environment.problems];
  if (config.session.strategy === 'store' && !sessionStore) problems.push(problem('GH109'));
  const client = problems.length === 0 ? newClient(environment, problems) : undefined;
  // `astro dev` has said so at its start.
  if (!config.isDev) {
    for (const found of problems) console.error(`[gatehouse] ${asText(found)}`);
  }
  const cookieSecrets = client ? await cookieSecretsOf(environment) : [];
  return { environment, client, cookieSecrets, problems };
}

function newClient(
  { url, clientId, clientSecret }: Environment,
  problems: Problem[],
): AuthClient | undefined {
  try {
    return new AuthClient(url, clientId, clientSecret || undefined);
  } catch (error) {
    problems.push(refused(error));
    return undefined;
  }
}

async function cookieSecretsOf(environment: Environment): Promise<string[]> {
  if (environment.cookieSecrets.length > 0) return environment.cookieSecrets;
  if (environment.clientSecret) return [await derivedSecret(environment.clientSecret)];
  return [config.devCookieSecret];
}

// [RFC 5869] Three variables are enough: what seals cookies may come from the client secret, from
// which nothing about that secret can be learned.
async function derivedSecret(clientSecret: string): Promise<string> {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', text.encode(clientSecret), 'HKDF', false, [
    'deriveBits',
  ]);
  const bits = await crypto.subtle.deriveBits(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: text.encode('gatehouse cookie v1'),
    },
    key,
    256,
  );
  return [...new Uint8Array(bits)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Registers an application by the management API: found by its client ID or name or else made, and
// given the URIs that it lacks. Nothing is taken away.
import {
  OAuthError,
  ScalekitClient,
  ScalekitServerException,
  ServerUnreachableError,
} from '@gatehouse/sdk';
import type { clients } from '@gatehouse/sdk/types';
import { credential, type Registered, type Wish } from './server.js';
import { failure } from './terminal.js';

export interface ApiCredentials {
  clientId: string;
  clientSecret: string;
}

const APPLICATIONS_MAX = 3000;

// `known` is the application that the project names already, and whether its secret is good.
export async function registerByApi(
  url: string,
  credentials: ApiCredentials,
  wish: Wish,
  known: { clientId: string; clientSecret: string },
): Promise<Registered> {
  const api = new ScalekitClient(url, credentials.clientId, credentials.clientSecret).clients;
  try {
    const found = await find(api, wish, known.clientId);
    const clientId = found ? await complete(api, found, wish) : await create(api, wish);
    if (wish.isPublic) return { clientId, clientSecret: '', created: !found };
    const isKnown = clientId === known.clientId && known.clientSecret !== '';
    const clientSecret = isKnown
      ? known.clientSecret
      : credential((await api.createSecret(clientId)).plainSecret);
    return { clientId, clientSecret, created: !found };
  } catch (error) {
    throw asFailure(url, error);
  }
}

type Api = ScalekitClient['clients'];

const typeOf = ({ isPublic }: Wish): string => (isPublic ? 'SPA' : 'WEB_APP');

async function find(api: Api, wish: Wish, clientId: string): Promise<clients.Client | undefined> {
  let seen = 0;
  for await (const client of api.listAll({ pageSize: 30 })) {
    const isNamed = client.name === wish.name && client.clientType === typeOf(wish);
    if (clientId !== '' ? client.id === clientId : isNamed) return client;
    if (++seen === APPLICATIONS_MAX) return undefined;
  }
  return undefined;
}

const urisOf = ({ appUrl, isPublic, paths }: Wish) => ({
  postLoginUris: [appUrl + paths.callback],
  postLogoutRedirectUris: [appUrl],
  ...(!isPublic &&
    paths.backchannelLogout && { backChannelLogoutUris: [appUrl + paths.backchannelLogout] }),
});

async function create(api: Api, wish: Wish): Promise<string> {
  const { client } = await api.create({
    name: wish.name,
    clientType: typeOf(wish),
    ...urisOf(wish),
    initiateLoginUri: wish.appUrl + wish.paths.login,
  });
  return credential(client?.id);
}

async function complete(api: Api, found: clients.Client, wish: Wish): Promise<string> {
  const change: clients.UpdateClient = {};
  for (const [name, uris] of Object.entries(urisOf(wish))) {
    const field = name as keyof ReturnType<typeof urisOf>;
    const there = found[field];
    const missing = uris.filter((uri) => !there.includes(uri));
    if (missing.length > 0) change[field] = [...there, ...missing];
  }
  if (!found.initiateLoginUri) change.initiateLoginUri = wish.appUrl + wish.paths.login;
  if (Object.keys(change).length > 0) await api.update(found.id, change);
  return found.id;
}

function asFailure(url: string, error: unknown): unknown {
  if (error instanceof ServerUnreachableError) return failure('GH410', url);
  if (error instanceof OAuthError) return failure('GH415');
  if (!(error instanceof ScalekitServerException)) return error;
  const isRefused = error.httpStatus === 401 || error.httpStatus === 403;
  return isRefused ? failure('GH415') : failure('GH416', error.message.slice(0, 300));
}

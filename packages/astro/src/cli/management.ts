// Registers an application by the management API: found by its client ID or name or else made, and
// given the URIs that it lacks. Nothing is taken away.
import { callApi, clientToken, credential, type Registered, type Wish } from './server.js';
import { failure } from './terminal.js';

export interface ApiCredentials {
  clientId: string;
  clientSecret: string;
}

interface Known {
  id: string;
  name?: string;
  client_type?: string;
  post_login_uris?: string[];
  post_logout_redirect_uris?: string[];
  back_channel_logout_uris?: string[];
  initiate_login_uri?: string;
}

const PAGES_MAX = 100;

// `known` is the application that the project names already, and whether its secret is good.
export async function registerByApi(
  url: string,
  credentials: ApiCredentials,
  wish: Wish,
  known: { clientId: string; clientSecret: string },
): Promise<Registered> {
  const accessToken = await clientToken(url, credentials.clientId, credentials.clientSecret);
  if (!accessToken) throw failure('GH415');
  const type = wish.isPublic ? 'SPA' : 'WEB_APP';
  const found = await find(url, accessToken, type, wish.name, known.clientId);
  const clientId = found
    ? await complete(url, accessToken, found, wish)
    : await create(url, accessToken, type, wish);
  if (wish.isPublic) return { clientId, clientSecret: '', created: !found };
  const isKnown = clientId === known.clientId && known.clientSecret !== '';
  const clientSecret = isKnown ? known.clientSecret : await newSecret(url, accessToken, clientId);
  return { clientId, clientSecret, created: !found };
}

async function find(
  url: string,
  accessToken: string,
  type: string,
  name: string,
  clientId: string,
): Promise<Known | undefined> {
  let token = '';
  for (let page = 0; page < PAGES_MAX; ++page) {
    const query = new URLSearchParams({ page_size: '30', ...(token && { page_token: token }) });
    const listed = await callApi(url, accessToken, { method: 'GET', path: `clients?${query}` });
    const clients = (listed['clients'] ?? []) as Known[];
    const isIt = (client: Known): boolean =>
      clientId !== ''
        ? client.id === clientId
        : client.name === name && client.client_type === type;
    const found = clients.find(isIt);
    if (found) return found;
    token = String(listed['next_page_token'] ?? '');
    if (token === '') return undefined;
  }
  return undefined;
}

const urisOf = ({ appUrl, isPublic, paths }: Wish) => ({
  post_login_uris: [appUrl + paths.callback],
  post_logout_redirect_uris: [appUrl],
  ...(!isPublic &&
    paths.backchannelLogout && { back_channel_logout_uris: [appUrl + paths.backchannelLogout] }),
});

async function create(url: string, accessToken: string, type: string, wish: Wish): Promise<string> {
  const client = {
    name: wish.name,
    client_type: type,
    ...urisOf(wish),
    initiate_login_uri: wish.appUrl + wish.paths.login,
  };
  const made = await callApi(url, accessToken, {
    method: 'POST',
    path: 'clients',
    body: client,
  });
  return credential((made['client'] as Partial<Known> | undefined)?.id);
}

async function complete(
  url: string,
  accessToken: string,
  found: Known,
  wish: Wish,
): Promise<string> {
  const change: Record<string, unknown> = {};
  for (const [field, uris] of Object.entries(urisOf(wish))) {
    const there = found[field as keyof ReturnType<typeof urisOf>] ?? [];
    const missing = uris.filter((uri) => !there.includes(uri));
    if (missing.length > 0) change[field] = [...there, ...missing];
  }
  if (!found.initiate_login_uri) change['initiate_login_uri'] = wish.appUrl + wish.paths.login;
  if (Object.keys(change).length > 0) {
    const path = `clients/${encodeURIComponent(found.id)}`;
    await callApi(url, accessToken, { method: 'PATCH', path, body: change });
  }
  return found.id;
}

async function newSecret(url: string, accessToken: string, clientId: string): Promise<string> {
  const path = `clients/${encodeURIComponent(clientId)}/secrets`;
  const made = await callApi(url, accessToken, { method: 'POST', path, body: {} });
  return credential(made['plain_secret']);
}

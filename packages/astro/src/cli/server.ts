// What a command asks the server: who it is, whether it knows this application, and, of a server in
// development, to register it.
import { failure } from './terminal.js';
import { CallFailure, members, send, sendForm, type Answer } from './http.js';

export interface Discovery {
  issuer: string;
  clockAheadS: number; // of the server's clock; NaN where it does not say
}

// [OpenID Connect Discovery §4] Throws GH410 to GH413 where the address is not that of Gatehouse.
export async function discover(url: string, now = Date.now): Promise<Discovery> {
  const asked = now();
  const answer = await called(url, send(`${url}/.well-known/openid-configuration`));
  const { issuer, token_endpoint: token } = members(answer.body);
  if (answer.status !== 200 || typeof issuer !== 'string' || typeof token !== 'string') {
    throw failure('GH411', url);
  }
  if (issuer !== url) throw failure('GH412', issuer.slice(0, 200));
  // Date has whole seconds, and was written between asking and now. [RFC 9110 §6.6.1]
  const between = (asked + now()) / 2;
  const date = Date.parse(answer.headers.date ?? '');
  return { issuer, clockAheadS: (date + 500 - between) / 1000 };
}

async function called(url: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const isUntrusted = error instanceof CallFailure && error.reason === 'untrusted';
    throw failure(isUntrusted ? 'GH413' : 'GH410', url);
  }
}

export interface Wish {
  name: string;
  appUrl: string;
  isPublic: boolean;
  paths: { login: string; callback: string; backchannelLogout?: string };
}

export interface Registered {
  clientId: string;
  clientSecret: string; // '' of a public client
  created: boolean;
}

// undefined where the server is not one of development.
export async function registerInDevelopment(
  url: string,
  { name, appUrl, isPublic, paths }: Wish,
): Promise<Registered | undefined> {
  const wish = {
    name,
    app_url: appUrl,
    type: isPublic ? 'SPA' : 'WEB_APP',
    callback_path: paths.callback,
    initiate_login_path: paths.login,
    ...(!isPublic &&
      paths.backchannelLogout && { backchannel_logout_path: paths.backchannelLogout }),
  };
  const sent = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  };
  const answer = await called(url, send(`${url}/dev/applications`, sent));
  if (answer.status === 404 || answer.status === 405) return undefined;
  const body = members(answer.body);
  const why = body['error_description'];
  if (answer.status !== 200) {
    throw failure('GH416', typeof why === 'string' ? why : `status ${answer.status}`);
  }
  return {
    clientId: credential(body['client_id']),
    clientSecret: isPublic ? '' : credential(body['client_secret']),
    created: body['created'] === true,
  };
}

// What goes into a file of variables is one word. [RFC 6749 §A.1]
export function credential(value: unknown): string {
  if (typeof value === 'string' && /^[\w.~+/=-]{1,256}$/.test(value)) return value;
  throw failure('GH416', 'its answer holds no credentials');
}

export interface Client {
  url: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

// A code that was never issued is refused as such, and only to whom the server knows.
// [RFC 6749 §5.2]
export async function checkSecret(client: Client): Promise<'right' | 'wrong' | 'unclear'> {
  const answer = await called(
    client.url,
    sendForm(`${client.url}/oauth/token`, {
      grant_type: 'authorization_code',
      code: 'none',
      code_verifier: 'a'.repeat(43),
      redirect_uri: client.redirectUri,
      client_id: client.clientId,
      client_secret: client.clientSecret,
    }),
  );
  const { error } = members(answer.body);
  if (error === 'invalid_grant') return 'right';
  return error === 'invalid_client' || answer.status === 401 ? 'wrong' : 'unclear';
}

export const isLoopback = (url: string): boolean => {
  const { hostname } = new URL(url);
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
};

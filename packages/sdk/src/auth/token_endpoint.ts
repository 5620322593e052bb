// The token endpoint [RFC 6749 §3.2]: sends a grant, and reads what it gives or why it refuses.
import { OAuthError, ServerUnreachableError } from './errors.js';
import { sendBounded } from './http.js';

const ANSWER_BYTES_MAX = 256 * 1024;
const DESCRIPTION_CHARACTERS_MAX = 512;
const LIFETIME_S_MAX = 10 * 365 * 24 * 3600;
// These say nothing about the grant. [RFC 6749 §4.1.2.1]
const PASSING_CODES = ['server_error', 'temporarily_unavailable', 'slow_down'];

export interface TokenEndpoint {
  send: typeof fetch;
  envUrl: string;
  timeoutMs: number;
}

export interface Tokens {
  accessToken: string;
  expiresIn: number; // s
  idToken?: string;
  refreshToken?: string;
}

// A public client has no secret and sends none.
export interface ClientCredentials {
  clientId: string;
  clientSecret?: string | undefined;
}

// Throws OAuthError where Gatehouse refuses, ServerUnreachableError where it gave no usable answer.
export async function requestTokens(
  endpoint: TokenEndpoint,
  client: ClientCredentials,
  grant: Record<string, string>,
): Promise<Tokens> {
  const form = new URLSearchParams({ ...grant, client_id: client.clientId });
  if (client.clientSecret) form.set('client_secret', client.clientSecret);
  const { status, json } = await sendBounded(endpoint.send, {
    url: `${endpoint.envUrl}/oauth/token`,
    form,
    timeoutMs: endpoint.timeoutMs,
    bytesMax: ANSWER_BYTES_MAX,
  });
  if (status !== 200) throw refusalOf(status, json);
  const tokens = json && tokensOf(json);
  if (!tokens) throw notOurs(status);
  return tokens;
}

function refusalOf(status: number, json: Record<string, unknown> | undefined): Error {
  const code = json?.['error'];
  if (status < 400 || typeof code !== 'string' || !/^[a-z_]{1,64}$/.test(code)) {
    return notOurs(status);
  }
  if (PASSING_CODES.includes(code)) {
    return new ServerUnreachableError('status', `Gatehouse answered with ${code}.`, status);
  }
  const said = json?.['error_description'];
  const description = typeof said === 'string' ? said.slice(0, DESCRIPTION_CHARACTERS_MAX) : '';
  return new OAuthError(code, description, status);
}

// A proxy, a parking page, another program on this port: nothing is known of the grant.
function notOurs(status: number): Error {
  const text = `What answered with status ${status} is not Gatehouse’s token endpoint.`;
  return new ServerUnreachableError('answer', text, 502);
}

function tokensOf(json: Record<string, unknown>): Tokens | undefined {
  const accessToken = json['access_token'];
  const idToken = json['id_token'];
  const refreshToken = json['refresh_token'];
  const expiresIn = Number(json['expires_in'] ?? 0);
  if (typeof accessToken !== 'string' || !accessToken) return undefined;
  if (!(expiresIn >= 0 && expiresIn <= LIFETIME_S_MAX)) return undefined;
  return {
    accessToken,
    expiresIn: Math.floor(expiresIn),
    ...(typeof idToken === 'string' && idToken && { idToken }),
    ...(typeof refreshToken === 'string' && refreshToken && { refreshToken }),
  };
}

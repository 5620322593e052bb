// GH305: asks Gatehouse whether it would send people back to this application. An authorization
// request that may show nothing is answered at the redirect URI if that is registered, and with a
// page of Gatehouse if not. [OIDC Core §3.1.2.1] [RFC 6749 §4.1.2.1]
import { finding, type Finding } from './finding.js';

export interface Registration {
  url: string; // of Gatehouse
  clientId: string;
  redirectUri: string;
  fetch?: typeof fetch;
}

export type RegistrationState =
  | 'registered'
  | 'unregistered'
  | 'unknown_client'
  | 'unreachable'
  | 'unclear';

export interface RegistrationAnswer {
  state: RegistrationState;
  command?: string; // what a server in development says would register it
}

const TIMEOUT_MS = 3000;
const PAGE_CHARACTERS_MAX = 100_000;
// Any will do: whoever sends no cookie gets no code. [RFC 7636 §4.2]
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export async function askRegistration(registration: Registration): Promise<RegistrationAnswer> {
  const { url, clientId, redirectUri } = registration;
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'lint',
    prompt: 'none',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  try {
    const response = await (registration.fetch ?? fetch)(`${url}/oauth/authorize?${query}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const location = response.headers.get('location');
    if (location?.startsWith(`${redirectUri}?`)) return { state: 'registered' };
    if (response.status >= 500 || response.status === 429) return { state: 'unreachable' };
    if (response.status < 400) return { state: 'unclear' };
    return refusal((await response.text()).slice(0, PAGE_CHARACTERS_MAX));
  } catch {
    return { state: 'unreachable' };
  }
}

export function registrationFindings(
  { url, redirectUri }: Registration,
  { state }: RegistrationAnswer,
): Finding[] {
  if (state === 'unregistered' || state === 'unknown_client') {
    return [finding('GH305', redirectUri)];
  }
  return state === 'unreachable' ? [finding('GH308', url)] : [];
}

// Reads the page for developers, and takes any other refusal for one of the address.
function refusal(page: string): RegistrationAnswer {
  const code = /id="error-code">([a-z_]+)</.exec(page)?.[1];
  if (code === 'invalid_client') return { state: 'unknown_client' };
  const command = /<code id="fix">([^<]{1,1000})<\/code>/.exec(page)?.[1];
  return { state: 'unregistered', ...(command && { command: unescaped(command) }) };
}

const unescaped = (html: string): string =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&(?:apos|#39);/g, "'")
    .replaceAll('&amp;', '&');

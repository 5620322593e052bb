// Proof Key for Code Exchange [RFC 7636 §4.1, §4.2], and a sign-in that cannot be mixed up with
// another one: bound by state, nonce and a code verifier.
import { base64urlEncode, utf8 } from './encoding.js';
import { randomText, webCrypto } from './random.js';
import type { Authorization, AuthorizationUrlOptions, Pkce } from './types.js';

export async function generatePkce(): Promise<Pkce> {
  const codeVerifier = await randomText();
  const crypto = await webCrypto();
  const digest = await crypto.subtle.digest('SHA-256', utf8(codeVerifier));
  return {
    codeVerifier,
    codeChallenge: base64urlEncode(new Uint8Array(digest)),
    codeChallengeMethod: 'S256',
  };
}

interface UrlMaker {
  getAuthorizationUrl(redirectUri: string, options?: AuthorizationUrlOptions): string;
}

// A new state, nonce and code challenge for each call; those of `options` are not used. Keep what
// it returns where only this browser's callback finds it.
export async function createAuthorization(
  client: UrlMaker,
  redirectUri: string,
  options: AuthorizationUrlOptions = {},
): Promise<Authorization> {
  const [state, nonce, pkce] = await Promise.all([randomText(), randomText(), generatePkce()]);
  const { codeVerifier, codeChallenge, codeChallengeMethod } = pkce;
  const bound = { ...options, state, nonce, codeChallenge, codeChallengeMethod };
  return { url: client.getAuthorizationUrl(redirectUri, bound), state, nonce, codeVerifier };
}

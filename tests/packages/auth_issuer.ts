// An issuer of our own, that signs what Gatehouse never would, and networks that the tests watch.
import {
  createHmac,
  generateKeyPairSync,
  sign as signBytes,
  type KeyObject,
  type SignKeyObjectInput,
} from 'node:crypto';
import { constants } from 'node:crypto';

export type Claims = Record<string, unknown>;

export const ISSUER = 'https://id.acme.test';
export const CLIENT_ID = 'skc_1';
// 2026-11-22T10:00:00Z, the time at which tokens of this issuer are made.
export const NOW_S = 1_795_341_600;
export const NOW_MS = NOW_S * 1000;

export const ACCESS: Claims = {
  iss: ISSUER,
  aud: [CLIENT_ID],
  sub: 'usr_1',
  iat: NOW_S,
  nbf: NOW_S - 60,
  exp: NOW_S + 900,
  client_id: CLIENT_ID,
  scope: 'openid email',
  scopes: ['openid', 'email'],
};

export interface Signer {
  jwk: Claims;
  sign(header: Claims, claims: Claims | string): string;
}

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export function assemble(header: Claims, claims: Claims | string, signature: Buffer): string {
  return `${base64url(header)}.${base64url(claims)}.${signature.toString('base64url')}`;
}

const CURVES: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function keysFor(alg: string, bits: number): { publicKey: KeyObject; privateKey: KeyObject } {
  const namedCurve = CURVES[alg];
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  if (namedCurve) return generateKeyPairSync('ec', { namedCurve });
  return generateKeyPairSync('rsa', { modulusLength: bits });
}

export function signer(alg: string, kid: string, bits = 2048): Signer {
  const { publicKey, privateKey } = keysFor(alg, bits);
  const input: SignKeyObjectInput = { key: privateKey, dsaEncoding: 'ieee-p1363' };
  if (alg.startsWith('PS')) {
    input.padding = constants.RSA_PKCS1_PSS_PADDING;
    input.saltLength = Number(alg.slice(2)) / 8;
  }
  const digest = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  return {
    jwk: { ...(publicKey.export({ format: 'jwk' }) as Claims), use: 'sig', alg, kid },
    sign(header, claims) {
      const whole = { alg, kid, typ: 'at+jwt', ...header };
      const text = `${base64url(whole)}.${base64url(claims)}`;
      return assemble(whole, claims, signBytes(digest, Buffer.from(text), input));
    },
  };
}

// As whoever takes a public key for a shared secret would. [RFC 8725 §2.1]
export function signWithSecret(header: Claims, claims: Claims, secret: string | Buffer): string {
  const whole = { alg: 'HS256', typ: 'at+jwt', ...header };
  const text = `${base64url(whole)}.${base64url(claims)}`;
  return assemble(whole, claims, createHmac('sha256', secret).update(text).digest());
}

// Answers GET /keys with what `jwks` holds at the time, and counts.
export class KeyServer {
  jwks: unknown[];
  asked = 0;
  isDown = false;

  constructor(...signers: Signer[]) {
    this.jwks = signers.map(({ jwk }) => jwk);
  }

  readonly fetch: typeof fetch = async (input) => {
    if (String(input) !== `${ISSUER}/keys`) throw new Error(`nobody at ${String(input)}`);
    this.asked += 1;
    if (this.isDown) throw new TypeError('fetch failed');
    return Response.json({ keys: this.jwks });
  };
}

// The real network, and what was sent over it.
export class Wire {
  readonly sent: { url: string; form: URLSearchParams }[] = [];
  isDown = false;

  readonly fetch: typeof fetch = async (input, init) => {
    const url = String(input);
    const { body } = init ?? {};
    this.sent.push({ url, form: new URLSearchParams(typeof body === 'string' ? body : '') });
    if (this.isDown) throw new TypeError('fetch failed');
    return await fetch(input, init);
  };

  count(path: string): number {
    return this.sent.filter(({ url }) => new URL(url).pathname === path).length;
  }

  get last(): URLSearchParams {
    const last = this.sent.at(-1);
    if (!last) throw new Error('nothing was sent');
    return last.form;
  }
}

// For assert.rejects and assert.throws.
export const withCode = (code: string) => (error: unknown) => {
  const actual = (error as { code?: unknown } | undefined)?.code;
  if (actual === code) return true;
  throw new Error(`expected ${code}, got ${String(actual)}: ${String(error)}`);
};

// Reading a signed token [RFC 7515 §5.2] [RFC 7519 §7.2] and checking its signature by WebCrypto.
// A key has one algorithm; what the token's header says must agree with it. [RFC 8725 §3.1]
import { base64urlDecode, textOf, utf8 } from './encoding.js';
import { TokenError, type TokenErrorCode } from './errors.js';
import { parsedObject } from './http.js';
import { webCrypto } from './random.js';

const TOKEN_CHARACTERS_MAX = 64 * 1024;
const HEADER_CHARACTERS_MAX = 4096;
const RSA_MODULUS_BYTES_MIN = 256;
const RSA_MODULUS_BYTES_MAX = 1024;

export interface ParsedToken {
  alg: string;
  kid?: string;
  typ?: string;
  claims: Record<string, unknown>;
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

export function refuse(code: TokenErrorCode, message: string): never {
  throw new TokenError(code, message);
}

// Nothing in what it returns is verified.
export function parseToken(token: unknown): ParsedToken {
  if (typeof token !== 'string' || token === '') refuse('token_malformed', 'There is no token.');
  if (token.length > TOKEN_CHARACTERS_MAX) refuse('token_too_large', 'The token is too large.');
  const parts = token.split('.');
  const [head = '', body = '', tail = ''] = parts;
  if (parts.length !== 3 || head.length > HEADER_CHARACTERS_MAX) notAToken();
  const header = objectIn(head);
  const claims = objectIn(body);
  const signature = base64urlDecode(tail);
  if (!header || !claims || !signature) notAToken();
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string') notAToken();
  if (kid !== undefined && typeof kid !== 'string') notAToken();
  if (typ !== undefined && typeof typ !== 'string') notAToken();
  // We know no extension, and one that is critical must be known. [RFC 7515 §4.1.11]
  if ('crit' in header) refuse('token_malformed', 'The token’s header has a critical extension.');
  return {
    alg,
    ...(kid !== undefined && { kid }),
    ...(typ !== undefined && { typ }),
    claims,
    signed: utf8(`${head}.${body}`),
    signature,
  };
}

function notAToken(): never {
  return refuse('token_malformed', 'The text is not a signed token.');
}

function objectIn(part: string): Record<string, unknown> | undefined {
  const bytes = base64urlDecode(part);
  return bytes && parsedObject(textOf(bytes));
}

// A key that has been published for signatures, and the one algorithm it is for.
export interface VerificationKey {
  kid?: string;
  alg: string;
  verify(signature: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

type Algorithm = RsaHashedImportParams & EcKeyImportParams & EcdsaParams & RsaPssParams;

interface AlgorithmRow {
  kty: string;
  crv?: string;
  members: string[];
  algorithm: Partial<Algorithm> & { name: string };
}

const rsa = (name: string, bits: number): AlgorithmRow => ({
  kty: 'RSA',
  members: ['n', 'e'],
  algorithm: { name, hash: `SHA-${bits}`, saltLength: bits / 8 },
});
const ecdsa = (crv: string, bits: number): AlgorithmRow => ({
  kty: 'EC',
  crv,
  members: ['crv', 'x', 'y'],
  algorithm: { name: 'ECDSA', namedCurve: crv, hash: `SHA-${bits}` },
});

// [RFC 7518 §3.1] [RFC 8037 §3.1]
const ALGORITHMS = new Map<string, AlgorithmRow>([
  ['RS256', rsa('RSASSA-PKCS1-v1_5', 256)],
  ['RS384', rsa('RSASSA-PKCS1-v1_5', 384)],
  ['RS512', rsa('RSASSA-PKCS1-v1_5', 512)],
  ['PS256', rsa('RSA-PSS', 256)],
  ['PS384', rsa('RSA-PSS', 384)],
  ['PS512', rsa('RSA-PSS', 512)],
  ['ES256', ecdsa('P-256', 256)],
  ['ES384', ecdsa('P-384', 384)],
  ['ES512', ecdsa('P-521', 512)],
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519', members: ['crv', 'x'], algorithm: { name: 'Ed25519' } }],
]);

// Undefined for a key that is not for signatures, that this runtime cannot use, or that is weak.
// One without `alg` is for the first algorithm of its kind.
export async function importKey(jwk: unknown): Promise<VerificationKey | undefined> {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const members = jwk as Record<string, unknown>;
  const fits = ([alg, row]: [string, AlgorithmRow]): boolean =>
    members['kty'] === row.kty &&
    (row.crv === undefined || members['crv'] === row.crv) &&
    (members['alg'] === undefined || members['alg'] === alg);
  const [alg, row] = [...ALGORITHMS].find(fits) ?? [];
  const use = members['use'];
  if (!alg || !row || (use !== undefined && use !== 'sig')) return undefined;
  const bare: Record<string, unknown> = { kty: row.kty };
  for (const name of row.members) {
    if (typeof members[name] !== 'string') return undefined;
    bare[name] = members[name];
  }
  if (row.kty === 'RSA' && !isGoodModulus(String(bare['n']))) return undefined;
  const kid = members['kid'];
  const { subtle } = await webCrypto();
  const algorithm = row.algorithm as Algorithm;
  try {
    const key = await subtle.importKey('jwk', bare as JsonWebKey, algorithm, false, ['verify']);
    return {
      ...(typeof kid === 'string' && { kid }),
      alg,
      verify: (signature, signed) => subtle.verify(algorithm, key, signature, signed),
    };
  } catch {
    return undefined;
  }
}

function isGoodModulus(text: string): boolean {
  const bytes = base64urlDecode(text)?.length ?? 0;
  return bytes >= RSA_MODULUS_BYTES_MIN && bytes <= RSA_MODULUS_BYTES_MAX;
}

// `none`, and secrets that two sides share, are refused before anybody is asked for keys.
export function checkAlgorithm({ alg }: ParsedToken): void {
  if (!ALGORITHMS.has(alg)) {
    refuse('token_algorithm', 'The token’s algorithm is none that signs by a private key.');
  }
}

export async function verifySignature(token: ParsedToken, key: VerificationKey): Promise<void> {
  const isGood = await key.verify(token.signature, token.signed).catch(() => false);
  if (!isGood) refuse('token_signature', 'The token’s signature is wrong.');
}

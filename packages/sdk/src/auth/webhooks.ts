// Whether a webhook or an interceptor call comes from Gatehouse: an HMAC over id, time and body, as
// [Standard Webhooks §signature-scheme] lays it out.
import { base64Decode, isEqualInConstantTime, utf8 } from './encoding.js';
import { WebhookVerificationError } from './errors.js';
import { hmacSha256 } from './hmac.js';

const TOLERANCE_S = 5 * 60;
const HEADER_CHARACTERS_MAX = 4096;
const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;
const VERSION = 'v1';

// As Node, Express or fetch hands them over. Names may be written in either case.
export type MessageHeaders = Headers | Record<string, string | string[] | undefined>;

export interface SignedMessage {
  kind: 'webhook' | 'interceptor';
  secret: string;
  headers: MessageHeaders;
  payload: string | Uint8Array;
  now: number; // ms
}

// Throws unless one of the signatures is right and the message is neither old nor from the future.
export function verifySignedMessage(message: SignedMessage): true {
  const { kind, headers } = message;
  const id = headerNamed(headers, `${kind}-id`);
  const timestamp = headerNamed(headers, `${kind}-timestamp`);
  const signatures = headerNamed(headers, `${kind}-signature`);
  if (!id || !timestamp || !signatures) {
    const names = `${kind}-id, ${kind}-timestamp and ${kind}-signature`;
    throw new WebhookVerificationError('webhook_headers', `The headers ${names} must be given.`);
  }
  const key = keyOf(message.secret);
  verifyTimestamp(timestamp, message.now);
  const payload = typeof message.payload === 'string' ? utf8(message.payload) : message.payload;
  if (!(payload instanceof Uint8Array) || payload.length > PAYLOAD_BYTES_MAX) {
    const text = 'The payload must be the body as it came: text or bytes, up to 16 MiB.';
    throw new WebhookVerificationError('webhook_payload', text);
  }
  const head = utf8(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + payload.length);
  signed.set(head);
  signed.set(payload, head.length);
  if (isAnySignatureRight(signatures, hmacSha256(key, signed))) return true;
  throw new WebhookVerificationError('webhook_signature', 'No signature fits this message.');
}

function isAnySignatureRight(signatures: string, expected: Uint8Array): boolean {
  return signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const received = version === VERSION ? base64Decode(text) : undefined;
    return received !== undefined && isEqualInConstantTime(received, expected);
  });
}

// What stands behind the first underscore of `whsec_…`.
function keyOf(secret: string): Uint8Array {
  const from = typeof secret === 'string' ? secret.indexOf('_') + 1 : 0;
  const key = from > 0 ? base64Decode(secret.slice(from)) : undefined;
  if (key && key.length > 0) return key;
  const text = 'The secret must be whsec_ and base64, as the dashboard shows it.';
  throw new WebhookVerificationError('webhook_secret', text);
}

function verifyTimestamp(timestamp: string, now: number): void {
  const refuse = (text: string): never => {
    throw new WebhookVerificationError('webhook_timestamp', text);
  };
  if (!/^\d{1,12}$/.test(timestamp)) refuse('The timestamp must be whole seconds since 1970.');
  const age = Math.floor(now / 1000) - Number(timestamp);
  if (age > TOLERANCE_S) refuse('The message is more than 5 minutes old.');
  if (age < -TOLERANCE_S) refuse('The message is from more than 5 minutes in the future.');
}

function headerNamed(headers: MessageHeaders, name: string): string | undefined {
  const value = valueNamed(headers, name);
  if (value !== undefined && value.length > HEADER_CHARACTERS_MAX) {
    throw new WebhookVerificationError('webhook_headers', `The header ${name} is too long.`);
  }
  return value;
}

function valueNamed(headers: MessageHeaders, name: string): string | undefined {
  if (headers === null || typeof headers !== 'object') return undefined;
  if (typeof headers.get === 'function') return (headers as Headers).get(name) ?? undefined;
  const found = Object.entries(headers).filter(([each]) => each.toLowerCase() === name);
  const value: unknown = found.length === 1 ? found[0]?.[1] : undefined;
  return typeof value === 'string' ? value : undefined;
}

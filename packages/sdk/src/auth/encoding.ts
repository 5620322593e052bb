// Bytes as text and back, by what every runtime has. [RFC 4648 §4, §5]

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

// Undefined if the bytes are not UTF-8.
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function base64urlEncode(bytes: Uint8Array): string {
  const piece = 0x2000; // as many arguments as every runtime takes
  let binary = '';
  for (let at = 0; at < bytes.length; at += piece) {
    binary += String.fromCharCode(...bytes.subarray(at, at + piece));
  }
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

// Undefined for anything but the one encoding of some bytes: no padding, no white space, and no set
// bits behind the last byte.
export function base64urlDecode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!BASE64URL.test(text) || text.length % 4 === 1) return undefined;
  const bytes = decode(text.replace(/-/g, '+').replace(/_/g, '/'));
  return bytes && base64urlEncode(bytes) === text ? bytes : undefined;
}

// Padding may be left out; nothing else may differ.
export function base64Decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!BASE64.test(text)) return undefined;
  return decode(text.replace(/=+$/, ''));
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

// Without telling by its time where two texts differ. Lengths are no secret.
export function isEqualInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; ++at) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}

// WebCrypto wherever we run, and random text from it.
import { base64urlEncode } from './encoding.js';

let found: Promise<Crypto> | undefined;

// Node 18 has it in a module only. The module's name is not written out in the import, and what
// collects modules for a worker is told to leave it alone: there it is never reached.
export function webCrypto(): Promise<Crypto> {
  found ??= globalThis.crypto?.subtle
    ? Promise.resolve(globalThis.crypto)
    : fromModule('node:crypto');
  return found;
}

async function fromModule(name: string): Promise<Crypto> {
  const module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
    webcrypto: Crypto;
  };
  return module.webcrypto;
}

// 256 bits unless said, as base64url.
export async function randomText(bytes = 32): Promise<string> {
  const crypto = await webCrypto();
  return base64urlEncode(crypto.getRandomValues(new Uint8Array(bytes)));
}

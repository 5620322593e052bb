// Text that only this application can have written: AES-256-GCM under a key of its purpose
// [RFC 5869] [NIST SP 800-38D], bound to the name under which it is kept. Nothing is compressed, so
// a length tells nothing about what stands inside.
//
//   base64url( version 1 | key id | 12 bytes of IV | ciphertext | 16 bytes of tag )
import { base64urlDecode, base64urlEncode, textOf, utf8 } from '../auth/encoding.js';
import { webCrypto } from '../auth/random.js';

export type Purpose = 'session' | 'login' | 'stored session';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 2 + IV_BYTES;
export const SEALED_CHARACTERS_MAX = 64 * 1024;
export const SECRET_CHARACTERS_MIN = 32;

class SecretKeys {
  private readonly root: Promise<CryptoKey>;
  private readonly sealing = new Map<Purpose, Promise<CryptoKey>>();
  private identifier: Promise<number> | undefined;
  private naming: Promise<CryptoKey> | undefined;

  constructor(secret: string) {
    this.root = webCrypto().then((crypto) =>
      crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveBits']),
    );
    this.root.catch(() => undefined); // whoever awaits it hears of it
  }

  // Says which secret sealed something, without saying anything about it.
  id(): Promise<number> {
    this.identifier ??= this.derive('key id', 8).then((bits) => new Uint8Array(bits)[0] ?? 0);
    return this.identifier;
  }

  forSealing(purpose: Purpose): Promise<CryptoKey> {
    const known = this.sealing.get(purpose);
    if (known) return known;
    const key = this.derive(`seal ${purpose}`, 256).then(async (bits) => {
      const { subtle } = await webCrypto();
      return subtle.importKey('raw', bits, 'AES-GCM', false, ['encrypt', 'decrypt']);
    });
    this.sealing.set(purpose, key);
    return key;
  }

  forNames(): Promise<CryptoKey> {
    this.naming ??= this.derive('names', 256).then(async (bits) => {
      const { subtle } = await webCrypto();
      return subtle.importKey('raw', bits, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    });
    return this.naming;
  }

  private async derive(what: string, bits: number): Promise<ArrayBuffer> {
    const { subtle } = await webCrypto();
    const info = utf8(`gatehouse web v1 ${what}`);
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
    return subtle.deriveBits(parameters, await this.root, bits);
  }
}

export class Sealer {
  private readonly keys: SecretKeys[];

  // The first secret seals, all of them open. What one application sealed another one cannot open,
  // even if somebody gave both the same secret.
  constructor(
    secrets: string[],
    private readonly application: string,
  ) {
    this.keys = secrets.map((secret) => new SecretKeys(secret));
  }

  async seal(purpose: Purpose, name: string, text: string): Promise<string> {
    const [first] = this.keys;
    if (!first) throw new Error('there is no secret to seal with');
    const crypto = await webCrypto();
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const key = await first.forSealing(purpose);
    const parameters = { name: 'AES-GCM', iv, additionalData: this.bindingOf(purpose, name) };
    const ciphertext = await crypto.subtle.encrypt(parameters, key, utf8(text));
    const sealed = new Uint8Array(HEAD_BYTES + ciphertext.byteLength);
    sealed.set([VERSION, await first.id()]);
    sealed.set(iv, 2);
    sealed.set(new Uint8Array(ciphertext), HEAD_BYTES);
    return base64urlEncode(sealed);
  }

  // Undefined unless it is, to the last character, what `seal` returned for this purpose and name.
  async open(purpose: Purpose, name: string, sealed: string): Promise<string | undefined> {
    if (sealed.length > SEALED_CHARACTERS_MAX) return undefined;
    const bytes = base64urlDecode(sealed);
    if (!bytes || bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] !== VERSION) return undefined;
    for (const keys of this.keys) {
      if ((await keys.id()) !== bytes[1]) continue;
      const plain = await this.tryToOpen(await keys.forSealing(purpose), purpose, name, bytes);
      if (plain !== undefined) return plain;
    }
    return undefined;
  }

  // A name that tells nothing about `text`: by each of the secrets, the one to write under first.
  async namesOf(text: string): Promise<string[]> {
    const { subtle } = await webCrypto();
    const bytes = utf8(`${this.application}\n${text}`);
    const names = this.keys.map(async (keys) => {
      const mac = await subtle.sign('HMAC', await keys.forNames(), bytes);
      return base64urlEncode(new Uint8Array(mac));
    });
    return Promise.all(names);
  }

  private async tryToOpen(
    key: CryptoKey,
    purpose: Purpose,
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<string | undefined> {
    const { subtle } = await webCrypto();
    const iv = bytes.subarray(2, HEAD_BYTES);
    const parameters = { name: 'AES-GCM', iv, additionalData: this.bindingOf(purpose, name) };
    try {
      const plain = await subtle.decrypt(parameters, key, bytes.subarray(HEAD_BYTES));
      return textOf(new Uint8Array(plain));
    } catch {
      return undefined; // not sealed by us, or for something else
    }
  }

  private bindingOf(purpose: Purpose, name: string): Uint8Array<ArrayBuffer> {
    return utf8(`${this.application}\n${purpose}\n${name}`);
  }
}

// What the tests need to know of a SAML identity provider, whoever made it.
import type { Hand } from './browser.js';

export const NAME_ID = {
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
} as const;
export type NameId = keyof typeof NAME_ID;

export type Signed = 'response' | 'assertion' | 'both' | 'nothing';

// How a provider answers one service provider.
export interface Mode {
  signed: Signed;
  signature?: string; // the URI of an algorithm, where it is not RSA with SHA-256
  encryption?: string; // the URI of a block cipher
  keyEncryption?: string; // the URI of an algorithm, where it is not RSA-OAEP
  isEncryptedFirst?: boolean; // and then signed
  isNameIdEncrypted?: boolean; // it alone
  nameId?: NameId;
  hasSignedRequests?: boolean; // it demands them
  hasOids?: boolean; // attributes are named by object identifiers
  // Mistakes, of those providers that let one make them.
  audience?: string;
  lifetimeSeconds?: number;
}

// Somebody who has an account at the provider.
export interface Account {
  uid: string;
  email: string;
  givenName: string;
  familyName: string;
}

export interface SamlProvider {
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly sloUrl: string;
  readonly certificate: string;
  // Makes a service provider known, or known in another way.
  introduce(metadata: string, mode: Mode): void | Promise<void>;
  // Where a launch from the provider's own portal begins.
  launchUrl(spEntityId: string, relayState?: string): string;
  // What the person with this account does at the provider's pages.
  handOf(account: Account): Hand;
  stop(): Promise<void>;
}

// What metadata of a service provider says; it is ours, and laid out by us.
export interface ServiceProvider {
  entityId: string;
  acs: string;
  sloUrl: string;
  signingCertificate: string | undefined; // base64
  encryptionCertificate: string | undefined;
}

export function readServiceProvider(metadata: string): ServiceProvider {
  const endpoint = (name: string): string =>
    attribute(new RegExp(`<[\\w:]*${name}\\b[^>]*>`).exec(metadata)?.[0] ?? '', 'Location');
  const certificate = (use: string): string | undefined =>
    [...metadata.matchAll(/<[\w:]*KeyDescriptor\b([^>]*)>(.*?)<\/[\w:]*KeyDescriptor>/gs)]
      .filter(([, head = '']) => !head.includes('use=') || head.includes(`use="${use}"`))
      .map(([, , body = '']) => /X509Certificate>([^<]+)</.exec(body)?.[1]?.replace(/\s/g, ''))[0];
  return {
    entityId: attribute(/<[\w:]*EntityDescriptor\b[^>]*>/.exec(metadata)?.[0] ?? '', 'entityID'),
    acs: endpoint('AssertionConsumerService'),
    sloUrl: endpoint('SingleLogoutService'),
    signingCertificate: certificate('signing'),
    encryptionCertificate: certificate('encryption'),
  };
}

const attribute = (tag: string, name: string): string =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? '';

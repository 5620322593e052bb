// What a test did and was told, so that it can be judged afterwards. An answer below 500 settles a
// request. One of 500 and more, or none, leaves open whether it was carried out: such a request is
// repeated until it is settled, and counts as carried out from its first try on.
import { ISSUER, REDIRECT_URI } from './nodes.js';

export type Presence = 'unknown' | 'present' | 'deleted';

export interface Organization {
  externalId: string;
  id: string;
  presence: Presence;
  names: string[]; // as they were given in turn; the last acknowledged one is names[acknowledged]
  acknowledged: number;
}

export interface User {
  externalId: string;
  email: string;
  id: string;
  organization: Organization;
  presence: Presence;
}

// A grant of offline access: the refresh tokens that it gave, in order.
export interface Family {
  tokens: string[];
  session: string;
  owner: string; // the person's address
  // `maybe`: a request that ends it is under way, or an older token or code may still be shown.
  ended: 'no' | 'maybe' | 'yes';
}

export class History {
  operations = 0;
  unknowns = 0; // requests without a settling answer
  signIns = 0; // that came to their end, pages and mail included
  signInsBegunAgain = 0; // by going back to the application
  signInsFailed = 0;
  refused503 = 0;
  withoutRetryAfter = 0;
  readonly signInMs: number[] = [];
  readonly violations: string[] = [];
  readonly codes = new Map<string, number>(); // how often each got tokens
  readonly families: Family[] = [];
  readonly organizations: Organization[] = [];
  readonly users: User[] = [];
  readonly keyIds = new Map<string, number>(); // of issued tokens, and until when they are good, s
  readonly people = new Set<string>(); // addresses that signed up

  violation(text: string): void {
    this.violations.push(text);
  }

  // All that hang on one session, or on one person.
  mayEnd(families: Family[]): void {
    for (const family of families) if (family.ended === 'no') family.ended = 'maybe';
  }

  familiesOf(owner: string): Family[] {
    return this.families.filter((family) => family.owner === owner);
  }

  redeemed(code: string): void {
    const times = (this.codes.get(code) ?? 0) + 1;
    this.codes.set(code, times);
    if (times > 1) this.violation(`I1: a code got tokens ${times} times`);
  }

  issued(token: string): Record<string, unknown> {
    const part = (index: 0 | 1): Record<string, unknown> =>
      JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8'));
    const claims = part(1);
    const keyId = String(part(0)['kid']);
    const until = Number(claims['exp']);
    this.keyIds.set(keyId, Math.max(until, this.keyIds.get(keyId) ?? 0));
    if (claims['iss'] !== ISSUER) this.violation(`a token of the issuer ${String(claims['iss'])}`);
    return claims;
  }
}

export function authorizeUrl(clientId: string, parameters: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email offline_access',
    state: 'kept',
    ...parameters,
  });
  return `${ISSUER}/oauth/authorize?${query}`;
}

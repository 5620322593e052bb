// Who calls: the one place where a bearer token becomes something that the tools may rely on.
// [RFC 6750 §2.1, §3]
import { AuthClient, GatehouseError, type AccessTokenClaims } from '@gatehouse/sdk/auth';

export interface Caller {
  subject: string;
  organization: string;
  roles: string[];
}

// `unavailable`: the keys of the issuer cannot be had right now; try again.
export type Refusal = 'invalid_token' | 'unavailable';

const TOKEN_BYTES_MAX = 8192;

export class Door {
  private readonly client: AuthClient;

  constructor(issuer: string, clientId: string) {
    this.client = new AuthClient(issuer, clientId);
  }

  // Takes the Authorization header as it came.
  async let(authorization: string | undefined): Promise<Caller | Refusal> {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (!token || token.length > TOKEN_BYTES_MAX) return 'invalid_token';
    try {
      return callerOf(await this.client.validateToken<AccessTokenClaims>(token));
    } catch (error) {
      const isAway = error instanceof GatehouseError && error.code === 'server_unreachable';
      return isAway ? 'unavailable' : 'invalid_token';
    }
  }
}

// Everything here belongs to an organization; a token that names none opens nothing.
function callerOf(claims: AccessTokenClaims): Caller | Refusal {
  const organization = claims.org_id ?? claims.oid;
  if (!organization) return 'invalid_token';
  return { subject: claims.sub, organization, roles: claims.roles ?? [] };
}

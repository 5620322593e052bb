// What tokens say of a person, put together. Only claims that were verified come in here; of names
// the ID token has the last word, of the organization and of what is allowed the access token.
import type { AccessTokenClaims, IdTokenClaims } from '../auth/types.js';
import type { Session, SessionUser } from './types.js';

const TEXT_CHARACTERS_MAX = 2000;
const LIST_ITEMS_MAX = 1000;

export interface VerifiedTokens {
  accessToken: string;
  access: AccessTokenClaims;
  refreshToken?: string | undefined;
  idToken?: string | undefined;
  id?: IdTokenClaims | undefined;
  expiresIn: number; // s
}

// `previous` lends what the new tokens do not say, if they are of the same person.
export function sessionFrom(tokens: VerifiedTokens, nowS: number, previous?: Session): Session {
  const { access, id } = tokens;
  const before = previous?.user.sub === access.sub ? previous : undefined;
  const sessionId = textOf(access.sid) ?? textOf(id?.sid) ?? before?.sessionId;
  const refreshToken = tokens.refreshToken || before?.refreshToken;
  const idToken = tokens.idToken ?? before?.idToken;
  return {
    user: userFrom(access, id, before?.user),
    roles: listOf(access.roles),
    permissions: listOf(access.permissions),
    ...(sessionId !== undefined && { sessionId }),
    accessToken: tokens.accessToken,
    // Whichever is earlier by our clock and by Gatehouse's.
    accessExpiresAt: Math.min(access.exp, nowS + tokens.expiresIn),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
    signedInAt: before?.signedInAt ?? Math.floor(nowS),
  };
}

function userFrom(
  access: AccessTokenClaims,
  id: IdTokenClaims | undefined,
  before: SessionUser | undefined,
): SessionUser {
  const orgId = organizationOf(access) ?? (id && organizationOf(id)) ?? before?.orgId;
  const isSameOrganization = orgId === before?.orgId;
  const email = textOf(id?.email) ?? textOf(access.email) ?? before?.email;
  const name = nameOf(id) ?? nameOf(access) ?? before?.name;
  const orgName =
    textOf(access['org_name']) ??
    textOf(id?.['org_name']) ??
    (isSameOrganization ? before?.orgName : undefined);
  const picture = webAddress(id?.picture) ?? webAddress(access['picture']) ?? before?.picture;
  return {
    sub: access.sub,
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    ...(orgId !== undefined && { orgId }),
    ...(orgName !== undefined && { orgName }),
    ...(picture !== undefined && { picture }),
  };
}

export function organizationOf(claims: { oid?: unknown; org_id?: unknown }): string | undefined {
  return textOf(claims.oid) ?? textOf(claims.org_id);
}

function nameOf(claims: { [claim: string]: unknown } | undefined): string | undefined {
  if (!claims) return undefined;
  const parts = [textOf(claims['given_name']), textOf(claims['family_name'])];
  const joined = parts.filter((part) => part !== undefined).join(' ');
  return textOf(claims['name']) ?? (joined || undefined);
}

// Pages put it into an <img>.
function webAddress(value: unknown): string | undefined {
  const address = textOf(value);
  return address !== undefined && /^https?:\/\//.test(address) ? address : undefined;
}

function textOf(value: unknown): string | undefined {
  const isText = typeof value === 'string' && value !== '' && value.length <= TEXT_CHARACTERS_MAX;
  return isText ? value : undefined;
}

function listOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item) => textOf(item) !== undefined).slice(0, LIST_ITEMS_MAX) as string[];
}

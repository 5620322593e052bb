// A person as applications see them: the claims of an ID token [OIDC Core §5.1] by other names.
import type { IdTokenClaims, User } from './types.js';

const NAMES: [claim: string, name: string][] = [
  ['sub', 'id'],
  ['name', 'name'],
  ['preferred_username', 'username'],
  ['given_name', 'givenName'],
  ['family_name', 'familyName'],
  ['email', 'email'],
  ['email_verified', 'emailVerified'],
  ['phone_number', 'phoneNumber'],
  ['phone_number_verified', 'phoneNumberVerified'],
  ['profile', 'profile'],
  ['picture', 'picture'],
  ['gender', 'gender'],
  ['birthdate', 'birthDate'],
  ['zoneinfo', 'zoneInfo'],
  ['locale', 'locale'],
  ['updated_at', 'updatedAt'],
  ['identities', 'identities'],
  ['metadata', 'metadata'],
];

export function userOf(claims: IdTokenClaims): User {
  const user: User = { id: claims.sub };
  for (const [claim, name] of NAMES) {
    if (claims[claim] !== undefined) user[name] = claims[claim];
  }
  return user;
}

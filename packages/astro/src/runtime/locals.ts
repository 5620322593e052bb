// What pages find in `Astro.locals`. The data in it is plain JSON, and the functions are not
// enumerable, so that an adapter can carry locals from one process to another.
import type { Authenticated, Session } from '@gatehouse/sdk/web';
import { GatehouseAstroError } from '../messages.js';
import type { AuthQuery, LocalsAuth, LocalsUser } from '../types.js';
import { refusal } from './answers.js';
import { verdictOfQuery, type Somebody } from './protect.js';
import { pathOf, signInUrl } from './urls.js';

export interface Locals {
  user?: LocalsUser;
  auth: LocalsAuth;
}

const known = new WeakMap<object, Authenticated>();

// Who is there while these locals are used.
export const somebodyOf = (locals: object): Somebody => known.get(locals) ?? {};

export function fillLocals(locals: object, request: Request, found: Authenticated): void {
  const { session } = found;
  const target = locals as Partial<Locals>;
  known.set(locals, found);
  if (session) target.user = userOf(session);
  else delete target.user;
  const isUnreachable = found.problem === 'unreachable';
  const data = { ...dataOf(session), isUnreachable };
  target.auth = withFunctions(data, {
    has: (query: AuthQuery) => verdictOfQuery(query, found) === 'admitted',
    protect: (query: AuthQuery = {}) => refusal(verdictOfQuery(query, found), request),
    getToken: () =>
      session
        ? Promise.resolve(session.accessToken)
        : Promise.reject(new GatehouseAstroError(isUnreachable ? 'GH204' : 'GH201')),
    signInUrl: (returnTo?: string) => signInUrl(returnTo ?? pathOf(request)),
    signUpUrl: (returnTo?: string) => signInUrl(returnTo ?? pathOf(request), { screen: 'sign-up' }),
  });
}

// While a page is built there is nobody. Asking for somebody then is a mistake that would show
// everybody the same answer, so it ends the build.
export function fillPrerendered(locals: object): void {
  const target = locals as Partial<Locals>;
  target.auth = withFunctions(
    { ...dataOf(undefined), isUnreachable: false },
    {
      has: () => false,
      protect: () => {
        throw new GatehouseAstroError('GH205');
      },
      getToken: () => Promise.reject(new GatehouseAstroError('GH205')),
      signInUrl: (returnTo?: string) => signInUrl(returnTo),
      signUpUrl: (returnTo?: string) => signInUrl(returnTo, { screen: 'sign-up' }),
    },
  );
}

// Exactly the keys that applications written by Scalekit's guide declare.
function userOf({ user }: Session): LocalsUser {
  return {
    sub: user.sub,
    ...(user.email !== undefined && { email: user.email }),
    ...(user.name !== undefined && { name: user.name }),
    ...(user.orgId !== undefined && { orgId: user.orgId }),
  };
}

type Functions = Pick<LocalsAuth, 'has' | 'protect' | 'getToken' | 'signInUrl' | 'signUpUrl'>;
type Data = Omit<LocalsAuth, keyof Functions>;

function dataOf(session: Session | undefined): Omit<Data, 'isUnreachable'> {
  if (!session) return { isSignedIn: false, roles: [], permissions: [] };
  const { orgId, orgName, picture, sub } = session.user;
  return {
    isSignedIn: true,
    userId: sub,
    ...(orgId !== undefined && { orgId }),
    ...(orgName !== undefined && { orgName }),
    ...(session.sessionId !== undefined && { sessionId: session.sessionId }),
    roles: [...session.roles],
    permissions: [...session.permissions],
    ...(picture !== undefined && { picture }),
    expiresAt: session.accessExpiresAt,
  };
}

function withFunctions(data: Data, functions: Functions): LocalsAuth {
  for (const [name, value] of Object.entries(functions)) {
    Object.defineProperty(data, name, { value, enumerable: false });
  }
  return data as LocalsAuth;
}

// `gatehouse:server`: for pages, endpoints, actions and middleware that need more than locals.
import { ScalekitClient } from '@gatehouse/sdk';
import type { Session } from '@gatehouse/sdk/web';
import { ActionError } from 'virtual:gatehouse/actions';
import { GatehouseAstroError } from './messages.js';
import { refusal } from './runtime/answers.js';
import { somebodyOf, type Locals } from './runtime/locals.js';
import { verdictOfQuery, type Verdict } from './runtime/protect.js';
import { environmentNow, webAuthFor } from './runtime/settings.js';
import type { AuthQuery, LocalsAuth, LocalsUser } from './types.js';

export type { Session } from '@gatehouse/sdk/web';

// What of Astro's contexts is used: pages hand in `Astro`, endpoints and actions their context.
export interface WithLocals {
  locals: object;
  request: Request;
}

// The session of whoever sent this; undefined if nobody is signed in. A bare request is for places
// that Astro's middleware does not reach.
export async function getSession(from: WithLocals | Request): Promise<Session | undefined> {
  if (!(from instanceof Request)) return somebodyOf(from.locals).session;
  const auth = await webAuthFor(from);
  return Array.isArray(auth) ? undefined : (await auth.authenticate(from)).session;
}

// Throws the response to give, a redirect to sign-in, 401 or 403, which the middleware answers
// with: nothing after this line runs. For endpoints and the top of pages.
export function requireUser(context: WithLocals, query: AuthQuery = {}): LocalsUser {
  const refused = refusal(verdictOfQuery(query, somebodyOf(context.locals)), context.request);
  const { user } = context.locals as Locals;
  if (refused || !user) throw refused ?? new GatehouseAstroError('GH205');
  return user;
}

// The organization in which the person acts.
export function requireOrg(context: WithLocals, query: AuthQuery = {}): string {
  const { orgId } = requireUser(context, { organization: 'required', ...query });
  if (orgId === undefined) throw new GatehouseAstroError('GH203');
  return orgId;
}

export interface SignedIn {
  user: LocalsUser;
  auth: LocalsAuth;
}

// For the handler of an Astro action: nobody but who is signed in (and has what `query` asks for)
// gets through to it.
export function withAuth<Input, Context extends WithLocals, Result>(
  handler: (input: Input, context: Context & SignedIn) => Result | Promise<Result>,
  query: AuthQuery = {},
): (input: Input, context: Context) => Promise<Result> {
  return async (input, context) => {
    const verdict = verdictOfQuery(query, somebodyOf(context.locals));
    const { auth, user } = context.locals as Locals;
    if (verdict !== 'admitted' || !user) throw actionError(verdict);
    return await handler(input, Object.assign(context, { auth, user }));
  };
}

// Its text reaches the browser.
function actionError(verdict: Verdict): ActionError {
  switch (verdict) {
    case 'unreachable':
      return new ActionError({ code: 'INTERNAL_SERVER_ERROR', message: 'Sign-in is unreachable.' });
    case 'forbidden':
    case 'no organization':
      return new ActionError({ code: 'FORBIDDEN', message: 'You may not do this.' });
    default:
      return new ActionError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
  }
}

let made: ScalekitClient | undefined;

function madeClient(): ScalekitClient {
  if (made) return made;
  const { url, clientId, clientSecret, problems } = environmentNow();
  if (!url || !clientId || problems.some(({ code }) => code === 'GH102')) {
    throw new GatehouseAstroError('GH206');
  }
  made = new ScalekitClient(url, clientId, clientSecret || undefined);
  return made;
}

// The management API, with this application's credentials. Made when it is first used, so that
// importing it needs no environment.
export const client: ScalekitClient = new Proxy({} as ScalekitClient, {
  get: (_target, name) => {
    const real = madeClient();
    const value: unknown = Reflect.get(real, name, real);
    return typeof value === 'function' ? (value.bind(real) as unknown) : value;
  },
});

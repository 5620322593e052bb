// Who sends a request. A session ends here for one reason only: Gatehouse says that the grant is
// over. That it cannot be reached, or answers nonsense, ends nothing, and while the access token is
// good nobody even notices.
import type { Core } from './core.js';
import { CookieJar } from './cookies.js';
import { codeOf, type Renewal } from './renewals.js';
import { sessionFrom } from './session.js';
import type { Authenticated, Session } from './types.js';

const DAY_S = 86_400;
// How long somebody whose access token is still good waits for a new one.
const PATIENCE_MS = 3_000;

export interface How {
  renew?: 'now';
}

export async function authenticate(core: Core, request: Request, how: How): Promise<Authenticated> {
  const jar = new CookieJar(request.headers.get('cookie'));
  try {
    const kept = await core.keeper.load(jar);
    if (kept.problem) return await over(core, jar, kept.problem);
    const { session } = kept;
    if (!session) return { setCookies: [] };
    if (core.ended.has(session)) return await over(core, jar, 'ended');
    if (how.renew === 'now' || isDue(core, session)) return await renewed(core, jar, session);
    const isOld = kept.writtenAt !== undefined && kept.writtenAt + DAY_S <= core.now() / 1000;
    return { session, setCookies: isOld ? await save(core, jar, session, 'used') : [] };
  } catch (error) {
    // A store that is away, for one.
    core.log({ what: 'server.unreachable', detail: `session: ${codeOf(error)}` });
    return { problem: 'unreachable', setCookies: [] };
  }
}

// An access token that lives no longer than we are early would be renewed with every request.
export function renewAt(core: Core, session: Session, expiresIn: number): number {
  return session.accessExpiresAt - Math.min(core.refreshEarlySeconds, expiresIn / 2);
}

function isDue(core: Core, session: Session): boolean {
  const nowS = core.now() / 1000;
  const early = session.accessExpiresAt - core.refreshEarlySeconds;
  return nowS >= (session.renewAt ?? early) || nowS >= session.accessExpiresAt;
}

async function renewed(core: Core, jar: CookieJar, session: Session): Promise<Authenticated> {
  const isGood = session.accessExpiresAt > core.now() / 1000;
  if (session.refreshToken === undefined) {
    return isGood ? { session, setCookies: [] } : over(core, jar, 'expired');
  }
  const asked = core.renewals.renew(session.refreshToken);
  const renewal = isGood ? await inTime(asked) : await asked;
  switch (renewal.outcome) {
    case 'renewed':
      return take(core, jar, session, renewal);
    case 'ended':
      return (await another(core, jar, session)) ?? over(core, jar, 'ended');
    case 'replaced': {
      const found = await another(core, jar, session);
      return found ?? (isGood ? { session, setCookies: [] } : late());
    }
    case 'unreachable':
      core.log({ what: 'server.unreachable', detail: `refresh: ${renewal.reason}` });
      return isGood ? { session, setCookies: [] } : { problem: 'unreachable', setCookies: [] };
  }
}

async function take(
  core: Core,
  jar: CookieJar,
  before: Session,
  { tokens }: Renewal & { outcome: 'renewed' },
): Promise<Authenticated> {
  const session = sessionFrom(tokens, core.now() / 1000, before);
  session.renewAt = renewAt(core, session, tokens.expiresIn);
  const isSamePerson = before.user.sub === '' || before.user.sub === session.user.sub;
  // A logout may have come while we waited.
  if (!isSamePerson || core.ended.has(session)) return over(core, jar, 'ended');
  core.log({ what: 'session.refreshed' });
  return { session, setCookies: await save(core, jar, session, 'renewed') };
}

// What a racer has left in the store meanwhile.
async function another(
  core: Core,
  jar: CookieJar,
  session: Session,
): Promise<Authenticated | undefined> {
  const found = (await core.keeper.load(jar)).session;
  const isNewer =
    found !== undefined &&
    found.refreshToken !== session.refreshToken &&
    found.accessExpiresAt > core.now() / 1000;
  return isNewer ? { session: found, setCookies: [] } : undefined;
}

// The browser has newer cookies by now; this request came with old ones. Deleting anything would
// delete the new ones.
function late(): Authenticated {
  return { problem: 'expired', setCookies: [] };
}

async function save(
  core: Core,
  jar: CookieJar,
  session: Session,
  why: 'renewed' | 'used',
): Promise<string[]> {
  try {
    return await core.keeper.save(jar, session, why);
  } catch (error) {
    core.log({ what: 'server.unreachable', detail: `session: ${codeOf(error)}` });
    return [];
  }
}

async function over(
  core: Core,
  jar: CookieJar,
  problem: NonNullable<Authenticated['problem']>,
): Promise<Authenticated> {
  if (problem === 'unreachable') return { problem, setCookies: [] };
  const what = problem === 'unreadable' ? 'session.unreadable' : 'session.ended';
  core.log({ what, detail: problem });
  return { problem, setCookies: await core.keeper.clear(jar) };
}

async function inTime(asked: Promise<Renewal>): Promise<Renewal> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Renewal>((settle) => {
    timer = setTimeout(() => settle({ outcome: 'unreachable', reason: 'late' }), PATIENCE_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

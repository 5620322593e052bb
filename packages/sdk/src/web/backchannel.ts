// Gatehouse says that a session is over. [OIDC Back-Channel Logout §2.5 to §2.8]
import { ServerUnreachableError } from '../auth/errors.js';
import type { LogoutTokenClaims } from '../auth/types.js';
import type { Core } from './core.js';
import { json, methodNotAllowed, readBody } from './http.js';
import { codeOf } from './renewals.js';
import type { EndedElsewhere } from './session_keeper.js';

export async function backchannelLogout(core: Core, request: Request): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed('POST');
  const body = await readBody(request);
  const token = body?.get('logout_token');
  if (!token) return refused(core, 'there is no logout_token');
  let claims: LogoutTokenClaims;
  try {
    claims = await core.client.verifyLogoutToken(token);
  } catch (error) {
    const isAway = error instanceof ServerUnreachableError;
    return refused(core, codeOf(error), isAway ? 503 : 400);
  }
  const { jti, sid, sub } = claims;
  // Without an identifier nobody could tell a second time from the first.
  if (typeof jti !== 'string' || jti === '') return refused(core, 'there is no jti');
  if (core.usedLogoutTokens.get(jti)) return refused(core, 'the logout token was used before');
  // It names one session, or all of a person.
  const ended: EndedElsewhere | undefined =
    sid !== undefined ? { sessionId: sid } : sub !== undefined ? { sub } : undefined;
  if (!ended) return refused(core, 'it names nobody');
  core.ended.note(ended);
  try {
    await core.keeper.end(ended);
  } catch (error) {
    core.log({ what: 'server.unreachable', detail: `session: ${codeOf(error)}` });
    return refused(core, 'the session store cannot be reached', 503);
  }
  core.usedLogoutTokens.set(jti, true);
  core.log({ what: 'logout.backchannel' });
  return json({}, { headers: NO_STORE });
}

const NO_STORE = { 'cache-control': 'no-store' };

function refused(core: Core, why: string, status = 400): Response {
  core.log({ what: 'logout.backchannel', detail: `refused: ${why}` });
  const answer = { error: 'invalid_request', error_description: why };
  return json(answer, { status, headers: NO_STORE });
}

// Signing out, here and at Gatehouse [OIDC RP-Initiated Logout §2]. Only a POST of our own pages
// does it: whatever prefetches links would follow one, and an image on any page would do.
import { randomText } from '../auth/random.js';
import type { Core } from './core.js';
import { CookieJar } from './cookies.js';
import { isFromOwnPage, isSpeculative, methodNotAllowed, noContent, redirect } from './http.js';
import { text } from './http.js';
import { goOnPage, signOutPage } from './pages.js';
import { codeOf } from './renewals.js';
import type { Session } from './types.js';

// Servers refuse longer addresses. Without the hint, Gatehouse asks the person.
const ADDRESS_CHARACTERS_MAX = 7500;

export async function logout(core: Core, request: Request): Promise<Response> {
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (isSpeculative(request)) return noContent();
    return signOutPage(core.paths.logout, core.paths.home, await randomText(16));
  }
  if (request.method !== 'POST') return methodNotAllowed('GET, HEAD, POST');
  if (!isFromOwnPage(request, core.appUrl)) return foreignPage();
  const jar = new CookieJar(request.headers.get('cookie'));
  const { session } = await core.keeper.load(jar).catch(() => ({ session: undefined }));
  if (session?.sessionId !== undefined) core.ended.note({ sessionId: session.sessionId });
  core.log({ what: 'logout' });
  return answerForm(core, logoutAddress(core, session), await clear(core, jar));
}

// A form's answer that leaves the application.
export async function answerForm(core: Core, url: string, setCookies: string[]): Promise<Response> {
  return core.formAnswers === 'page'
    ? goOnPage(url, await randomText(16), setCookies)
    : redirect(url, { status: 303, setCookies });
}

export function foreignPage(): Response {
  return text('This form was not sent by a page of this application.\n', { status: 403 });
}

function logoutAddress(core: Core, session: Session | undefined): string {
  const postLogoutRedirectUri = core.appUrl;
  const idTokenHint = session?.idToken;
  if (idTokenHint !== undefined) {
    const url = core.client.getLogoutUrl({ idTokenHint, postLogoutRedirectUri });
    if (url.length <= ADDRESS_CHARACTERS_MAX) return url;
  }
  const url = new URL(core.client.getLogoutUrl({ postLogoutRedirectUri }));
  url.searchParams.set('client_id', core.client.clientId);
  return url.href;
}

async function clear(core: Core, jar: CookieJar): Promise<string[]> {
  try {
    return await core.keeper.clear(jar);
  } catch (error) {
    core.log({ what: 'server.unreachable', detail: `session: ${codeOf(error)}` });
    return core.keeper.forget(jar);
  }
}

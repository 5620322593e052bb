// The same person in another organization: a sign-in that asks for it. Whoever belongs there is
// back without having seen a page, unless that organization signs its people in itself.
import { returnToIn } from './login.js';
import type { Core } from './core.js';
import { CookieJar } from './cookies.js';
import { isFromOwnPage, methodNotAllowed, readBody, text } from './http.js';
import { answerForm, foreignPage } from './logout.js';

const ID_CHARACTERS_MAX = 200;

export async function switchOrganization(core: Core, request: Request): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed('POST');
  if (!isFromOwnPage(request, core.appUrl)) return foreignPage();
  const body = await readBody(request);
  if (!body) return text('A form with organization_id is needed.\n', { status: 400 });
  const organizationId = body.get('organization_id');
  if (organizationId !== undefined && organizationId.length > ID_CHARACTERS_MAX) {
    return text('There is no such organization.\n', { status: 400 });
  }
  // Without an organization, Gatehouse shows the ones there are.
  const wishes = { prompt: 'select_account', ...(organizationId && { organizationId }) };
  const jar = new CookieJar(request.headers.get('cookie'));
  const beginning = { wishes, returnTo: returnToIn(core, body), isSwitch: true };
  const { url, setCookies } = await core.transactions.begin(jar, beginning);
  core.log({ what: 'login.started', detail: 'organization' });
  return answerForm(core, url, setCookies);
}

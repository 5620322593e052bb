// The app's requests to the development server, and the forms that leave the page.
import { routes } from 'virtual:gatehouse/routes';
import { TOOLBAR_PATH, type Action, type ProjectReport, type SessionReport } from './protocol.js';

const base = routes.home.replace(/\/+$/, '');
const end = routes.login.endsWith('/') ? '/' : '';

export const readProject = async (): Promise<ProjectReport> =>
  await json<ProjectReport>(`${base}${TOOLBAR_PATH}/project${end}`);

export const readSession = async (): Promise<SessionReport> =>
  await json<SessionReport>(`${base}${TOOLBAR_PATH}/toolbar/session${end}`);

export const change = async (action: Action): Promise<SessionReport> =>
  await json<SessionReport>(`${base}${TOOLBAR_PATH}/toolbar/${action}${end}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });

// A sign-in as this person, whoever is signed in now; Gatehouse still asks for the proof.
export function signInAs(email: string): void {
  const query = new URLSearchParams({ login_hint: email, prompt: 'login', returnTo: here() });
  location.assign(`${routes.login}?${query}`);
}

export const signIn = (): void => location.assign(`${routes.login}?${returnQuery()}`);

export const signOut = (): void => submit(routes.logout, {});

export const switchOrganization = (id: string): void =>
  submit(routes.switchOrg, { ...(id && { organization_id: id }), returnTo: here() });

const here = (): string => location.pathname + location.search;

const returnQuery = (): string => new URLSearchParams({ returnTo: here() }).toString();

function submit(action: string, fields: Record<string, string>): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  form.hidden = true;
  // The ClientRouter leaves it to the browser.
  form.setAttribute('data-astro-reload', '');
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement('input');
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

// Also of the states that say no: what is signed in is told all the same.
async function json<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(path, { cache: 'no-store', ...init });
  if (!response.ok && response.status !== 409) {
    throw new Error(
      response.status === 403
        ? 'The toolbar answers only on this machine: open the page as localhost.'
        : `The development server answered ${response.status}.`,
    );
  }
  return (await response.json()) as Answer;
}

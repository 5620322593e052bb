// The half of the toolbar's server that runs beside the application: looks at the project, the
// environment and Gatehouse, and says of each whether it is as it should be.
import type { Lint } from '../lint/index.js';
import { placeOf } from '../lint/finding.js';
import { askRegistration, type RegistrationAnswer } from '../lint/registration.js';
import { problem, type MessageCode } from '../messages.js';
import { readEnvironment, type Environment, type Variable } from '../runtime/environment.js';
import { isLoopback } from '../runtime/origin.js';
import type { BuiltConfig } from '../types.js';
import type { Check, CheckState, Person, ProjectReport } from './protocol.js';

export interface ProjectFacts {
  built: BuiltConfig;
  lint: Lint | undefined;
  variable: Variable;
  // Of Astro's security options; undefined where this Astro has no such option.
  allowedDomains: readonly { hostname?: string }[] | undefined;
  // The origin that the browser used.
  origin: string;
}

interface Place {
  url: string;
  clientId: string;
  appUrl: string;
  callback: string;
}

const ANSWER_MS_MAX = 3000;
const ANSWER_CHARACTERS_MAX = 500_000;
const SKEW_SECONDS_MAX = 5;
const PEOPLE_MAX = 8;

// Who lives at the simulator of `gatehouse dev`, in the domains of its example organization.
const SIMULATED = ['ada@example.com', 'grace@example.com', 'alan@example.org'];

export async function projectReport(facts: ProjectFacts): Promise<ProjectReport> {
  const { built, variable, origin } = facts;
  const environment = readEnvironment(variable, built);
  const url = environment.url.replace(/\/+$/, '');
  const appUrl = built.appUrl || environment.appUrl || origin;
  const place = { url, clientId: environment.clientId, appUrl, callback: built.routes.callback };
  const isKnown = URL.canParse(url);
  const [server, simulator, findings] = await Promise.all([
    isKnown ? serverChecks(place) : [],
    isKnown ? development(url) : undefined,
    findingChecks(facts.lint),
  ]);
  const checks = [...environmentChecks(environment), ...server, ...originChecks(facts, appUrl)];
  return {
    version: built.version,
    url,
    appUrl,
    ...(simulator && { mailboxUrl: `${url}/dev/mail`, simulatorUrl: `${url}/dev/idp` }),
    people: simulator ?? [],
    checks: [...checks, ...findings],
  };
}

const fine = (title: string): Check => ({ title, state: 'ok' });
const skipped = (title: string): Check => ({ title, state: 'skipped' });

function told(title: string, code: MessageCode, subject: string, state: CheckState): Check {
  return { title, state, ...problem(code, subject) };
}

function environmentChecks({ problems }: Environment): Check[] {
  if (problems.length === 0) return [fine('The environment says all that is needed')];
  return problems.map((one) => ({ title: 'Environment', state: 'error', ...one }));
}

async function serverChecks(place: Place): Promise<Check[]> {
  const title = `Gatehouse answers at ${place.url}`;
  const answer = await ask(`${place.url}/.well-known/openid-configuration`);
  if (!answer) return [told(title, 'GH410', place.url, 'error')];
  const { issuer } = fieldsOf(answer.text);
  if (typeof issuer !== 'string') return [told(title, 'GH411', place.url, 'error')];
  const [registration, postLogout] = await Promise.all([
    askRegistration({ ...place, redirectUri: place.appUrl + place.callback }),
    postLogoutCheck(place),
  ]);
  const issuerTitle = 'It calls itself by that address';
  return [
    fine(title),
    issuer === place.url ? fine(issuerTitle) : told(issuerTitle, 'GH412', issuer, 'error'),
    ...registrationChecks(place, registration),
    postLogout,
    clockCheck(answer),
  ];
}

function registrationChecks(place: Place, { state, command }: RegistrationAnswer): Check[] {
  const redirectUri = place.appUrl + place.callback;
  const title = `The redirect URI ${redirectUri} is registered`;
  if (place.clientId === '') return [skipped(title)];
  const clientTitle = 'The client ID is known';
  if (state === 'unknown_client') {
    return [told(clientTitle, 'GH422', place.clientId, 'error'), skipped(title)];
  }
  if (state === 'registered') return [fine(clientTitle), fine(title)];
  if (state !== 'unregistered') return [told(title, 'GH425', 'the redirect URI', 'warn')];
  const refusal = told(title, 'GH423', redirectUri, 'error');
  return [fine(clientTitle), { ...refusal, ...(command && { command }) }];
}

// Without a session there is nothing that this could end. [OIDC RP-Initiated Logout §3]
async function postLogoutCheck({ url, clientId, appUrl }: Place): Promise<Check> {
  const title = `Signing out comes back to ${appUrl}`;
  if (clientId === '') return skipped(title);
  const query = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: appUrl });
  const answer = await ask(`${url}/oidc/logout?${query}`);
  if (!answer) return skipped(title);
  const isBack = answer.location?.startsWith(appUrl) ?? false;
  return isBack ? fine(title) : told(title, 'GH320', appUrl, 'warn');
}

function clockCheck({ date, at }: Answer): Check {
  const title = 'Both clocks agree';
  const skew = date === undefined ? Number.NaN : Math.round(Math.abs(Date.parse(date) - at) / 1000);
  if (Number.isNaN(skew)) return skipped(title);
  return skew <= SKEW_SECONDS_MAX ? fine(title) : told(title, 'GH421', String(skew), 'error');
}

function originChecks({ origin, allowedDomains }: ProjectFacts, appUrl: string): Check[] {
  const title = `This application is opened at ${appUrl}`;
  const opened = origin === appUrl ? fine(title) : told(title, 'GH321', appUrl, 'error');
  const allowedTitle = 'Astro believes the address that it is reached at';
  const { hostname } = new URL(appUrl);
  if (allowedDomains === undefined || isLoopback(hostname)) return [opened, fine(allowedTitle)];
  const isAllowed = allowedDomains.some((domain) => allows(domain.hostname, hostname));
  return [opened, isAllowed ? fine(allowedTitle) : told(allowedTitle, 'GH322', appUrl, 'warn')];
}

function allows(pattern: string | undefined, hostname: string): boolean {
  if (pattern === undefined || pattern === hostname) return true;
  return /^\*\*?\./.test(pattern) && hostname.endsWith(pattern.replace(/^\*+/, ''));
}

async function findingChecks(lint: Lint | undefined): Promise<Check[]> {
  const findings = (await lint?.projectFindings('with advice')) ?? [];
  if (findings.length === 0) return [fine('Nothing in the pages and the configuration is amiss')];
  return findings.map(({ code, level, what, fix, ...rest }) => ({
    title: what,
    state: level,
    code,
    what,
    fix,
    place: placeOf({ code, level, what, fix, ...rest }),
  }));
}

// The people of a server in development; undefined for any other server.
async function development(url: string): Promise<Person[] | undefined> {
  const [providers, mailbox] = await Promise.all([
    ask(`${url}/dev/idp`),
    ask(`${url}/dev/mail`, 'application/json'),
  ]);
  if (providers?.status !== 200) return undefined;
  const people: Person[] = [];
  for (const email of SIMULATED) {
    const domain = email.slice(email.indexOf('@') + 1);
    if (providers.text.includes(domain)) people.push({ email, from: 'simulator' });
  }
  for (const email of new Set(recipients(mailbox?.text ?? ''))) {
    if (people.length < PEOPLE_MAX) people.push({ email, from: 'mailbox' });
  }
  return people;
}

function recipients(text: string): string[] {
  try {
    const letters: unknown = JSON.parse(text);
    if (!Array.isArray(letters)) return [];
    return letters
      .map((letter: { to?: unknown }) => String(letter.to))
      .filter((to) => /^[^\s@]{1,64}@[^\s@]{1,255}$/.test(to));
  } catch {
    return [];
  }
}

interface Answer {
  status: number;
  text: string;
  at: number; // ms
  date?: string;
  location?: string;
}

async function ask(url: string, accept = 'text/html'): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, {
      headers: { accept },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const at = Date.now();
    const text = (await response.text()).slice(0, ANSWER_CHARACTERS_MAX);
    const date = response.headers.get('date');
    const location = response.headers.get('location');
    const { status } = response;
    return { status, text, at, ...(date && { date }), ...(location && { location }) };
  } catch {
    return undefined; // nobody there, or not in time
  }
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

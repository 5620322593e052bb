// The tab of the session: who is signed in, for how long, and what can be done about it.
import { signIn, signInAs, signOut, switchOrganization } from './api.js';
import { astroElement, badge, button, element, prose, type Child } from './dom.js';
import type { Action, Claims, Person, SessionReport } from './protocol.js';

export interface SessionView {
  nodes: Node[];
  // Shows how much is left, by the server's clock in s.
  tick(now: number): void;
}

type Session = NonNullable<SessionReport['session']>;

const LOW_SECONDS = 30;
const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time']);

export function sessionView(
  report: SessionReport,
  people: Person[],
  act: (action: Action) => void,
): SessionView {
  const { session } = report;
  if (!session) {
    return { nodes: [signedOut(report), asWhom(people)], tick: () => undefined };
  }
  const { card, tick } = sessionCard(session, report, act);
  const nodes: Child[] = [
    card,
    organizations(session, report),
    asWhom(people),
    facts(session, report),
    claimsView('Claims of the access token', report.accessClaims),
    claimsView('Claims of the ID token', report.idClaims),
  ];
  return { nodes: nodes.filter((node): node is Node => node instanceof Node), tick };
}

const row = (...children: Child[]): HTMLElement => element('div', { class: 'row' }, ...children);

const WHY: Record<string, string> = {
  unreadable: 'There is a session cookie that was sealed with another secret.',
  expired: 'The session has ended.',
  ended: 'Gatehouse ended the session.',
  unreachable: 'Gatehouse cannot be reached. The cookie is kept, and the session goes on later.',
};

function signedOut({ problems, whyNone }: SessionReport): HTMLElement {
  if (problems.length > 0) {
    const list = problems.map(({ code, what, fix }) =>
      element('p', {}, element('strong', {}, `${code}: ${what}`), ' ', ...prose(fix)),
    );
    return astroElement('card', {}, ...list);
  }
  const why = WHY[whyNone ?? ''] ?? 'Nobody is signed in on this browser.';
  return astroElement('card', {}, element('p', {}, why), row(button('Sign in', signIn, 'purple')));
}

function sessionCard(
  session: Session,
  { at }: SessionReport,
  act: (action: Action) => void,
): { card: HTMLElement; tick: (now: number) => void } {
  const { email = '', name = '', sub } = session.user;
  const left = element('output', { id: 'countdown' });
  const bar = element('progress', { max: 1, 'aria-label': 'Time left of the access token' });
  const whole = Math.max(session.accessExpiresAt - at, 1);
  const tick = (now: number): void => {
    const seconds = Math.max(0, Math.ceil(session.accessExpiresAt - now));
    left.textContent = seconds > 0 ? lengthOf(seconds) : '0 s';
    bar.value = Math.min(1, seconds / whole);
    bar.classList.toggle('low', seconds <= LOW_SECONDS);
  };
  tick(at);
  const card = astroElement(
    'card',
    {},
    element(
      'div',
      { class: 'person' },
      element('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(name || email || sub)),
      element('div', {}, element('strong', {}, name || email || sub), name ? email : ''),
    ),
    element('div', { class: 'timer' }, 'Access token ends in', left),
    bar,
    row(
      button('Expire now', () => act('expire')),
      session.isRenewable && button('Refresh now', () => act('refresh')),
      button('Sign out', signOut),
    ),
  );
  return { card, tick };
}

function facts(session: Session, { cookieBytes, organizations }: SessionReport): HTMLElement {
  const { sub, orgId } = session.user;
  const orgName = session.user.orgName ?? organizations.find(({ id }) => id === orgId)?.name;
  const all: [string, Child[]][] = [
    ['User', [element('code', {}, sub)]],
    ['Organization', orgId ? [orgName ? `${orgName} ` : '', element('code', {}, orgId)] : ['none']],
    ['Roles', [session.roles.join(', ') || 'none']],
    ['Permissions', [session.permissions.join(', ') || 'none']],
    ['Session', [element('code', {}, session.sessionId ?? 'none')]],
    ['Signed in', [new Date(session.signedInAt * 1000).toLocaleString()]],
    ['Cookies', [`${cookieBytes} bytes`]],
  ];
  const rows = all.flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, ...value),
  ]);
  return element('dl', {}, ...rows);
}

function organizations({ user }: Session, report: SessionReport): HTMLElement {
  const options = report.organizations.map(({ id, name }) =>
    element('option', { value: id, selected: id === user.orgId }, name),
  );
  const choice = element(
    'select',
    { 'aria-label': 'Organization' },
    ...options,
    element('option', { value: '' }, 'Another organization…'),
  );
  return element(
    'section',
    {},
    element('h2', {}, 'Switch organization'),
    row(choice, button('Switch', () => switchOrganization(choice.value))),
  );
}

function asWhom(people: Person[]): HTMLElement {
  const field = element('input', {
    type: 'email',
    placeholder: 'somebody@example.com',
    'aria-label': 'Address to sign in as',
    autocomplete: 'off',
    onkeydown: (event) => {
      if ((event as KeyboardEvent).key === 'Enter' && field.value) signInAs(field.value);
    },
  });
  const go = button('Sign in', () => {
    if (field.value) signInAs(field.value);
    else field.focus();
  });
  const known = people.map(({ email }) => button(email, () => signInAs(email), 'outline'));
  return element(
    'section',
    {},
    element('h2', {}, 'Sign in as'),
    known.length > 0 && row(...known),
    row(field, go),
  );
}

function claimsView(title: string, claims: Claims | undefined): HTMLElement | undefined {
  if (!claims) return undefined;
  const text = JSON.stringify(claims, (key, value: unknown) => withTime(key, value), 2);
  const count = badge(String(Object.keys(claims).length), 'gray');
  const summary = element('summary', {}, title, count);
  return element('details', {}, summary, element('pre', { tabindex: 0 }, text));
}

function withTime(key: string, value: unknown): unknown {
  if (!TIMES.has(key) || typeof value !== 'number') return value;
  return `${value} (${new Date(value * 1000).toLocaleString()})`;
}

function initials(name: string): string {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? '?') + (words.length > 1 ? (words[1]?.[0] ?? '') : '')).toUpperCase();
}

function lengthOf(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${two(minutes)} min ${two(seconds % 60)} s`;
  return minutes > 0 ? `${minutes} min ${two(seconds % 60)} s` : `${seconds} s`;
}

// The tab of the last requests of sign-in, the newest first.
import { element } from './dom.js';
import type { SessionReport } from './protocol.js';

type Events = SessionReport['events'];

const SENTENCES: Record<Events[number]['what'], string> = {
  'login.started': 'Sign-in began',
  'login.completed': 'Signed in',
  'login.refused': 'Sign-in refused',
  'login.restarted': 'Sign-in began again',
  'session.refreshed': 'Access token renewed',
  'session.ended': 'Session ended',
  'session.unreadable': 'Cookie not readable',
  'session.large': 'Session grows large',
  'server.unreachable': 'Gatehouse unreachable',
  logout: 'Signed out',
  'logout.backchannel': 'Signed out by Gatehouse',
  'organization.switched': 'Organization switched',
};

export function eventsView(events: Events): Node[] {
  if (events.length === 0) {
    return [element('p', {}, 'Nothing yet: sign in, and what happens on the way is listed here.')];
  }
  const rows = [...events].reverse().map(({ at, what, code, detail }) =>
    element(
      'tr',
      {},
      element('td', {}, new Date(at).toLocaleTimeString()),
      element('td', {}, SENTENCES[what] ?? what),
      element('td', {}, [code, detail].filter(Boolean).join(': ')),
    ),
  );
  const heads = ['Time', 'What', 'Detail'].map((name) => element('th', { scope: 'col' }, name));
  const head = element('thead', {}, element('tr', {}, ...heads));
  return [element('table', {}, head, element('tbody', {}, ...rows))];
}

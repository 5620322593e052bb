// The Gatehouse app of Astro's developer toolbar: the session, the checks, the last requests.
import { problem } from '../messages.js';
import { change, readProject, readSession } from './api.js';
import { checksView } from './checks_view.js';
import { astroElement, badge, element, link } from './dom.js';
import { eventsView } from './events_view.js';
import { pageChecks } from './page_checks.js';
import type { Action, Check, ProjectReport, SessionReport } from './protocol.js';
import { sessionView } from './session_view.js';
import { STYLES } from './styles.js';
import { Tabs } from './tabs.js';

// The part of Astro's ToolbarAppEventTarget that every version has.
interface AppEvents extends EventTarget {
  toggleNotification?(options: { state: boolean; level?: 'error' | 'warning' | 'info' }): void;
}

const PLACEMENTS = ['bottom-left', 'bottom-center', 'bottom-right'];
const COOKIE_BYTES_MAX = 7000;

class App {
  private readonly tabs = new Tabs(['Session', 'Checks', 'Requests']);
  private readonly state = element('span', { id: 'state' });
  private readonly links = element('nav', { 'aria-label': 'Gatehouse' });
  private readonly note = element('p', { class: 'note', role: 'status' });
  private readonly frame: HTMLElement;
  private project: ProjectReport | undefined;
  private page: Check[] = [];
  private session: SessionReport | undefined;
  private tick: (now: number) => void = () => undefined;
  // Server's clock less ours, in s.
  private ahead = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    canvas: ShadowRoot,
    private readonly events: AppEvents,
  ) {
    const mark = element('h1', {}, 'Gatehouse');
    this.frame = astroElement(
      'window',
      {},
      element('header', {}, mark, this.state, this.links),
      this.note,
      this.tabs.list,
      ...this.tabs.panels,
    );
    canvas.append(element('style', {}, STYLES), this.frame);
    events.addEventListener('app-toggled', (event) => {
      this.toggled(detailOf(event)['state'] === true);
    });
    events.addEventListener('placement-updated', (event) => {
      const placement = String(detailOf(event)['placement']);
      if (PLACEMENTS.includes(placement)) this.frame.setAttribute('placement', placement);
    });
  }

  // Also without being opened, so that the toolbar can show that something is wrong.
  async look(): Promise<void> {
    try {
      const project = await readProject();
      this.page = await pageChecks(project);
      this.project = project;
      this.showChecks(project);
    } catch (error) {
      this.say(error);
    }
  }

  private toggled(isOpen: boolean): void {
    clearInterval(this.timer);
    if (!isOpen) return;
    this.timer = setInterval(() => this.tick(Date.now() / 1000 + this.ahead), 1000);
    void this.load();
  }

  private async load(): Promise<void> {
    this.note.textContent = '';
    try {
      const [session] = await Promise.all([readSession(), this.look()]);
      this.show(session);
    } catch (error) {
      this.say(error);
    }
  }

  private async act(action: Action): Promise<void> {
    try {
      this.show(await change(action));
      const sentence = this.session?.session ? DONE[action] : 'Nobody is signed in any more.';
      this.say(sentence);
    } catch (error) {
      this.say(error);
    }
  }

  private show(report: SessionReport): void {
    this.session = report;
    this.ahead = report.at - Date.now() / 1000;
    const { session, problems, whyNone } = report;
    const isBad = problems.length > 0 || whyNone === 'unreachable';
    const words = problems.length > 0 ? 'not configured' : (session ? 'signed in' : 'signed out');
    this.state.replaceChildren(badge(words, isBad ? 'red' : session ? 'green' : 'gray'));
    const people = this.project?.people ?? [];
    const view = sessionView(report, people, (action) => void this.act(action));
    this.tick = view.tick;
    this.tabs.fill('Session', view.nodes);
    this.tabs.fill('Requests', eventsView(report.events));
    if (this.project) this.showChecks(this.project);
  }

  private showChecks(project: ProjectReport): void {
    const { checks, mailboxUrl, simulatorUrl, url } = project;
    const all = [...checks, ...this.page, ...this.cookieChecks()];
    const count = (state: Check['state']): number =>
      all.filter((check) => check.state === state).length;
    const [errors, warnings] = [count('error'), count('warn')];
    this.tabs.fill('Checks', checksView(all, () => void this.look()));
    this.tabs.count('Checks', errors + warnings, errors > 0 ? 'error' : 'warn');
    this.links.replaceChildren(
      ...(mailboxUrl ? [link('Mailbox', mailboxUrl)] : []),
      ...(simulatorUrl ? [link('Simulator', simulatorUrl)] : []),
      ...(url && !mailboxUrl ? [link('Server', url)] : []),
    );
    const level = errors > 0 ? 'error' : 'warning';
    this.events.toggleNotification?.({ state: errors + warnings > 0, level });
  }

  private cookieChecks(): Check[] {
    const bytes = this.session?.cookieBytes ?? 0;
    if (bytes < COOKIE_BYTES_MAX) return [];
    return [{ title: 'Cookies', state: 'warn', ...problem('GH326', String(bytes)) }];
  }

  private say(what: unknown): void {
    this.note.classList.toggle('bad', what instanceof Error);
    this.note.textContent = what instanceof Error ? what.message : String(what);
  }
}

const DONE: Record<Action, string> = {
  expire: 'The access token counts as ended: the next request renews it.',
  refresh: 'The access token was renewed.',
};

const detailOf = (event: Event): Record<string, unknown> =>
  ((event as CustomEvent).detail ?? {}) as Record<string, unknown>;

export default {
  init(canvas: ShadowRoot, events: AppEvents): void {
    void new App(canvas, events).look();
  },
};

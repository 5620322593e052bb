// Tabs that work by keyboard. [WAI-ARIA APG, Tabs]
import { element } from './dom.js';

interface Tab {
  name: string;
  tab: HTMLElement;
  panel: HTMLElement;
  count: HTMLElement;
}

export class Tabs {
  readonly list: HTMLElement;
  readonly panels: HTMLElement[];
  private readonly tabs: Tab[];

  constructor(names: string[]) {
    this.tabs = names.map((name, at) => {
      const id = name.toLowerCase();
      const count = element('span', { class: 'count', hidden: true });
      const tab = element(
        'button',
        {
          type: 'button',
          role: 'tab',
          id: `tab-${id}`,
          'aria-controls': `panel-${id}`,
          onclick: () => this.select(at),
          onkeydown: (event) => this.key(at, event as KeyboardEvent),
        },
        name,
        count,
      );
      const panel = element(
        'div',
        { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}` },
        element('p', {}, 'One moment…'),
      );
      return { name, tab, panel, count };
    });
    this.list = element('div', { role: 'tablist', 'aria-label': 'Gatehouse' });
    this.list.append(...this.tabs.map(({ tab }) => tab));
    this.panels = this.tabs.map(({ panel }) => panel);
    this.select(0);
  }

  fill(name: string, nodes: Node[]): void {
    this.named(name)?.panel.replaceChildren(...nodes);
  }

  count(name: string, count: number, level: 'error' | 'warn'): void {
    const found = this.named(name);
    if (!found) return;
    found.count.hidden = count === 0;
    found.count.className = `count ${level}`;
    found.count.textContent = String(count);
  }

  private named(name: string): Tab | undefined {
    return this.tabs.find((tab) => tab.name === name);
  }

  private select(chosen: number): void {
    for (const [at, { tab, panel }] of this.tabs.entries()) {
      tab.setAttribute('aria-selected', String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
      panel.hidden = at !== chosen;
    }
  }

  private key(at: number, event: KeyboardEvent): void {
    const last = this.tabs.length - 1;
    const next: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const chosen = next[event.key];
    if (chosen === undefined) return;
    event.preventDefault();
    this.select(chosen);
    this.tabs[chosen]?.tab.focus();
  }
}

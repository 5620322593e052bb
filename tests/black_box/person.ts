// A person with a browser, as far as server-rendered pages need one: keeps cookies, follows
// redirects within Gatehouse, fills in forms, reads mail, and stops where the application begins.
import { send, type Answer, type Sent } from './http.js';

interface Field {
  name: string;
  value: string;
  type: string;
  autocomplete: string;
}

export interface Form {
  action: string;
  method: string;
  fields: Field[];
  buttons: Field[];
}

export interface Page extends Answer {
  url: string;
}

// Where the person signs in, and how they read their mail. `send` stands in for the network.
export interface Site {
  readonly url: string;
  readonly ca?: string | undefined;
  mailTo(address: string): Promise<{ code: string }>;
  send?(url: string, sent: Sent): Promise<Answer>;
}

export class Person {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly gatehouse: Site,
    readonly email: string,
  ) {}

  // Goes where an application sends the browser, signs in as often as asked, and returns the
  // address at which the application gets the browser back.
  async authorize(url: string): Promise<URL> {
    let page = await this.visit(url);
    for (let step = 0; step < 8; ++step) {
      if (page.status === 303 || page.status === 302) return new URL(page.headers.location ?? '');
      page = await this.answer(page);
    }
    throw new Error(`still not back at the application:\n${page.body}`);
  }

  // Follows redirects as long as they stay at Gatehouse; the last answer may be one that leaves.
  // `seen` takes the addresses on the way.
  async visit(url: string, seen: string[] = []): Promise<Page> {
    return await this.follow(url, await this.request(url), seen);
  }

  async submit(page: Page, form: Form, values: Record<string, string>): Promise<Page> {
    const url = new URL(form.action, page.url).href;
    const known = form.fields.map((field): [string, string] => [field.name, field.value]);
    const entries = { ...Object.fromEntries(known), ...values };
    return await this.follow(url, await this.request(url, entries));
  }

  cookieNames(): string[] {
    return [...this.cookies.keys()];
  }

  private async answer(page: Page): Promise<Page> {
    for (const form of forms(page.body)) {
      const has = (name: string): boolean => form.fields.some((field) => field.name === name);
      if (form.fields.some((field) => field.autocomplete === 'one-time-code')) {
        return await this.submit(page, form, {
          code: (await this.gatehouse.mailTo(this.email)).code,
        });
      }
      if (has('organization_name')) {
        const names = { given_name: 'Grace', family_name: 'Hopper' };
        const asked = Object.fromEntries(Object.entries(names).filter(([name]) => has(name)));
        return await this.submit(page, form, { organization_name: 'Navy', ...asked });
      }
      if (has('email')) return await this.submit(page, form, { email: this.email });
      const choice = form.buttons.find((button) => button.name === 'organization');
      if (choice) return await this.submit(page, form, { organization: choice.value });
    }
    throw new Error(`status ${page.status}, and nothing to fill in at ${page.url}:\n${page.body}`);
  }

  private async follow(url: string, first: Answer, seen: string[] = []): Promise<Page> {
    let answer = first;
    let at = url;
    for (let hop = 0; hop < 10 && answer.headers.location; ++hop) {
      const target = new URL(answer.headers.location, at);
      if (target.origin !== new URL(this.gatehouse.url).origin) break;
      at = target.href;
      seen.push(at);
      answer = await this.request(at);
    }
    return { ...answer, url: at };
  }

  private async request(url: string, form?: Record<string, string>): Promise<Answer> {
    const headers: Record<string, string> = {
      accept: 'text/html',
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': form ? 'same-origin' : 'none',
    };
    if (form) headers['origin'] = new URL(url).origin;
    const sent = { headers, ...(form && { form }), ca: this.gatehouse.ca };
    const answer = await (this.gatehouse.send?.(url, sent) ?? send(url, sent));
    this.keepCookies(answer);
    return answer;
  }

  private keepCookies(answer: Answer): void {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', ...value] = pair.split('=');
      const isOver = attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute));
      if (isOver || value.join('=') === '') this.cookies.delete(name);
      else this.cookies.set(name, value.join('='));
    }
  }
}

export function forms(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head = '', inside = '']) => ({
    action: attribute(head, 'action'),
    method: attribute(head, 'method').toLowerCase() || 'get',
    fields: [...inside.matchAll(/<input\b([^>]*)>/g)].map(([, text = '']) => field(text)),
    buttons: [...inside.matchAll(/<button\b([^>]*)>/g)].map(([, text = '']) => field(text)),
  }));
}

const field = (text: string): Field => ({
  name: attribute(text, 'name'),
  value: attribute(text, 'value'),
  type: attribute(text, 'type'),
  autocomplete: attribute(text, 'autocomplete'),
});

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#x2F': '/',
};

function attribute(text: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1] ?? '';
  return found.replace(/&([^;]+);/g, (whole, entity: string) => ENTITIES[entity] ?? whole);
}

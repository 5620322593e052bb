// A person's browser on its way through several sites: it keeps cookies as RFC 6265bis says, with
// their host, path and SameSite, follows redirects, and sends on the forms by which one site hands
// the browser to another. Whoever drives it sees every step, and may stop, keep or change one.
import { send, type Answer } from '../black_box/http.js';
import { forms, type Form } from '../black_box/person.js';

export type Fields = Record<string, string>;

// One step: the request that the browser is about to make.
export interface Step {
  method: 'GET' | 'POST';
  url: string;
  fields?: Fields; // of the form that is sent
  from?: string; // the origin that causes it; nobody's where the person typed the address
}

export interface Page extends Answer {
  url: string;
}

// What a person does with a page; nothing, if the page is not one it knows.
export type Hand = (page: Page) => Step | undefined | Promise<Step | undefined>;

// Where a way ends: before a step that was waited for, or at a page that nobody knows.
export interface End {
  step?: Step;
  page?: Page;
}

interface Cookie {
  name: string;
  value: string;
  path: string;
  isStrict: boolean;
}

const STEPS_MAX = 40;
// By these one site hands the browser to another in a form that a script sends.
const HANDED_ON = ['SAMLRequest', 'SAMLResponse'];

export class Browser {
  private readonly jars = new Map<string, Cookie[]>();
  readonly visited: string[] = []; // the steps it made, for messages of failed tests

  async travel(start: string | Step, until: (step: Step) => boolean, hands: Hand[]): Promise<End> {
    let step: Step = typeof start === 'string' ? { method: 'GET', url: start } : start;
    for (let count = 0; count < STEPS_MAX; ++count) {
      if (until(step)) return { step };
      const page = await this.make(step);
      const next = onward(page) ?? (await firstOf(hands, page));
      if (!next) return { page };
      step = next;
    }
    throw new Error(`it goes on and on:\n${this.visited.join('\n')}`);
  }

  // Makes one step and no further one.
  async make(step: Step): Promise<Page> {
    const url = new URL(step.url);
    this.visited.push(`${step.method} ${url.href.slice(0, 200)}`);
    const answer = await send(step.url, {
      method: step.method,
      headers: this.headersOf(step, url),
      ...(step.fields && { form: step.fields }),
    });
    this.keepCookies(url, answer.headers['set-cookie'] ?? []);
    return { ...answer, url: step.url };
  }

  cookieNames(host: string): string[] {
    return (this.jars.get(host) ?? []).map(({ name }) => name);
  }

  private headersOf(step: Step, url: URL): Record<string, string> {
    const headers: Record<string, string> = {
      accept: 'text/html',
      'accept-language': 'en',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': relation(step.from, url),
    };
    if (step.method === 'POST') headers['origin'] = step.from ?? 'null';
    const isFromElsewhere = relation(step.from, url) === 'cross-site';
    const cookies = (this.jars.get(url.hostname) ?? []).filter(
      ({ path, isStrict }) =>
        isWithin(url.pathname, path) && !(isFromElsewhere && (isStrict || step.method === 'POST')),
    );
    if (cookies.length > 0) {
      headers['cookie'] = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    }
    return headers;
  }

  // One without SameSite counts as Lax; None has no effect without Secure, and here is no TLS.
  private keepCookies(url: URL, lines: string[]): void {
    const jar = this.jars.get(url.hostname) ?? [];
    for (const line of lines) {
      const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const attributes = new Map(rest.map((text) => splitAttribute(text)));
      const cookie = {
        name: pair.slice(0, at),
        value: pair.slice(at + 1),
        path: attributes.get('path') || '/',
        isStrict: attributes.get('samesite')?.toLowerCase() === 'strict',
      };
      const same = jar.findIndex(({ name, path }) => name === cookie.name && path === cookie.path);
      if (same >= 0) jar.splice(same, 1);
      if (!isOver(attributes) && cookie.value !== '') jar.push(cookie);
    }
    this.jars.set(url.hostname, jar);
  }
}

// The step that a page makes by itself.
export function onward(page: Page): Step | undefined {
  const from = new URL(page.url).origin;
  if (page.status >= 300 && page.status < 400 && page.headers.location) {
    return { method: 'GET', url: new URL(page.headers.location, page.url).href, from };
  }
  const form = forms(page.body).find((one) =>
    one.fields.some(({ name }) => HANDED_ON.includes(name)),
  );
  return form && filledIn(page, form, {});
}

// The step of sending a form of that page with these values.
export function filledIn(page: Page, form: Form, values: Fields): Step {
  const known = form.fields
    .filter(({ name, type }) => name !== '' && type !== 'submit' && type !== 'checkbox')
    .map(({ name, value }): [string, string] => [name, value]);
  return {
    method: form.method === 'post' ? 'POST' : 'GET',
    url: new URL(form.action || page.url, page.url).href,
    fields: { ...Object.fromEntries(known), ...values },
    from: new URL(page.url).origin,
  };
}

async function firstOf(hands: Hand[], page: Page): Promise<Step | undefined> {
  for (const hand of hands) {
    const step = await hand(page);
    if (step) return step;
  }
  return undefined;
}

function relation(from: string | undefined, url: URL): string {
  if (from === undefined) return 'none';
  if (from === url.origin) return 'same-origin';
  return new URL(from).hostname === url.hostname ? 'same-site' : 'cross-site';
}

function isWithin(path: string, of: string): boolean {
  return path === of || path.startsWith(of.endsWith('/') ? of : `${of}/`);
}

function splitAttribute(text: string): [string, string] {
  const [name = '', ...value] = text.split('=');
  return [name.toLowerCase(), value.join('=')];
}

function isOver(attributes: Map<string, string>): boolean {
  const age = attributes.get('max-age');
  if (age !== undefined) return Number(age) <= 0;
  const expires = attributes.get('expires');
  return expires !== undefined && Date.parse(expires) <= Date.now();
}

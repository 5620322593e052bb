// A small web server around a SAML library: it knows its service providers by their metadata,
// keeps no password, and answers for whoever is said to be in front of it.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { Hand } from './browser.js';
import { makeCredential, type Credential } from './certificates.js';
import {
  readServiceProvider,
  type Account,
  type Mode,
  type SamlProvider,
  type ServiceProvider,
} from './saml_provider.js';

export interface Known {
  provider: ServiceProvider;
  metadata: string;
  mode: Mode;
}

// What a browser brought.
export interface Brought {
  binding: 'post' | 'redirect';
  fields: Record<string, string>;
  rawQuery: string;
}

// A form that the browser is to send on.
export interface HandOn {
  url: string;
  fields: Record<string, string>;
}

export abstract class SamlServer implements SamlProvider {
  protected readonly known = new Map<string, Known>();
  protected url = '';
  private readonly server: Server;

  constructor(protected readonly credential: Credential = makeCredential('provider')) {
    this.server = createServer((request, response) => {
      this.answer(request).then(
        ({ status, body }) => {
          response.writeHead(status, { 'content-type': 'text/html' });
          response.end(body);
        },
        (error: unknown) => {
          response.writeHead(400, { 'content-type': 'text/plain' });
          response.end(String(error));
        },
      );
    });
  }

  // Answers an AuthnRequest; `request` has none where the provider begins.
  protected abstract respond(brought: Brought, account: Account): Promise<HandOn>;
  protected abstract launch(known: Known, account: Account, relayState: string): Promise<HandOn>;
  protected abstract logOut(brought: Brought): Promise<HandOn>;

  async listen(): Promise<this> {
    await new Promise<void>((settle) => this.server.listen(0, '127.0.0.1', settle));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  get entityId(): string {
    return `${this.url}/entity`;
  }
  get ssoUrl(): string {
    return `${this.url}/sso`;
  }
  get sloUrl(): string {
    return `${this.url}/slo`;
  }
  get certificate(): string {
    return this.credential.certificate;
  }

  introduce(metadata: string, mode: Mode): void {
    const provider = readServiceProvider(metadata);
    this.known.set(provider.entityId, { provider, metadata, mode });
  }

  launchUrl(spEntityId: string, relayState = ''): string {
    return `${this.url}/launch?${new URLSearchParams({ sp: spEntityId, relayState })}`;
  }

  private account: Account | undefined;
  handOf(account: Account): Hand {
    this.account = account; // there is no page of ours on which one would have to say so
    return () => undefined;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((settle) => this.server.close(settle));
  }

  protected knownAs(entityId: string | undefined): Known {
    const known = this.known.get(entityId ?? '');
    if (!known) throw new Error(`nobody introduced ${entityId}`);
    return known;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const url = new URL(request.url ?? '/', this.url);
    const brought = await broughtBy(request, url);
    if (!this.account) throw new Error('nobody is in front of it');
    switch (url.pathname) {
      case '/sso':
        return formOf(await this.respond(brought, this.account));
      case '/launch': {
        const known = this.knownAs(brought.fields['sp']);
        const relayState = brought.fields['relayState'] ?? '';
        return formOf(await this.launch(known, this.account, relayState));
      }
      case '/slo':
        return formOf(await this.logOut(brought));
      default:
        return { status: 404, body: 'nothing is here' };
    }
  }
}

async function broughtBy(request: IncomingMessage, url: URL): Promise<Brought> {
  const rawQuery = url.search.slice(1);
  if (request.method !== 'POST') {
    return { binding: 'redirect', fields: Object.fromEntries(url.searchParams), rawQuery };
  }
  let body = '';
  for await (const part of request) body += String(part);
  return { binding: 'post', fields: Object.fromEntries(new URLSearchParams(body)), rawQuery };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

function formOf({ url, fields }: HandOn): { status: number; body: string } {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`,
  );
  const body = `<form method="post" action="${escaped(url)}">${inputs.join('')}</form>`;
  return { status: 200, body };
}

// npm `oidc-provider`, certified by the OpenID Foundation, as an OpenID provider with its own pages
// for signing in and consenting.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { forms } from '../black_box/person.js';
import { filledIn, type Hand, type Page } from './browser.js';
import type { Account } from './saml_provider.js';

export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
export type ClientAuth = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

export interface Client {
  id: string;
  secret: string;
  auth: ClientAuth;
  redirectUri: string;
  algorithm?: Algorithm;
  jwksUri?: string; // of the client's own keys
  postLogoutUri?: string;
  backChannelUri?: string;
}

export interface Ways {
  claimsIn?: 'userinfo' | 'id_token';
  isPkceDemanded?: boolean;
}

type Jwk = Record<string, unknown>;

export class OidcProvider {
  readonly problems: string[] = []; // what it found wrong, for messages of failed tests
  private readonly clients: Client[] = [];
  private keys: Jwk[] = newKeys();
  private retired: Jwk[] = [];
  private ways: Ways = {};
  private handle: ReturnType<Provider['callback']> = () => undefined;
  private url = '';

  private constructor(
    private readonly server: Server,
    private readonly accounts: Account[],
  ) {}

  static async start(accounts: Account[]): Promise<OidcProvider> {
    const server = createServer((request, response) => provider.handle(request, response));
    const provider = new OidcProvider(server, accounts);
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    provider.build();
    return provider;
  }

  get issuer(): string {
    return this.url;
  }
  get logoutUrl(): string {
    return `${this.url}/session/end`;
  }

  register(client: Omit<Client, 'id' | 'secret'>): Client {
    const id = `client-${randomBytes(6).toString('hex')}`;
    const made = { ...client, id, secret: randomBytes(32).toString('base64url') };
    this.clients.push(made);
    this.build();
    return made;
  }

  // Everybody is forgotten who was signed in here: its memory goes with it.
  become(ways: Ways): void {
    this.ways = ways;
    this.build();
  }

  // New keys sign from now on; the old ones are still published.
  rotateKeys(): void {
    this.retired = this.keys;
    this.keys = newKeys();
    this.build();
  }

  // Signs in and consents.
  handOf(account: Account): Hand {
    return (page: Page) => {
      const form = this.formOn(page);
      if (!form) return undefined;
      const isLogin = form.fields.some(({ name }) => name === 'login');
      return filledIn(page, form, isLogin ? { login: account.uid, password: 'any' } : {});
    };
  }

  // Signs in, but does not consent.
  refusalOf(account: Account): Hand {
    return (page: Page) => {
      const form = this.formOn(page);
      if (!form) return undefined;
      if (form.fields.some(({ name }) => name === 'login')) {
        return filledIn(page, form, { login: account.uid, password: 'any' });
      }
      const abort = /href="([^"]+\/abort)"/.exec(page.body)?.[1] ?? '';
      return { method: 'GET', url: new URL(abort, page.url).href, from: this.url };
    };
  }

  // Confirms to be signed out.
  logoutHand(): Hand {
    return (page: Page) => {
      if (!page.url.startsWith(this.url)) return undefined;
      const form = forms(page.body).find(({ action }) => action.includes('/session/end/confirm'));
      return form && filledIn(page, form, { logout: 'yes' });
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((settle) => this.server.close(settle));
  }

  private formOn(page: Page) {
    if (!page.url.startsWith(`${this.url}/interaction/`)) return undefined;
    return forms(page.body).find(({ fields }) => fields.some(({ name }) => name === 'prompt'));
  }

  private build(): void {
    const provider = new Provider(this.url, {
      clients: this.clients.map((client) => registration(client)),
      jwks: { keys: [...this.keys, ...this.retired] },
      cookies: { keys: ['known to the tests alone'] },
      claims: {
        openid: ['sub'],
        email: ['email', 'email_verified'],
        profile: ['name', 'given_name', 'family_name', 'preferred_username'],
      },
      conformIdTokenClaims: this.ways.claimsIn !== 'id_token',
      pkce: { required: () => this.ways.isPkceDemanded ?? false },
      features: {
        devInteractions: { enabled: true },
        rpInitiatedLogout: { enabled: true },
        backchannelLogout: { enabled: true },
      },
      enabledJWA: { idTokenSigningAlgValues: [...ALGORITHMS] },
      // Its own refuses to speak to this machine.
      fetch: async (url: string, { method, headers, body }: RequestInit = {}) =>
        await fetch(url, {
          ...(method && { method }),
          ...(headers && { headers }),
          body: body ?? null,
        }),
      findAccount: (_: unknown, uid: string) => this.accountOf(uid),
      renderError: (context: { status: number; body: string }, _: unknown, error: Error) => {
        this.problems.push(String(error));
        context.body = String(error);
      },
    });
    for (const event of ['grant.error', 'authorization.error', 'userinfo.error', 'server_error']) {
      provider.on(event, (_, error) => this.note(event, error));
    }
    provider.on('backchannel.error', (_, error) => this.note('back channel', error));
    this.handle = provider.callback();
  }

  private note(where: string, error: unknown): void {
    const detail = (error as { error_detail?: string }).error_detail ?? '';
    this.problems.push(`${where}: ${String(error)} ${detail}`);
  }

  private accountOf(uid: string) {
    const found = this.accounts.find((account) => account.uid === uid);
    if (!found) return undefined;
    return {
      accountId: uid,
      claims: () => ({
        sub: uid,
        email: found.email,
        email_verified: true,
        name: `${found.givenName} ${found.familyName}`,
        given_name: found.givenName,
        family_name: found.familyName,
        preferred_username: uid,
      }),
    };
  }
}

function registration(client: Client): Record<string, unknown> {
  return {
    client_id: client.id,
    ...(client.auth !== 'private_key_jwt' && { client_secret: client.secret }),
    token_endpoint_auth_method: client.auth,
    redirect_uris: [client.redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    id_token_signed_response_alg: client.algorithm ?? 'RS256',
    ...(client.jwksUri && { jwks_uri: client.jwksUri }),
    ...(client.postLogoutUri && { post_logout_redirect_uris: [client.postLogoutUri] }),
    ...(client.backChannelUri && {
      backchannel_logout_uri: client.backChannelUri,
      backchannel_logout_session_required: true,
    }),
  };
}

function newKeys(): Jwk[] {
  const pairs = [
    [generateKeyPairSync('rsa', { modulusLength: 2048 }), {}],
    [generateKeyPairSync('ec', { namedCurve: 'P-256' }), { alg: 'ES256' }],
    [generateKeyPairSync('ed25519'), { alg: 'EdDSA' }],
  ] as const;
  return pairs.map(([{ privateKey }, more]) => ({
    ...privateKey.export({ format: 'jwk' }),
    ...more,
    use: 'sig',
    kid: randomBytes(8).toString('hex'),
  }));
}

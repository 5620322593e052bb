// A customer organization with its domains and connections, made through the management API.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, type Gatehouse } from '../black_box/gatehouse.js';
import { postForm, send } from '../black_box/http.js';
import type { Client, OidcProvider } from './oidc_provider.js';
import { NAME_ID, type Account, type Mode, type SamlProvider } from './saml_provider.js';

const run = promisify(execFile);

export type Json = Record<string, unknown>;

export interface Connection {
  id: string;
  settings: Json; // what the API shows of it: our addresses
}

// What a connection is set to beyond what the provider demands.
export interface SamlChoices {
  binding?: 'HTTP_POST' | 'HTTP_REDIRECT';
  certificate?: string;
  entityId?: string;
  metadataUrl?: string;
  provider?: string;
  more?: Json;
}

const SIGNING = {
  response: 'SAML_ONLY_RESPONSE_SIGNING',
  assertion: 'SAML_ONLY_ASSERTION_SIGNING',
  both: 'SAML_RESPONSE_ASSERTION_SIGNING',
  nothing: 'SAML_RESPONSE_OR_ASSERTION_SIGNING',
} as const;
const FORMATS: Record<keyof typeof NAME_ID, string> = {
  persistent: 'PERSISTENT',
  transient: 'TRANSIENT',
  email: 'EMAIL',
};

export class Api {
  private token = '';
  constructor(private readonly gatehouse: Gatehouse) {}

  get url(): string {
    return this.gatehouse.url;
  }

  async call(method: string, path: string, body?: Json): Promise<Json> {
    const answer = await this.send(method, path, body);
    const { status } = answer;
    assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${answer.body}`);
    return answer.body === '' ? {} : (JSON.parse(answer.body) as Json);
  }

  async send(method: string, path: string, body?: Json) {
    this.token ||= await this.newToken();
    return await send(`${this.gatehouse.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  private async newToken(): Promise<string> {
    const { client_id, client_secret } = this.gatehouse.ready;
    const form = { grant_type: 'client_credentials', client_id, client_secret };
    const { json } = await postForm(`${this.gatehouse.url}/oauth/token`, form);
    return String(json['access_token']);
  }
}

export class Tenant {
  private constructor(
    readonly api: Api,
    readonly id: string,
    readonly name: string,
    readonly domain: string,
  ) {}

  static async create(gatehouse: Gatehouse, name: string, domain: string): Promise<Tenant> {
    const api = new Api(gatehouse);
    const made = await api.call('POST', '/organizations', { display_name: name });
    const id = String((made['organization'] as Json)['id']);
    await api.call('POST', `/organizations/${id}/domains`, {
      domain,
      domain_type: 'ORGANIZATION_DOMAIN',
    });
    return new Tenant(api, id, name, domain);
  }

  async addMember({ email, givenName, familyName }: Account): Promise<void> {
    const path = `/organizations/${this.id}/users?send_invitation_email=false`;
    const user_profile = { given_name: givenName, family_name: familyName };
    await this.api.call('POST', path, { email, membership: {}, user_profile });
  }

  // A connection to that provider, which is told of us by our own metadata.
  async saml(idp: SamlProvider, mode: Mode, choices: SamlChoices = {}): Promise<Connection> {
    const provider = choices.provider ?? 'CUSTOM';
    const { id } = await this.made('SAML', provider);
    const connection = await this.change(id, 'SAML', provider, {
      saml_config: {
        idp_entity_id: choices.entityId ?? idp.entityId,
        idp_sso_url: idp.ssoUrl,
        idp_slo_url: idp.sloUrl,
        idp_certificate: choices.certificate ?? idp.certificate,
        idp_name_id_format: FORMATS[mode.nameId ?? 'persistent'],
        idp_sso_request_binding: choices.binding ?? 'HTTP_REDIRECT',
        saml_signing_option: SIGNING[mode.signed],
        assertion_encrypted: mode.encryption !== undefined,
        want_request_signed: mode.hasSignedRequests ?? false,
        ...(choices.metadataUrl && { idp_metadata_url: choices.metadataUrl }),
        ...choices.more,
      },
    });
    await this.enable(id);
    await idp.introduce(await this.metadataOf(id), mode);
    return connection;
  }

  async metadataOf(id: string): Promise<string> {
    const answer = await send(this.metadataUrlOf(id));
    assert.equal(answer.status, 200, answer.body);
    return answer.body;
  }

  // One that is told nothing but where the provider's own metadata are.
  async samlByMetadata(idp: SamlProvider & { metadataUrl: string }, mode: Mode) {
    const { id } = await this.made('SAML', 'CUSTOM');
    const connection = await this.change(id, 'SAML', 'CUSTOM', {
      saml_config: { idp_metadata_url: idp.metadataUrl, saml_signing_option: SIGNING[mode.signed] },
    });
    await this.enable(id);
    await idp.introduce(await this.metadataOf(id), mode);
    return connection;
  }

  // A connection to that provider, at which we are registered.
  async oidc(
    provider: OidcProvider,
    client: Partial<Client> = {},
    more: Json = {},
  ): Promise<Connection & { client: Client }> {
    const { id, settings } = await this.made('OIDC', 'CUSTOM');
    const registered = provider.register({
      auth: 'client_secret_basic',
      redirectUri: String(settings['redirect_uri']),
      postLogoutUri: String(settings['post_logout_redirect_uri']),
      backChannelUri: String(settings['backchannel_logout_redirect_uri']),
      ...client,
    });
    const connection = await this.change(id, 'OIDC', 'CUSTOM', {
      configuration_type: 'DISCOVERY',
      oidc_config: {
        issuer: provider.issuer,
        client_id: registered.id,
        client_secret: registered.secret,
        scopes: ['openid', 'profile', 'email'],
        token_auth_type: registered.auth === 'client_secret_post' ? 'URL_PARAMS' : 'BASIC_AUTH',
        pkce_enabled: true,
        ...more,
      },
    });
    await this.enable(id);
    return { ...connection, client: registered };
  }

  async change(id: string, type: string, provider: string, fields: Json): Promise<Connection> {
    // Addresses with http are taken while a connection is being debugged.
    const body = { type, provider, debug_enabled: true, ...fields };
    const path = `/organizations/${this.id}/connections/${id}`;
    const { connection } = (await this.api.call('PATCH', path, body)) as { connection: Json };
    return { id, settings: settingsOf(connection) };
  }

  async enable(id: string): Promise<void> {
    const path = `/organizations/${this.id}/connections/${id}`;
    const answer = await this.api.call('PATCH', `${path}:enable`, {});
    assert.equal(answer['enabled'], true, JSON.stringify(answer));
  }
  async disable(id: string): Promise<void> {
    await this.api.call('PATCH', `/organizations/${this.id}/connections/${id}:disable`, {});
  }

  private async made(type: string, provider: string): Promise<Connection> {
    const path = `/organizations/${this.id}/connections`;
    const { connection } = (await this.api.call('POST', path, { type, provider })) as {
      connection: Json;
    };
    return { id: String(connection['id']), settings: settingsOf(connection) };
  }

  private metadataUrlOf(id: string): string {
    return `${this.api.url}/sso/v1/saml/${id}/metadata`;
  }
}

// What only the command line can say.
export async function administer(gatehouse: Gatehouse, ...words: string[]): Promise<void> {
  const binary = resolve(ROOT, process.env['GATEHOUSE'] ?? 'build/release/gatehouse');
  await run(binary, ['admin', ...words, '--data', join(gatehouse.folder, 'data')]);
}

const settingsOf = (connection: Json): Json =>
  (connection['saml_config'] ?? connection['oidc_config'] ?? {}) as Json;

// The whole SDK: signing in, and the management API. Applications that only sign people in need
// `@gatehouse/sdk/auth` alone.
import { AuthClient } from './auth/client.js';
import type { ClientOptions } from './auth/types.js';
import { AuthResource } from './resources/auth.js';
import { ClientsResource } from './resources/clients.js';
import { ConnectionResource } from './resources/connection.js';
import { DirectoryResource } from './resources/directory.js';
import { DomainResource } from './resources/domain.js';
import { EventsResource } from './resources/events.js';
import { M2MResource } from './resources/m2m.js';
import { OrganizationResource } from './resources/organization.js';
import { PasswordlessResource } from './resources/passwordless.js';
import { PermissionResource } from './resources/permission.js';
import { RoleResource } from './resources/role.js';
import { SessionResource } from './resources/session.js';
import { TokenResource } from './resources/token.js';
import {
  ConnectTransport,
  type MethodName,
  type RequestOf,
  type ResponseOf,
  type ServiceName,
} from './resources/transport.js';
import { UserResource } from './resources/user.js';
import { WebAuthnResource } from './resources/webauthn.js';

export class ScalekitClient extends AuthClient {
  readonly organization: OrganizationResource;
  readonly connection: ConnectionResource;
  readonly domain: DomainResource;
  readonly directory: DirectoryResource;
  readonly user: UserResource;
  readonly session: SessionResource;
  readonly role: RoleResource;
  readonly permission: PermissionResource;
  readonly passwordless: PasswordlessResource;
  readonly webauthn: WebAuthnResource;
  readonly token: TokenResource;
  readonly m2m: M2MResource;
  readonly auth: AuthResource;
  readonly events: EventsResource;
  // Applications of the environment.
  readonly clients: ClientsResource;

  readonly #transport: ConnectTransport;

  constructor(
    envUrl: string,
    clientId: string,
    clientSecret?: string,
    options: ClientOptions = {},
  ) {
    super(envUrl, clientId, clientSecret, options);
    const transport = new ConnectTransport({
      envUrl: this.envUrl,
      token: (refused) => this.#apiToken(refused),
      fetch: options.fetch,
      timeoutMs: options.timeoutMs,
    });
    this.#transport = transport;
    this.organization = new OrganizationResource(transport);
    this.connection = new ConnectionResource(transport);
    this.domain = new DomainResource(transport);
    this.directory = new DirectoryResource(transport);
    this.user = new UserResource(transport);
    this.session = new SessionResource(transport);
    this.role = new RoleResource(transport);
    this.permission = new PermissionResource(transport);
    this.passwordless = new PasswordlessResource(transport);
    this.webauthn = new WebAuthnResource(transport);
    this.token = new TokenResource(transport);
    this.m2m = new M2MResource(transport);
    this.auth = new AuthResource(transport);
    this.events = new EventsResource(transport);
    this.clients = new ClientsResource(transport);
  }

  // Any method of the API, those included for which there is none here:
  // `call('scalekit.v1.clients.ClientService', 'ListScopes', {})`.
  async call<S extends ServiceName, M extends MethodName<S>>(
    service: S,
    method: M,
    request: RequestOf<S, M>,
  ): Promise<ResponseOf<S, M>> {
    return await this.#transport.call(service, method, request);
  }

  // Of many calls that were refused at once, the first renews the token for all.
  async #apiToken(refused?: string): Promise<string> {
    const token = await this.getClientAccessToken();
    return token === refused ? await this.getClientAccessToken({ renew: true }) : token;
  }
}

export { ScalekitClient as GatehouseClient, ScalekitClient as Scalekit };
// Code written for the Scalekit SDK may import it so.
export default ScalekitClient;

export * from './auth/index.js';
export {
  ApiError,
  ScalekitBadRequestException,
  ScalekitCancelledException,
  ScalekitConflictException,
  ScalekitForbiddenException,
  ScalekitGatewayTimeoutException,
  ScalekitInternalServerException,
  ScalekitNotFoundException,
  ScalekitNotImplementedException,
  ScalekitServiceUnavailableException,
  ScalekitTooManyRequestsException,
  ScalekitUnauthorizedException,
  ScalekitUnknownException,
  type ApiErrorCode,
  type ErrorInfo,
  type FieldViolation,
} from './resources/errors.js';
export { ConnectTransport, type TransportOptions } from './resources/transport.js';
export type { EventFilter } from './resources/events.js';
export type {
  OrganizationSessionPolicyInput,
  OrganizationSettingsInput,
  OrganizationUserManagementSettingsInput,
} from './resources/organization.js';
export type * as types from './types/index.js';
export { GrantType, ObjectType, Source } from './resources/enums.js';

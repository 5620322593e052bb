// Clients for the programs of an organization: they get tokens by client_credentials.
import type * as clients from '../types/clients.js';
import type { Empty } from '../types/json.js';
import {
  eachOf,
  required,
  Resource,
  type ListAllOptions,
  type PageOptions,
  type Walk,
} from './resource.js';

const SERVICE = 'scalekit.v1.clients.ClientService';

export interface OrganizationClientOptions {
  name?: string | undefined;
  description?: string | undefined;
  customClaims?: Record<string, string> | undefined;
  audience?: string[] | undefined;
  scopes?: string[] | undefined;
}

export class M2MResource extends Resource {
  /** With its first secret in plain, which is not shown again. */
  async createOrganizationClient(
    organizationId: string,
    options: OrganizationClientOptions = {},
  ): Promise<clients.CreateOrganizationClientResponse> {
    required({ organizationId });
    const request = { organizationId, client: clientOf(options) };
    return await this.transport.call(SERVICE, 'CreateOrganizationClient', request);
  }

  async getOrganizationClient(
    organizationId: string,
    clientId: string,
  ): Promise<clients.GetOrganizationClientResponse> {
    required({ organizationId, clientId });
    return await this.transport.call(SERVICE, 'GetOrganizationClient', {
      organizationId,
      clientId,
    });
  }

  async updateOrganizationClient(
    organizationId: string,
    clientId: string,
    options: OrganizationClientOptions = {},
  ): Promise<clients.UpdateOrganizationClientResponse> {
    required({ organizationId, clientId });
    const request = { organizationId, clientId, client: clientOf(options) };
    return await this.transport.call(SERVICE, 'UpdateOrganizationClient', request);
  }

  async deleteOrganizationClient(organizationId: string, clientId: string): Promise<Empty> {
    required({ organizationId, clientId });
    const request = { organizationId, clientId };
    return await this.transport.call(SERVICE, 'DeleteOrganizationClient', request);
  }

  /** In plain, and not shown again. */
  async addOrganizationClientSecret(
    organizationId: string,
    clientId: string,
  ): Promise<clients.CreateOrganizationClientSecretResponse> {
    required({ organizationId, clientId });
    const request = { organizationId, clientId };
    return await this.transport.call(SERVICE, 'CreateOrganizationClientSecret', request);
  }

  async removeOrganizationClientSecret(
    organizationId: string,
    clientId: string,
    secretId: string,
  ): Promise<Empty> {
    required({ organizationId, clientId, secretId });
    const request = { organizationId, clientId, secretId };
    return await this.transport.call(SERVICE, 'DeleteOrganizationClientSecret', request);
  }

  async listOrganizationClients(
    organizationId: string,
    options: PageOptions = {},
  ): Promise<clients.ListOrganizationClientsResponse> {
    required({ organizationId });
    const request = { ...options, organizationId };
    return await this.transport.call(SERVICE, 'ListOrganizationClients', request);
  }

  listAllOrganizationClients(
    organizationId: string,
    options: ListAllOptions = {},
  ): Walk<clients.M2MClient> {
    return eachOf(
      (pageToken) => this.listOrganizationClients(organizationId, { ...options, pageToken }),
      (page) => page.clients,
    );
  }
}

function clientOf(options: OrganizationClientOptions): clients.OrganizationClient {
  const { customClaims, ...rest } = options;
  const claims = customClaims && Object.entries(customClaims);
  return { ...rest, customClaims: claims?.map(([key, value]) => ({ key, value })) };
}

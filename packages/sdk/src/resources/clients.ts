// Applications: what signs people in here. The Scalekit SDK has nothing of the kind.
import type * as clients from '../types/clients.js';
import type { Empty, FieldMask } from '../types/json.js';
import { eachOf, required, Resource, type PageOptions, type Walk } from './resource.js';

const SERVICE = 'scalekit.v1.clients.ClientService';

export interface ListClientsOptions extends PageOptions {
  /** WEB_APP, SPA, NTV, M2M or ENV; all of them unless said. */
  clientTypes?: string[] | undefined;
}

export class ClientsResource extends Resource {
  async list(options: ListClientsOptions = {}): Promise<clients.ListClientsResponse> {
    const { clientTypes, ...rest } = options;
    const filter = clientTypes && { clientType: clientTypes };
    return await this.transport.call(SERVICE, 'ListClient', { ...rest, filter });
  }

  listAll(options: Omit<ListClientsOptions, 'pageToken'> = {}): Walk<clients.Client> {
    return eachOf(
      (pageToken) => this.list({ ...options, pageToken }),
      (page) => page.clients,
    );
  }

  /** Without a secret: createSecret() makes one. */
  async create(client: clients.CreateClient): Promise<clients.CreateClientResponse> {
    required({ 'client.name': client?.name, 'client.clientType': client?.clientType });
    return await this.transport.call(SERVICE, 'CreateClient', { client });
  }

  async get(clientId: string): Promise<clients.GetClientResponse> {
    required({ clientId });
    return await this.transport.call(SERVICE, 'GetClient', { clientId });
  }

  /**
   * Changes the fields that are filled in, or with a mask those that it names, empty ones included.
   * Lists are replaced as a whole.
   */
  async update(
    clientId: string,
    client: clients.UpdateClient,
    options: { mask?: FieldMask | undefined } = {},
  ): Promise<clients.UpdateClientResponse> {
    required({ clientId });
    const request = { clientId, client, mask: options.mask };
    return await this.transport.call(SERVICE, 'UpdateClient', request);
  }

  async delete(clientId: string): Promise<Empty> {
    required({ clientId });
    return await this.transport.call(SERVICE, 'DeleteClient', { clientId });
  }

  /** In plain, and not shown again. At most two are active. */
  async createSecret(clientId: string): Promise<clients.CreateClientSecretResponse> {
    required({ clientId });
    return await this.transport.call(SERVICE, 'CreateClientSecret', { clientId });
  }

  async deleteSecret(clientId: string, secretId: string): Promise<Empty> {
    required({ clientId, secretId });
    return await this.transport.call(SERVICE, 'DeleteClientSecret', { clientId, secretId });
  }
}

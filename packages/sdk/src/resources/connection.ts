// Connections: the identity providers that people of an organization sign in by.
import type * as connections from '../types/connections.js';
import type { Empty } from '../types/json.js';
import {
  eachOf,
  required,
  Resource,
  type ListAllOptions,
  type PageOptions,
  type Walk,
} from './resource.js';

const SERVICE = 'scalekit.v1.connections.ConnectionService';

export interface ListAppConnectionsOptions extends PageOptions {
  provider?: string | undefined;
  query?: string | undefined;
}

export class ConnectionResource extends Resource {
  async getConnection(
    organizationId: string,
    id: string,
  ): Promise<connections.GetConnectionResponse> {
    required({ organizationId, id });
    return await this.transport.call(SERVICE, 'GetConnection', { organizationId, id });
  }

  /** The connections of the organization that has verified this domain. */
  async listConnectionsByDomain(domain: string): Promise<connections.ListConnectionsResponse> {
    required({ domain });
    return await this.transport.call(SERVICE, 'ListConnections', { domain });
  }

  async listConnections(organizationId: string): Promise<connections.ListConnectionsResponse> {
    required({ organizationId });
    return await this.transport.call(SERVICE, 'ListConnections', { organizationId });
  }

  async listAppConnections(
    params: ListAppConnectionsOptions = {},
  ): Promise<connections.ListAppConnectionsResponse> {
    return await this.transport.call(SERVICE, 'ListAppConnections', params);
  }

  listAllAppConnections(
    params: Omit<ListAppConnectionsOptions, 'pageToken'> = {},
  ): Walk<connections.ListConnection> {
    return eachOf(
      (pageToken) => this.listAppConnections({ ...params, pageToken }),
      (page) => page.connections,
    );
  }

  /** Every single sign-on connection of every organization, page after page. */
  listAllOrganizationConnections(
    options: ListAllOptions = {},
  ): Walk<connections.ListConnection> {
    return eachOf(
      (pageToken) =>
        this.transport.call(SERVICE, 'ListOrganizationConnections', { ...options, pageToken }),
      (page) => page.connections,
    );
  }

  /** Only a connection whose settings are complete can be enabled. */
  async enableConnection(
    organizationId: string,
    id: string,
  ): Promise<connections.ToggleConnectionResponse> {
    required({ organizationId, id });
    return await this.transport.call(SERVICE, 'EnableConnection', { organizationId, id });
  }

  async disableConnection(
    organizationId: string,
    id: string,
  ): Promise<connections.ToggleConnectionResponse> {
    required({ organizationId, id });
    return await this.transport.call(SERVICE, 'DisableConnection', { organizationId, id });
  }

  async createConnection(
    organizationId: string,
    connection: connections.CreateConnection,
  ): Promise<connections.CreateConnectionResponse> {
    required({ organizationId });
    return await this.transport.call(SERVICE, 'CreateConnection', { organizationId, connection });
  }

  async deleteConnection(organizationId: string, id: string): Promise<Empty> {
    required({ organizationId, id });
    return await this.transport.call(SERVICE, 'DeleteConnection', { organizationId, id });
  }
}

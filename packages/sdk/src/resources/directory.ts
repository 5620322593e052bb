// Directories: the people and groups that an organization's own directory sends.
import type * as directories from '../types/directories.js';
import type { Empty } from '../types/json.js';
import { apiError } from './errors.js';
import { eachOf, required, Resource, timestamp, type PageOptions, type Walk } from './resource.js';

const SERVICE = 'scalekit.v1.directories.DirectoryService';

export interface ListDirectoryGroupsOptions extends PageOptions {
  /** Adds everything that the provider says. */
  includeDetail?: boolean | undefined;
  /** Only what changed after this time. */
  updatedAfter?: Date | string | undefined;
}

export interface ListDirectoryUsersOptions extends ListDirectoryGroupsOptions {
  directoryGroupId?: string | undefined;
}

export class DirectoryResource extends Resource {
  async listDirectories(organizationId: string): Promise<directories.ListDirectoriesResponse> {
    required({ organizationId });
    return await this.transport.call(SERVICE, 'ListDirectories', { organizationId });
  }

  async getDirectory(
    organizationId: string,
    directoryId: string,
  ): Promise<directories.GetDirectoryResponse> {
    required({ organizationId, directoryId });
    return await this.transport.call(SERVICE, 'GetDirectory', { organizationId, id: directoryId });
  }

  /** The first one; a ScalekitNotFoundException if the organization has none. */
  async getPrimaryDirectoryByOrganizationId(
    organizationId: string,
  ): Promise<directories.Directory> {
    const [first] = (await this.listDirectories(organizationId)).directories;
    if (first) return first;
    const details = [{ errorCode: 'NOT_FOUND' }];
    throw apiError({ code: 'not_found', message: 'the organization has no directory', details });
  }

  async listDirectoryUsers(
    organizationId: string,
    directoryId: string,
    options: ListDirectoryUsersOptions = {},
  ): Promise<directories.ListDirectoryUsersResponse> {
    required({ organizationId, directoryId });
    const updatedAfter = timestamp('updatedAfter', options.updatedAfter);
    const request = { ...options, updatedAfter, organizationId, directoryId };
    return await this.transport.call(SERVICE, 'ListDirectoryUsers', request);
  }

  listAllDirectoryUsers(
    organizationId: string,
    directoryId: string,
    options: Omit<ListDirectoryUsersOptions, 'pageToken'> = {},
  ): Walk<directories.DirectoryUser> {
    return eachOf(
      (pageToken) =>
        this.listDirectoryUsers(organizationId, directoryId, { ...options, pageToken }),
      (page) => page.users,
    );
  }

  async listDirectoryGroups(
    organizationId: string,
    directoryId: string,
    options: ListDirectoryGroupsOptions = {},
  ): Promise<directories.ListDirectoryGroupsResponse> {
    required({ organizationId, directoryId });
    const updatedAfter = timestamp('updatedAfter', options.updatedAfter);
    const request = { ...options, updatedAfter, organizationId, directoryId };
    return await this.transport.call(SERVICE, 'ListDirectoryGroups', request);
  }

  listAllDirectoryGroups(
    organizationId: string,
    directoryId: string,
    options: Omit<ListDirectoryGroupsOptions, 'pageToken'> = {},
  ): Walk<directories.DirectoryGroup> {
    return eachOf(
      (pageToken) =>
        this.listDirectoryGroups(organizationId, directoryId, { ...options, pageToken }),
      (page) => page.groups,
    );
  }

  async enableDirectory(
    organizationId: string,
    directoryId: string,
  ): Promise<directories.ToggleDirectoryResponse> {
    required({ organizationId, directoryId });
    const request = { organizationId, id: directoryId };
    return await this.transport.call(SERVICE, 'EnableDirectory', request);
  }

  async disableDirectory(
    organizationId: string,
    directoryId: string,
  ): Promise<directories.ToggleDirectoryResponse> {
    required({ organizationId, directoryId });
    const request = { organizationId, id: directoryId };
    return await this.transport.call(SERVICE, 'DisableDirectory', request);
  }

  async createDirectory(
    organizationId: string,
    directory: directories.CreateDirectory,
  ): Promise<directories.CreateDirectoryResponse> {
    required({ organizationId });
    return await this.transport.call(SERVICE, 'CreateDirectory', { organizationId, directory });
  }

  async deleteDirectory(organizationId: string, directoryId: string): Promise<Empty> {
    required({ organizationId, directoryId });
    const request = { organizationId, id: directoryId };
    return await this.transport.call(SERVICE, 'DeleteDirectory', request);
  }
}

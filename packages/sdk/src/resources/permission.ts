// Permissions, and which of them a role has.
import type { Empty } from '../types/json.js';
import type * as roles from '../types/roles.js';
import { eachOf, required, Resource, type ListAllOptions, type Walk } from './resource.js';

const SERVICE = 'scalekit.v1.roles.RolesService';

export class PermissionResource extends Resource {
  async createPermission(
    permission: roles.CreatePermission,
  ): Promise<roles.CreatePermissionResponse> {
    required({ 'permission.name': permission?.name });
    return await this.transport.call(SERVICE, 'CreatePermission', { permission });
  }

  async getPermission(permissionName: string): Promise<roles.GetPermissionResponse> {
    required({ permissionName });
    return await this.transport.call(SERVICE, 'GetPermission', { permissionName });
  }

  async listPermissions(
    pageToken?: string,
    pageSize?: number,
  ): Promise<roles.ListPermissionsResponse> {
    return await this.transport.call(SERVICE, 'ListPermissions', { pageToken, pageSize });
  }

  listAllPermissions({ pageSize }: ListAllOptions = {}): Walk<roles.Permission> {
    return eachOf(
      (pageToken) => this.listPermissions(pageToken, pageSize),
      (page) => page.permissions,
    );
  }

  async updatePermission(
    permissionName: string,
    permission: roles.CreatePermission,
  ): Promise<roles.UpdatePermissionResponse> {
    required({ permissionName });
    const request = { permissionName, permission };
    return await this.transport.call(SERVICE, 'UpdatePermission', request);
  }

  async deletePermission(permissionName: string): Promise<Empty> {
    required({ permissionName });
    return await this.transport.call(SERVICE, 'DeletePermission', { permissionName });
  }

  /** Those that the role itself has. */
  async listRolePermissions(roleName: string): Promise<roles.ListRolePermissionsResponse> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'ListRolePermissions', { roleName });
  }

  async addPermissionsToRole(
    roleName: string,
    permissionNames: string[],
  ): Promise<roles.AddPermissionsToRoleResponse> {
    required({ roleName });
    const request = { roleName, permissionNames };
    return await this.transport.call(SERVICE, 'AddPermissionsToRole', request);
  }

  async removePermissionFromRole(roleName: string, permissionName: string): Promise<Empty> {
    required({ roleName, permissionName });
    const request = { roleName, permissionName };
    return await this.transport.call(SERVICE, 'RemovePermissionFromRole', request);
  }

  /** With those of the roles that it extends. */
  async listEffectiveRolePermissions(
    roleName: string,
  ): Promise<roles.ListEffectiveRolePermissionsResponse> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'ListEffectiveRolePermissions', { roleName });
  }
}

// Roles, of the environment and of single organizations.
import type { Empty } from '../types/json.js';
import type * as roles from '../types/roles.js';
import { required, Resource } from './resource.js';

const SERVICE = 'scalekit.v1.roles.RolesService';

export interface DefaultRoles {
  /** Of whoever creates an organization. */
  defaultCreatorRole?: string | undefined;
  /** Of everybody else in it. */
  defaultMemberRole?: string | undefined;
}

export class RoleResource extends Resource {
  async createRole(role: roles.CreateRole): Promise<roles.CreateRoleResponse> {
    required({ 'role.name': role?.name });
    return await this.transport.call(SERVICE, 'CreateRole', { role });
  }

  async getRole(roleName: string): Promise<roles.GetRoleResponse> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'GetRole', { roleName });
  }

  async listRoles(): Promise<roles.ListRolesResponse> {
    return await this.transport.call(SERVICE, 'ListRoles', {});
  }

  async updateRole(roleName: string, role: roles.UpdateRole): Promise<roles.UpdateRoleResponse> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'UpdateRole', { roleName, role });
  }

  /** People who have it get `reassignRoleName` instead. */
  async deleteRole(roleName: string, reassignRoleName?: string): Promise<Empty> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'DeleteRole', { roleName, reassignRoleName });
  }

  /** From now on the role extends no other. */
  async deleteRoleBase(roleName: string): Promise<Empty> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'DeleteRoleBase', { roleName });
  }

  async getRoleUsersCount(roleName: string): Promise<roles.GetRoleUsersCountResponse> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'GetRoleUsersCount', { roleName });
  }

  async createOrganizationRole(
    orgId: string,
    role: roles.CreateOrganizationRole,
  ): Promise<roles.CreateOrganizationRoleResponse> {
    required({ orgId, 'role.name': role?.name });
    return await this.transport.call(SERVICE, 'CreateOrganizationRole', { orgId, role });
  }

  async getOrganizationRole(
    orgId: string,
    roleName: string,
  ): Promise<roles.GetOrganizationRoleResponse> {
    required({ orgId, roleName });
    return await this.transport.call(SERVICE, 'GetOrganizationRole', { orgId, roleName });
  }

  async listOrganizationRoles(orgId: string): Promise<roles.ListOrganizationRolesResponse> {
    required({ orgId });
    return await this.transport.call(SERVICE, 'ListOrganizationRoles', { orgId });
  }

  async updateOrganizationRole(
    orgId: string,
    roleName: string,
    role: roles.UpdateRole,
  ): Promise<roles.UpdateOrganizationRoleResponse> {
    required({ orgId, roleName });
    return await this.transport.call(SERVICE, 'UpdateOrganizationRole', { orgId, roleName, role });
  }

  async deleteOrganizationRole(
    orgId: string,
    roleName: string,
    reassignRoleName?: string,
  ): Promise<Empty> {
    required({ orgId, roleName });
    const request = { orgId, roleName, reassignRoleName };
    return await this.transport.call(SERVICE, 'DeleteOrganizationRole', request);
  }

  async getOrganizationRoleUsersCount(
    orgId: string,
    roleName: string,
  ): Promise<roles.GetOrganizationRoleUsersCountResponse> {
    required({ orgId, roleName });
    return await this.transport.call(SERVICE, 'GetOrganizationRoleUsersCount', { orgId, roleName });
  }

  /** Both are required by the server. */
  async updateDefaultRoles(options: DefaultRoles = {}): Promise<roles.UpdateDefaultRolesResponse> {
    const { defaultCreatorRole, defaultMemberRole } = options;
    if (defaultCreatorRole !== undefined) required({ defaultCreatorRole });
    if (defaultMemberRole !== undefined) required({ defaultMemberRole });
    const request = { defaultCreatorRole, defaultMemberRole };
    return await this.transport.call(SERVICE, 'UpdateDefaultRoles', request);
  }

  /** The roles that extend this one. */
  async listDependentRoles(roleName: string): Promise<roles.ListDependentRolesResponse> {
    required({ roleName });
    return await this.transport.call(SERVICE, 'ListDependentRoles', { roleName });
  }

  async updateDefaultOrganizationRoles(
    orgId: string,
    defaultMemberRole: string,
  ): Promise<roles.UpdateDefaultOrganizationRolesResponse> {
    required({ orgId, defaultMemberRole });
    const request = { orgId, defaultMemberRole };
    return await this.transport.call(SERVICE, 'UpdateDefaultOrganizationRoles', request);
  }

  async deleteOrganizationRoleBase(orgId: string, roleName: string): Promise<Empty> {
    required({ orgId, roleName });
    return await this.transport.call(SERVICE, 'DeleteOrganizationRoleBase', { orgId, roleName });
  }
}

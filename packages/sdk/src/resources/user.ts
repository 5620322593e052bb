// People, and the organizations that they belong to.
import type { Empty } from '../types/json.js';
import type * as users from '../types/users.js';
import {
  eachOf,
  required,
  Resource,
  type ListAllOptions,
  type PageOptions,
  type Walk,
} from './resource.js';

const SERVICE = 'scalekit.v1.users.UserService';

export interface CreateUserOptions {
  email: string;
  externalId?: string | undefined;
  phoneNumber?: string | undefined;
  userProfile?: users.CreateUserProfile | undefined;
  metadata?: Record<string, string> | undefined;
  /** Names of roles in the organization; the default role for members where there are none. */
  roles?: string[] | undefined;
  /** True unless said. */
  sendInvitationEmail?: boolean | undefined;
}

export interface UpdateUserOptions {
  /** Without effect: an address does not change. */
  email?: string | undefined;
  externalId?: string | undefined;
  userProfile?: users.UpdateUserProfile | undefined;
  metadata?: Record<string, string> | undefined;
}

export interface UpdateMembershipOptions {
  roles?: string[] | undefined;
  metadata?: Record<string, string> | undefined;
}

export interface CreateMembershipOptions extends UpdateMembershipOptions {
  /** True unless said. */
  sendInvitationEmail?: boolean | undefined;
}

type Identity = { id: string } | { externalId: string };

export class UserResource extends Resource {
  /** A new person, as a member of the organization. */
  async createUserAndMembership(
    organizationId: string,
    options: CreateUserOptions,
  ): Promise<users.CreateUserAndMembershipResponse> {
    required({ organizationId, email: options?.email });
    const { roles, sendInvitationEmail, phoneNumber, ...user } = options;
    const userProfile = phoneNumber ? { phoneNumber, ...user.userProfile } : user.userProfile;
    const membership = roles && { roles: named(roles) };
    return await this.transport.call(SERVICE, 'CreateUserAndMembership', {
      organizationId,
      user: { ...user, userProfile, membership },
      sendInvitationEmail,
    });
  }

  async getUser(userId: string): Promise<users.GetUserResponse> {
    required({ userId });
    return await this.transport.call(SERVICE, 'GetUser', { id: userId });
  }

  /** One page of all people of the environment. */
  async listUsers(options: PageOptions = {}): Promise<users.ListUsersResponse> {
    return await this.transport.call(SERVICE, 'ListUsers', options);
  }

  listAllUsers(options: ListAllOptions = {}): Walk<users.User> {
    return eachOf(
      (pageToken) => this.listUsers({ ...options, pageToken }),
      (page) => page.users,
    );
  }

  /** Changes what is named; what is left out stays. */
  async updateUser(userId: string, options: UpdateUserOptions): Promise<users.UpdateUserResponse> {
    required({ userId });
    return await this.#update({ id: userId }, options);
  }

  async deleteUser(userId: string): Promise<Empty> {
    required({ userId });
    return await this.transport.call(SERVICE, 'DeleteUser', { id: userId });
  }

  async createMembership(
    organizationId: string,
    userId: string,
    options: CreateMembershipOptions = {},
  ): Promise<users.CreateMembershipResponse> {
    required({ organizationId, userId });
    return await this.#join(organizationId, { id: userId }, options);
  }

  /** A person who is in no other organization is deleted. */
  async deleteMembership(organizationId: string, userId: string): Promise<Empty> {
    required({ organizationId, userId });
    return await this.transport.call(SERVICE, 'DeleteMembership', { organizationId, id: userId });
  }

  /** Roles and metadata are replaced as a whole; empty ones stay as they are. */
  async updateMembership(
    organizationId: string,
    userId: string,
    options: UpdateMembershipOptions = {},
  ): Promise<users.UpdateMembershipResponse> {
    required({ organizationId, userId });
    return await this.#change(organizationId, { id: userId }, options);
  }

  async listOrganizationUsers(
    organizationId: string,
    options: PageOptions = {},
  ): Promise<users.ListOrganizationUsersResponse> {
    required({ organizationId });
    const request = { ...options, organizationId };
    return await this.transport.call(SERVICE, 'ListOrganizationUsers', request);
  }

  listAllOrganizationUsers(
    organizationId: string,
    options: ListAllOptions = {},
  ): Walk<users.User> {
    return eachOf(
      (pageToken) => this.listOrganizationUsers(organizationId, { ...options, pageToken }),
      (page) => page.users,
    );
  }

  async resendInvite(organizationId: string, userId: string): Promise<users.ResendInviteResponse> {
    required({ organizationId, userId });
    return await this.transport.call(SERVICE, 'ResendInvite', { organizationId, id: userId });
  }

  async listUserRoles(
    organizationId: string,
    userId: string,
  ): Promise<users.ListUserRolesResponse> {
    required({ organizationId, userId });
    return await this.transport.call(SERVICE, 'ListUserRoles', { organizationId, userId });
  }

  async listUserPermissions(
    organizationId: string,
    userId: string,
  ): Promise<users.ListUserPermissionsResponse> {
    required({ organizationId, userId });
    return await this.transport.call(SERVICE, 'ListUserPermissions', { organizationId, userId });
  }

  /** By the beginning of an address, a name or an external id. */
  async searchUsers(
    query: string,
    pageSize?: number,
    pageToken?: string,
  ): Promise<users.SearchUsersResponse> {
    required({ query });
    return await this.transport.call(SERVICE, 'SearchUsers', { query, pageSize, pageToken });
  }

  async searchOrganizationUsers(
    organizationId: string,
    query: string,
    pageSize?: number,
    pageToken?: string,
  ): Promise<users.SearchOrganizationUsersResponse> {
    required({ organizationId, query });
    const request = { organizationId, query, pageSize, pageToken };
    return await this.transport.call(SERVICE, 'SearchOrganizationUsers', request);
  }

  /** Adds roles to those that the person has. */
  async assignUserRoles(
    organizationId: string,
    userId: string,
    roles: string[],
  ): Promise<users.AssignUserRolesResponse> {
    required({ organizationId, userId });
    return await this.transport.call(SERVICE, 'AssignUserRoles', {
      organizationId,
      userId,
      roles: roles.map((roleName) => ({ roleName })),
    });
  }

  async removeUserRole(organizationId: string, userId: string, roleName: string): Promise<Empty> {
    required({ organizationId, userId, roleName });
    const request = { organizationId, userId, roleName };
    return await this.transport.call(SERVICE, 'RemoveUserRole', request);
  }

  async getUserByExternalId(externalId: string): Promise<users.GetUserResponse> {
    required({ externalId });
    return await this.transport.call(SERVICE, 'GetUser', { externalId });
  }

  async updateUserByExternalId(
    externalId: string,
    options: Omit<UpdateUserOptions, 'externalId'>,
  ): Promise<users.UpdateUserResponse> {
    required({ externalId });
    return await this.#update({ externalId }, options);
  }

  async deleteUserByExternalId(externalId: string): Promise<Empty> {
    required({ externalId });
    return await this.transport.call(SERVICE, 'DeleteUser', { externalId });
  }

  async createMembershipByExternalId(
    organizationId: string,
    externalId: string,
    options: CreateMembershipOptions = {},
  ): Promise<users.CreateMembershipResponse> {
    required({ organizationId, externalId });
    return await this.#join(organizationId, { externalId }, options);
  }

  async deleteMembershipByExternalId(organizationId: string, externalId: string): Promise<Empty> {
    required({ organizationId, externalId });
    return await this.transport.call(SERVICE, 'DeleteMembership', { organizationId, externalId });
  }

  async updateMembershipByExternalId(
    organizationId: string,
    externalId: string,
    options: UpdateMembershipOptions = {},
  ): Promise<users.UpdateMembershipResponse> {
    required({ organizationId, externalId });
    return await this.#change(organizationId, { externalId }, options);
  }

  async #update(who: Identity, options: UpdateUserOptions): Promise<users.UpdateUserResponse> {
    const { externalId, userProfile, metadata } = options;
    const user = { externalId, userProfile, metadata };
    return await this.transport.call(SERVICE, 'UpdateUser', { ...who, user });
  }

  async #join(
    organizationId: string,
    who: Identity,
    options: CreateMembershipOptions,
  ): Promise<users.CreateMembershipResponse> {
    const { roles = [], metadata, sendInvitationEmail } = options;
    const membership = { roles: named(roles), metadata };
    const request = { organizationId, ...who, membership, sendInvitationEmail };
    return await this.transport.call(SERVICE, 'CreateMembership', request);
  }

  async #change(
    organizationId: string,
    who: Identity,
    options: UpdateMembershipOptions,
  ): Promise<users.UpdateMembershipResponse> {
    const { roles = [], metadata } = options;
    const membership = { roles: named(roles), metadata };
    const request = { organizationId, ...who, membership };
    return await this.transport.call(SERVICE, 'UpdateMembership', request);
  }
}

function named(roles: string[]): { name: string }[] {
  return roles.map((name) => ({ name }));
}

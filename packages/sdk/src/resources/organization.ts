// Organizations: their data, settings, session policy and portal links.
import type { TimeUnit } from '../types/commons.js';
import type { Empty } from '../types/json.js';
import type * as organizations from '../types/organizations.js';
import { apiError, invalidArgument } from './errors.js';
import {
  eachOf,
  required,
  Resource,
  type ListAllOptions,
  type PageOptions,
  type Walk,
} from './resource.js';

const SERVICE = 'scalekit.v1.organizations.OrganizationService';
const PORTAL_FEATURES: string[] = ['dir_sync', 'sso'];

export interface CreateOrganizationOptions {
  externalId?: string | undefined;
  logoUrl?: string | undefined;
  slug?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

export interface OrganizationSettingsInput {
  features: { name: string; enabled: boolean }[];
}

export interface OrganizationUserManagementSettingsInput {
  maxAllowedUsers?: number | null | undefined;
}

type SessionTimeUnit = Extract<TimeUnit, 'MINUTES' | 'HOURS' | 'DAYS'>;

export type OrganizationSessionPolicyInput =
  | { policySource: 'APPLICATION' }
  | {
      policySource: 'CUSTOM';
      absoluteSessionTimeout: number;
      absoluteSessionTimeoutUnit: SessionTimeUnit;
      idleSessionTimeoutEnabled?: boolean | undefined;
      idleSessionTimeout?: number | undefined;
      idleSessionTimeoutUnit?: SessionTimeUnit | undefined;
    };

export class OrganizationResource extends Resource {
  /** An external id or slug that another organization has is a ScalekitConflictException. */
  async createOrganization(
    name: string,
    options: CreateOrganizationOptions = {},
  ): Promise<organizations.CreateOrganizationResponse> {
    required({ name });
    const organization = { ...options, displayName: name };
    return await this.transport.call(SERVICE, 'CreateOrganization', { organization });
  }

  /** One page of all organizations, newest first. */
  async listOrganization(
    options: PageOptions = {},
  ): Promise<organizations.ListOrganizationsResponse> {
    return await this.transport.call(SERVICE, 'ListOrganization', options);
  }

  /** Every organization, page after page. */
  listAllOrganizations(options: ListAllOptions = {}): Walk<organizations.Organization> {
    return eachOf(
      (pageToken) => this.listOrganization({ ...options, pageToken }),
      (page) => page.organizations,
    );
  }

  async getOrganization(id: string): Promise<organizations.GetOrganizationResponse> {
    required({ id });
    return await this.transport.call(SERVICE, 'GetOrganization', { id });
  }

  /** By the id that you gave it. */
  async getOrganizationByExternalId(
    externalId: string,
  ): Promise<organizations.GetOrganizationResponse> {
    required({ externalId });
    return await this.transport.call(SERVICE, 'GetOrganization', { externalId });
  }

  /** Changes what is named; what is left out stays. */
  async updateOrganization(
    id: string,
    organization: organizations.UpdateOrganization,
  ): Promise<organizations.UpdateOrganizationResponse> {
    required({ id });
    return await this.transport.call(SERVICE, 'UpdateOrganization', { id, organization });
  }

  async updateOrganizationByExternalId(
    externalId: string,
    organization: organizations.UpdateOrganization,
  ): Promise<organizations.UpdateOrganizationResponse> {
    required({ externalId });
    return await this.transport.call(SERVICE, 'UpdateOrganization', { externalId, organization });
  }

  /** With everything it has, and the people who are in no other organization. For good. */
  async deleteOrganization(organizationId: string): Promise<Empty> {
    required({ organizationId });
    return await this.transport.call(SERVICE, 'DeleteOrganization', { id: organizationId });
  }

  /** Opens the admin portal once. `features` limits the portal to some of what there is. */
  async generatePortalLink(
    organizationId: string,
    options: { features?: organizations.Feature[] | undefined } = {},
  ): Promise<organizations.Link> {
    required({ organizationId });
    // A server that passes over a name it does not know would open more, not less.
    const unknown = options.features?.find((feature) => !PORTAL_FEATURES.includes(feature));
    if (unknown) throw invalidArgument(`features are ${PORTAL_FEATURES.join(' and ')}`);
    const request = { id: organizationId, ...options };
    const { link } = await this.transport.call(SERVICE, 'GeneratePortalLink', request);
    return link ?? lacking('link');
  }

  /** Switches features on or off; those that are not named stay as they are. */
  async updateOrganizationSettings(
    organizationId: string,
    settings: OrganizationSettingsInput,
  ): Promise<organizations.GetOrganizationResponse> {
    required({ organizationId });
    const request = { id: organizationId, settings };
    return await this.transport.call(SERVICE, 'UpdateOrganizationSettings', request);
  }

  /** How many people the organization may have; without a number there is no limit. */
  async upsertUserManagementSettings(
    organizationId: string,
    settings: OrganizationUserManagementSettingsInput,
  ): Promise<organizations.OrganizationUserManagementSettings | undefined> {
    required({ organizationId });
    const request = { organizationId, settings };
    const answer = await this.transport.call(SERVICE, 'UpsertUserManagementSettings', request);
    return answer.settings;
  }

  async getOrganizationUserManagementSetting(
    organizationId: string,
  ): Promise<organizations.GetOrganizationUserManagementSettingsResponse> {
    required({ organizationId });
    return await this.transport.call(SERVICE, 'GetOrganizationUserManagementSetting', {
      organizationId,
    });
  }

  /** Organizations whose name, external id or slug contains the query. */
  async searchOrganization(
    query: string,
    pageSize?: number,
    pageToken?: string,
  ): Promise<organizations.SearchOrganizationsResponse> {
    required({ query });
    const request = { query, pageSize, pageToken };
    return await this.transport.call(SERVICE, 'SearchOrganization', request);
  }

  /** How long sessions in the organization last; `APPLICATION` takes its own times back. */
  async updateOrganizationSessionPolicy(
    organizationId: string,
    policy: OrganizationSessionPolicyInput,
  ): Promise<organizations.OrganizationSessionPolicySettings> {
    required({ organizationId, policySource: policy?.policySource });
    if (policy.policySource !== 'APPLICATION' && policy.policySource !== 'CUSTOM') {
      throw invalidArgument('policySource is APPLICATION or CUSTOM');
    }
    const request = { ...policy, organizationId };
    const answer = await this.transport.call(SERVICE, 'UpdateOrganizationSessionPolicy', request);
    return answer.policy ?? lacking('policy');
  }

  async getOrganizationSessionPolicy(
    organizationId: string,
  ): Promise<organizations.OrganizationSessionPolicySettings> {
    required({ organizationId });
    const request = { organizationId };
    const answer = await this.transport.call(SERVICE, 'GetOrganizationSessionPolicy', request);
    return answer.policy ?? lacking('policy');
  }
}

function lacking(name: string): never {
  throw apiError({ code: 'internal', message: `the answer has no ${name}` });
}

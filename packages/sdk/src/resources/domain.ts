// Domains of organizations: behind the "@" of their people's addresses.
import type * as domains from '../types/domains.js';
import type { Empty } from '../types/json.js';
import { invalidArgument } from './errors.js';
import { required, Resource } from './resource.js';

const SERVICE = 'scalekit.v1.domains.DomainService';
const TYPES: string[] = ['ALLOWED_EMAIL_DOMAIN', 'ORGANIZATION_DOMAIN'];

export interface DomainOptions {
  domainType?: domains.DomainType | (string & {}) | undefined;
}

export class DomainResource extends Resource {
  /** Trusted at once, as an ORGANIZATION_DOMAIN unless the type says otherwise. */
  async createDomain(
    organizationId: string,
    name: string,
    options: DomainOptions = {},
  ): Promise<domains.CreateDomainResponse> {
    required({ organizationId, name });
    const domain = { domain: name, domainType: domainTypeOf(options) };
    return await this.transport.call(SERVICE, 'CreateDomain', { organizationId, domain });
  }

  async getDomain(organizationId: string, domainId: string): Promise<domains.GetDomainResponse> {
    required({ organizationId, domainId });
    return await this.transport.call(SERVICE, 'GetDomain', { organizationId, id: domainId });
  }

  async listDomains(
    organizationId: string,
    options: DomainOptions = {},
  ): Promise<domains.ListDomainResponse> {
    required({ organizationId });
    const request = { organizationId, domainType: domainTypeOf(options) };
    return await this.transport.call(SERVICE, 'ListDomains', request);
  }

  async deleteDomain(organizationId: string, domainId: string): Promise<Empty> {
    required({ organizationId, domainId });
    return await this.transport.call(SERVICE, 'DeleteDomain', { organizationId, id: domainId });
  }
}

function domainTypeOf({ domainType }: DomainOptions): domains.DomainType | undefined {
  if (domainType === undefined) return undefined;
  if (!TYPES.includes(domainType)) {
    throw invalidArgument(`domainType is one of ${TYPES.join(' and ')}`);
  }
  return domainType as domains.DomainType;
}

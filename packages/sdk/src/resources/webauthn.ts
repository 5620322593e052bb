// Passkeys of people.
import type * as webauthn from '../types/webauthn.js';
import { required, Resource } from './resource.js';

const SERVICE = 'scalekit.v1.auth.webauthn.WebAuthnService';

export class WebAuthnResource extends Resource {
  async listCredentials(userId: string): Promise<webauthn.ListCredentialsResponse> {
    required({ userId });
    return await this.transport.call(SERVICE, 'ListCredentials', { userId });
  }

  /** `credentialId` is that of the record, not the authenticator's own. */
  async updateCredential(
    credentialId: string,
    displayName: string,
  ): Promise<webauthn.UpdateCredentialResponse> {
    required({ credentialId, displayName });
    return await this.transport.call(SERVICE, 'UpdateCredential', { credentialId, displayName });
  }

  async deleteCredential(credentialId: string): Promise<webauthn.DeleteCredentialResponse> {
    required({ credentialId });
    return await this.transport.call(SERVICE, 'DeleteCredential', { credentialId });
  }
}

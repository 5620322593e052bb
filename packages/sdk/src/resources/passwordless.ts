// Codes and links by mail for sign-in pages of your own.
import type * as passwordless from '../types/passwordless.js';
import { invalidArgument } from './errors.js';
import { required, Resource } from './resource.js';

const SERVICE = 'scalekit.v1.auth.passwordless.PasswordlessService';
const TEMPLATES: string[] = ['SIGNIN', 'SIGNUP', 'UNSPECIFIED'];

export interface PasswordlessOptions {
  template?: passwordless.TemplateType | (string & {}) | undefined;
  state?: string | undefined;
  /** Your page behind the link; without it the mail has a code only. */
  magiclinkAuthUri?: string | undefined;
  /** Seconds. */
  expiresIn?: number | undefined;
  templateVariables?: Record<string, string> | undefined;
}

export class PasswordlessResource extends Resource {
  async sendPasswordlessEmail(
    email: string,
    options: PasswordlessOptions = {},
  ): Promise<passwordless.SendPasswordlessResponse> {
    required({ email });
    const { template } = options;
    if (template !== undefined && !TEMPLATES.includes(template)) {
      throw invalidArgument('template is SIGNIN or SIGNUP');
    }
    const request = { ...options, email, template: template as passwordless.TemplateType };
    return await this.transport.call(SERVICE, 'SendPasswordlessEmail', request);
  }

  /** `authRequestId`, which sendPasswordlessEmail() returned, is needed with a code. */
  async verifyPasswordlessEmail(
    credential: { code?: string | undefined; linkToken?: string | undefined },
    authRequestId?: string,
  ): Promise<passwordless.VerifyPasswordLessResponse> {
    const { code, linkToken } = credential ?? {};
    if (!code && !linkToken) throw invalidArgument('code or linkToken is required');
    const proof = code ? { code } : { linkToken };
    return await this.transport.call(SERVICE, 'VerifyPasswordlessEmail', {
      ...proof,
      authRequestId,
    });
  }

  async resendPasswordlessEmail(
    authRequestId: string,
  ): Promise<passwordless.SendPasswordlessResponse> {
    required({ authRequestId });
    return await this.transport.call(SERVICE, 'ResendPasswordlessEmail', { authRequestId });
  }
}

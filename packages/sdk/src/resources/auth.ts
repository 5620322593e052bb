// Sign-ins that go on at a login page of your own.
import type * as auth from '../types/auth.js';
import { invalidArgument } from './errors.js';
import { required, Resource } from './resource.js';

const SERVICE = 'scalekit.v1.auth.AuthService';

export class AuthResource extends Resource {
  /** Who the person is whose sign-in your page was called for. */
  async updateLoginUserDetails(
    connectionId: string,
    loginRequestId: string,
    user: auth.User,
  ): Promise<auth.UpdateLoginUserDetailsResponse> {
    required({ connectionId, loginRequestId });
    if (typeof user !== 'object' || user === null) throw invalidArgument('user is required');
    const request = { connectionId, loginRequestId, user };
    return await this.transport.call(SERVICE, 'UpdateLoginUserDetails', request);
  }
}

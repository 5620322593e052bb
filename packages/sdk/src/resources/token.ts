// API tokens, by which programs of your customers call your API.
import { ScalekitValidateTokenFailureException } from '../auth/errors.js';
import type { Empty } from '../types/json.js';
import type * as tokens from '../types/tokens.js';
import { ScalekitBadRequestException, ScalekitNotFoundException } from './errors.js';
import { eachOf, required, Resource, timestamp, type PageOptions, type Walk } from './resource.js';

const SERVICE = 'scalekit.v1.tokens.ApiTokenService';

export interface UpdateTokenOptions {
  /** Replace all that it had. */
  customClaims?: Record<string, string> | undefined;
  description?: string | undefined;
}

export interface CreateTokenOptions extends UpdateTokenOptions {
  userId?: string | undefined;
  /** When it stops working; never, unless said. */
  expiry?: Date | string | undefined;
}

export interface ListTokensOptions extends PageOptions {
  userId?: string | undefined;
}

export class TokenResource extends Resource {
  /** The token itself is in this answer and nowhere else. */
  async createToken(
    organizationId: string,
    options: CreateTokenOptions = {},
  ): Promise<tokens.CreateTokenResponse> {
    required({ organizationId });
    const expiry = timestamp('expiry', options.expiry);
    const token = { ...options, expiry, organizationId };
    return await this.transport.call(SERVICE, 'CreateToken', { token });
  }

  /**
   * Whose a token is, given the token or its id. ScalekitValidateTokenFailureException if it is
   * unknown or over; other exceptions say that it could not be found out.
   */
  async validateToken(token: string): Promise<tokens.ValidateTokenResponse> {
    required({ token });
    try {
      return await this.transport.call(SERVICE, 'ValidateToken', { token });
    } catch (error) {
      const isRefused =
        error instanceof ScalekitNotFoundException || error instanceof ScalekitBadRequestException;
      if (!isRefused) throw error;
      throw new ScalekitValidateTokenFailureException('token_unknown', error.message);
    }
  }

  /** Ends a token for good, given the token or its id. */
  async invalidateToken(token: string): Promise<Empty> {
    required({ token });
    return await this.transport.call(SERVICE, 'InvalidateToken', { token });
  }

  async listTokens(
    organizationId: string,
    options: ListTokensOptions = {},
  ): Promise<tokens.ListTokensResponse> {
    required({ organizationId });
    return await this.transport.call(SERVICE, 'ListTokens', { ...options, organizationId });
  }

  listAllTokens(
    organizationId: string,
    options: Omit<ListTokensOptions, 'pageToken'> = {},
  ): Walk<tokens.Token> {
    return eachOf(
      (pageToken) => this.listTokens(organizationId, { ...options, pageToken }),
      (page) => page.tokens,
    );
  }

  async updateToken(
    token: string,
    options: UpdateTokenOptions = {},
  ): Promise<tokens.UpdateTokenResponse> {
    required({ token });
    const { customClaims, description } = options;
    const request = { token, customClaims, description };
    return await this.transport.call(SERVICE, 'UpdateToken', request);
  }
}

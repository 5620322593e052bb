// What this SDK throws. Every error has a `code` that does not change between versions, so that a
// caller need not read messages; none carries a token, a code, a secret or an answer's body.

export class GatehouseError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'GatehouseError';
    this.code = code;
  }
}

// The constructor was given what cannot work, or a method needs a client secret and there is none.
export class ConfigurationError extends GatehouseError {
  declare readonly code: 'invalid_configuration';

  constructor(message: string) {
    super('invalid_configuration', message);
    this.name = 'ConfigurationError';
  }
}

export interface ServerErrorDetails {
  code: string;
  message: string;
  httpStatus: number;
  grpcStatus?: number;
  errorCode?: string | null;
  details?: unknown[];
}

const GRPC_STATUS: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  499: 1,
  500: 13,
  501: 12,
  503: 14,
  504: 4,
};
const GRPC_UNKNOWN = 2;

// Gatehouse answered, and the answer is not the one that was asked for.
export class ScalekitServerException extends GatehouseError {
  readonly httpStatus: number;
  readonly grpcStatus: number;
  readonly errorCode: string | null;
  readonly errDetails: unknown[];

  constructor(details: ServerErrorDetails) {
    super(details.code, details.message);
    this.name = 'ScalekitServerException';
    this.httpStatus = details.httpStatus;
    this.grpcStatus = details.grpcStatus ?? GRPC_STATUS[details.httpStatus] ?? GRPC_UNKNOWN;
    this.errorCode = details.errorCode ?? null;
    this.errDetails = details.details ?? [];
  }

  get unpackedDetails(): unknown[] {
    return this.errDetails;
  }
}

// [RFC 6749 §5.2]
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'access_denied'
  | (string & {});

// The token endpoint refuses, and will refuse again. `invalid_grant` alone says that a session, or
// a code, is over; all other codes are mistakes in the configuration.
export class OAuthError extends ScalekitServerException {
  declare readonly code: OAuthErrorCode;
  // What Gatehouse says to developers; empty if it says nothing.
  readonly description: string;

  constructor(code: OAuthErrorCode, description: string, httpStatus: number) {
    const message = description ? `${code}: ${description}` : code;
    super({ code, message, httpStatus, errorCode: code });
    this.name = 'OAuthError';
    this.description = description;
  }
}

export type UnreachableReason = 'network' | 'timeout' | 'status' | 'answer';

// No usable answer: nothing came, or too late, or 5xx, or 429, or what came is not from Gatehouse.
// Nothing is known about the grant; the same call may succeed later.
export class ServerUnreachableError extends ScalekitServerException {
  declare readonly code: 'server_unreachable';
  readonly reason: UnreachableReason;
  // As the server asked for by Retry-After.
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: UnreachableReason, message: string, httpStatus = 503, retryAfter?: number) {
    super({ code: 'server_unreachable', message, httpStatus });
    this.name = 'ServerUnreachableError';
    this.reason = reason;
    this.retryAfterSeconds = retryAfter;
  }
}

export type TokenErrorCode =
  | 'token_malformed'
  | 'token_too_large'
  | 'token_algorithm'
  | 'token_key_unknown'
  | 'token_signature'
  | 'token_type'
  | 'token_issuer'
  | 'token_audience'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_nonce'
  | 'token_claims'
  | 'token_scope_missing'
  | 'token_unknown'; // an API token that nobody has, or that is over

export class ScalekitValidateTokenFailureException extends GatehouseError {
  declare readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, message: string) {
    super(code, message);
    this.name = 'ScalekitValidateTokenFailureException';
  }
}

export type WebhookErrorCode =
  | 'webhook_headers'
  | 'webhook_secret'
  | 'webhook_timestamp'
  | 'webhook_payload'
  | 'webhook_signature';

export class WebhookVerificationError extends GatehouseError {
  declare readonly code: WebhookErrorCode;

  constructor(code: WebhookErrorCode, message: string) {
    super(code, message);
    this.name = 'WebhookVerificationError';
  }
}

// The names that code written for the Scalekit SDK looks for, and shorter ones of our own.
export { GatehouseError as ScalekitException };
export { ScalekitServerException as ServerError };
export { ScalekitValidateTokenFailureException as TokenError };

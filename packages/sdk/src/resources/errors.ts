// What the management API answers where it refuses or fails. Classes are named as in the Scalekit
// SDK; each kind of failure has one, and a `code` as the Connect protocol writes it.
import { ScalekitServerException, type ServerErrorDetails } from '../auth/errors.js';

export type ApiErrorCode =
  | 'canceled'
  | 'unknown'
  | 'invalid_argument'
  | 'deadline_exceeded'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'resource_exhausted'
  | 'failed_precondition'
  | 'aborted'
  | 'out_of_range'
  | 'unimplemented'
  | 'internal'
  | 'unavailable'
  | 'data_loss'
  | 'unauthenticated';

// What is wrong with one field of a request.
export interface FieldViolation {
  field: string; // `organization.display_name`
  description: string;
  constraint: string; // `min_len`
}

export interface ErrorInfo {
  errorCode: string;
  requestInfo?: { requestId: string };
  validationErrorInfo?: { fieldViolations: FieldViolation[] };
}

export interface ApiErrorDetails {
  code: ApiErrorCode;
  message: string;
  httpStatus?: number;
  details?: ErrorInfo[];
  retryAfterSeconds?: number | undefined;
}

export class ApiError extends ScalekitServerException {
  declare readonly code: ApiErrorCode;
  declare readonly errDetails: ErrorInfo[];
  // By which the server's log tells of this call.
  readonly requestId: string | undefined;
  readonly fieldViolations: FieldViolation[];
  // As the server asked for by Retry-After.
  readonly retryAfterSeconds: number | undefined;

  constructor(error: ApiErrorDetails) {
    const details = error.details ?? [];
    super(serverErrorDetails(error, details));
    this.name = 'ApiError';
    this.requestId = details.find((info) => info.requestInfo)?.requestInfo?.requestId;
    this.fieldViolations = details.flatMap(
      (info) => info.validationErrorInfo?.fieldViolations ?? [],
    );
    this.retryAfterSeconds = error.retryAfterSeconds;
  }

  override get unpackedDetails(): ErrorInfo[] {
    return this.errDetails;
  }
}

export class ScalekitBadRequestException extends ApiError {
  override readonly name = 'ScalekitBadRequestException';
}
export class ScalekitUnauthorizedException extends ApiError {
  override readonly name = 'ScalekitUnauthorizedException';
}
export class ScalekitForbiddenException extends ApiError {
  override readonly name = 'ScalekitForbiddenException';
}
export class ScalekitNotFoundException extends ApiError {
  override readonly name = 'ScalekitNotFoundException';
}
export class ScalekitConflictException extends ApiError {
  override readonly name = 'ScalekitConflictException';
}
export class ScalekitTooManyRequestsException extends ApiError {
  override readonly name = 'ScalekitTooManyRequestsException';
}
export class ScalekitInternalServerException extends ApiError {
  override readonly name = 'ScalekitInternalServerException';
}
export class ScalekitNotImplementedException extends ApiError {
  override readonly name = 'ScalekitNotImplementedException';
}
export class ScalekitServiceUnavailableException extends ApiError {
  override readonly name = 'ScalekitServiceUnavailableException';
}
export class ScalekitGatewayTimeoutException extends ApiError {
  override readonly name = 'ScalekitGatewayTimeoutException';
}
export class ScalekitCancelledException extends ApiError {
  override readonly name = 'ScalekitCancelledException';
}
export class ScalekitUnknownException extends ApiError {
  override readonly name = 'ScalekitUnknownException';
}

interface Kind {
  made: new (error: ApiErrorDetails) => ApiError;
  grpcStatus: number;
  httpStatus: number;
}

const kind = (made: Kind['made'], grpcStatus: number, httpStatus: number): Kind => ({
  made,
  grpcStatus,
  httpStatus,
});

const KINDS: Record<ApiErrorCode, Kind> = {
  canceled: kind(ScalekitCancelledException, 1, 499),
  unknown: kind(ScalekitInternalServerException, 2, 500),
  invalid_argument: kind(ScalekitBadRequestException, 3, 400),
  deadline_exceeded: kind(ScalekitGatewayTimeoutException, 4, 504),
  not_found: kind(ScalekitNotFoundException, 5, 404),
  already_exists: kind(ScalekitConflictException, 6, 409),
  permission_denied: kind(ScalekitForbiddenException, 7, 403),
  resource_exhausted: kind(ScalekitTooManyRequestsException, 8, 429),
  failed_precondition: kind(ScalekitBadRequestException, 9, 400),
  aborted: kind(ScalekitConflictException, 10, 409),
  out_of_range: kind(ScalekitBadRequestException, 11, 400),
  unimplemented: kind(ScalekitNotImplementedException, 12, 501),
  internal: kind(ScalekitInternalServerException, 13, 500),
  unavailable: kind(ScalekitServiceUnavailableException, 14, 503),
  data_loss: kind(ScalekitInternalServerException, 15, 500),
  unauthenticated: kind(ScalekitUnauthorizedException, 16, 401),
};

function serverErrorDetails(error: ApiErrorDetails, details: ErrorInfo[]): ServerErrorDetails {
  const { grpcStatus, httpStatus } = KINDS[error.code];
  return {
    code: error.code,
    message: error.message,
    httpStatus: error.httpStatus ?? httpStatus,
    grpcStatus,
    errorCode: details.find((info) => info.errorCode)?.errorCode ?? null,
    details,
  };
}

export function isApiErrorCode(code: unknown): code is ApiErrorCode {
  return typeof code === 'string' && Object.hasOwn(KINDS, code);
}

export function apiError(error: ApiErrorDetails): ApiError {
  return new KINDS[error.code].made(error);
}

// What the server would say of it, without asking the server.
export function invalidArgument(message: string): ApiError {
  const details = [{ errorCode: 'INVALID_ARGUMENT' }];
  return apiError({ code: 'invalid_argument', message, details });
}

// Reads what an answer of the Connect protocol says of a failure. Its details are protobuf in
// base64 even where everything else is JSON; of them scalekit.v1.errdetails.ErrorInfo is read.
import { base64Decode, textOf } from '../auth/encoding.js';
import { parsedObject } from '../auth/http.js';
import {
  apiError,
  isApiErrorCode,
  type ApiError,
  type ApiErrorCode,
  type ErrorInfo,
  type FieldViolation,
} from './errors.js';

const ERROR_INFO = 'scalekit.v1.errdetails.ErrorInfo';
const DETAILS_MAX = 16;
const VIOLATIONS_MAX = 100;
const MESSAGE_CHARACTERS_MAX = 2000;

// What answers without saying a code is a proxy, or nothing of ours.
const CODE_OF_STATUS: Record<number, ApiErrorCode> = {
  400: 'internal',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'unimplemented',
  408: 'deadline_exceeded',
  429: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

export interface FailedAnswer {
  status: number;
  body: Uint8Array;
  retryAfter: string | null;
}

export function failureOf({ status, body, retryAfter }: FailedAnswer): ApiError {
  const said = parsedObject(textOf(body)) ?? {};
  const { code, message, details } = said;
  const isOurs = isApiErrorCode(code);
  const text = isOurs && typeof message === 'string' && message;
  return apiError({
    code: isOurs ? code : (CODE_OF_STATUS[status] ?? 'unknown'),
    message: text ? text.slice(0, MESSAGE_CHARACTERS_MAX) : `The answer has status ${status}.`,
    httpStatus: status,
    details: isOurs && Array.isArray(details) ? errorInfos(details) : [],
    retryAfterSeconds: /^\d{1,9}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined,
  });
}

function errorInfos(details: unknown[]): ErrorInfo[] {
  return details.slice(0, DETAILS_MAX).flatMap((detail) => {
    const { type, value } = (detail ?? {}) as { type?: unknown; value?: unknown };
    if (type !== ERROR_INFO || typeof value !== 'string') return [];
    const bytes = base64Decode(value);
    return bytes ? [errorInfo(bytes)] : [];
  });
}

function errorInfo(bytes: Uint8Array): ErrorInfo {
  const fields = fieldsOf(bytes);
  const info: ErrorInfo = { errorCode: text(fields, 1) };
  const request = fields.get(6)?.[0];
  if (request) info.requestInfo = { requestId: text(fieldsOf(request), 1) };
  const validation = fields.get(8)?.[0];
  if (validation) {
    const violations = fieldsOf(validation).get(1) ?? [];
    info.validationErrorInfo = {
      fieldViolations: violations.slice(0, VIOLATIONS_MAX).map(violation),
    };
  }
  return info;
}

function violation(bytes: Uint8Array): FieldViolation {
  const fields = fieldsOf(bytes);
  return { field: text(fields, 1), description: text(fields, 2), constraint: text(fields, 3) };
}

type Fields = Map<number, Uint8Array[]>;

function text(fields: Fields, number: number): string {
  return textOf(fields.get(number)?.[0] ?? new Uint8Array()) ?? '';
}

// The fields of a message that have a length: texts and messages. Stops at whatever it cannot read.
function fieldsOf(bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return -1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return -1;
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (tag < 8) break;
    if (wireType === 0 && varint() >= 0) continue;
    if (wireType !== 2) break;
    const length = varint();
    if (length < 0 || length > bytes.length - at) break;
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), bytes.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}

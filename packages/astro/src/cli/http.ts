// One HTTP request of a command. No redirect is followed, and an answer that is not Gatehouse's
// does no harm: it is bounded in bytes and time.
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export class CallFailure extends Error {
  constructor(readonly reason: 'untrusted' | 'unreachable') {
    super(reason);
  }
}

const TIMEOUT_MS = 5_000;
const BODY_BYTES_MAX = 1024 * 1024;
const CERTIFICATE_ERROR = /CERT|SIGNATURE|TLS|SSL|ALTNAME|ISSUER/;

export function send(
  url: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<Answer> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = {
    method,
    headers: { 'user-agent': 'gatehouse-cli', ...headers, ...length },
    timeout: TIMEOUT_MS,
    autoSelectFamily: true,
    signal: AbortSignal.timeout(2 * TIMEOUT_MS),
  };
  return new Promise((settle, fail) => {
    const give = (error: NodeJS.ErrnoException): void => {
      const isUntrusted = CERTIFICATE_ERROR.test(error.code ?? '');
      fail(new CallFailure(isUntrusted ? 'untrusted' : 'unreachable'));
    };
    const open = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = open(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > BODY_BYTES_MAX) request.destroy(new Error('too long'));
        else chunks.push(chunk);
      });
      response.on('error', give);
      response.on('end', () => {
        const { statusCode = 0, headers: received } = response;
        settle({ status: statusCode, headers: received, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', give);
    request.end(body);
  });
}

export const sendForm = (url: string, form: Record<string, string>): Promise<Answer> =>
  send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });

// The members of a JSON object; none of whatever else it is.
export function members(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

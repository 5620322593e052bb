// One request to Gatehouse with a limit on its time and on the bytes of its answer. Redirects are
// not followed: what we send must reach nobody else.
import { textOf } from './encoding.js';
import { ServerUnreachableError } from './errors.js';

export interface BoundedRequest {
  url: string;
  form?: URLSearchParams;
  timeoutMs: number;
  bytesMax: number;
}

export interface BoundedAnswer {
  status: number;
  // The body's top-level object; undefined if the body is anything else.
  json: Record<string, unknown> | undefined;
  headers: Headers;
}

const RETRY_AFTER_S_MAX = 3600;

// Throws ServerUnreachableError for everything that is not an answer below 500, and for 429.
export async function sendBounded(
  send: typeof fetch,
  request: BoundedRequest,
): Promise<BoundedAnswer> {
  const { timeoutMs } = request;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      const text = `Gatehouse did not answer within ${timeoutMs} ms.`;
      fail(new ServerUnreachableError('timeout', text, 504));
      abort.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([exchange(send, request, abort.signal), late]);
  } catch (error) {
    if (error instanceof ServerUnreachableError) throw error;
    const text = `Gatehouse cannot be reached${reasonOf(error)}.`;
    throw new ServerUnreachableError('network', text);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

async function exchange(
  send: typeof fetch,
  request: BoundedRequest,
  signal: AbortSignal,
): Promise<BoundedAnswer> {
  const { url, form } = request;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
  const response = await send(url, {
    method: form ? 'POST' : 'GET',
    headers,
    redirect: 'manual',
    signal,
    ...(form && { body: form.toString() }),
  });
  const { status } = response;
  if (status >= 500 || status === 429) {
    const text = `Gatehouse answered with status ${status}.`;
    throw new ServerUnreachableError('status', text, status, retryAfterOf(response.headers));
  }
  const body = await boundedBody(response, request.bytesMax);
  return { status, json: objectOf(body), headers: response.headers };
}

export async function boundedBody(response: Response, bytesMax: number): Promise<Uint8Array> {
  const tooMuch = (): never => {
    const text = `Gatehouse answered with more than ${bytesMax} bytes.`;
    throw new ServerUnreachableError('answer', text, 502);
  };
  if (Number(response.headers.get('content-length') ?? 0) > bytesMax) tooMuch();
  const reader = response.body?.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    length += piece.value.length;
    if (length > bytesMax) tooMuch();
    pieces.push(piece.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}

function objectOf(body: Uint8Array): Record<string, unknown> | undefined {
  return parsedObject(textOf(body));
}

export function parsedObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

// Of Retry-After only its form in seconds.
function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), RETRY_AFTER_S_MAX) : undefined;
}

// Runtimes give a failed fetch a code. The rest of the error may hold what was sent.
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause;
  const code = cause?.code;
  return typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : '';
}

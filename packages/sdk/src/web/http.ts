// Questions to a request and the few kinds of answers to it. Answers have headers of their own,
// which whoever passes them on may change, and no cache keeps one: each is for one person.

const BODY_BYTES_MAX = 32 * 1024;
// What is too long is read on up to here, and dropped: a connection on which some of a request was
// left unread is no good for the next one, which may be somebody else's behind a proxy.
const DROPPED_BYTES_MAX = 1024 * 1024;
const PARAMETER_CHARACTERS_MAX = 4096;

export interface Answer {
  setCookies?: string[];
  status?: number;
  headers?: Record<string, string>;
}

export function redirect(location: string, answer: Answer = {}): Response {
  // The address that is left behind may hold a code.
  const headers = { location, 'referrer-policy': 'no-referrer', ...answer.headers };
  return respond(null, { status: 302, ...answer, headers });
}

export function json(value: unknown, answer: Answer = {}): Response {
  const headers = { 'content-type': 'application/json', ...answer.headers };
  return respond(JSON.stringify(value), { ...answer, headers });
}

export function text(value: string, answer: Answer = {}): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...answer.headers };
  return respond(value, { ...answer, headers });
}

export function noContent(): Response {
  return respond(null, { status: 204 });
}

export function methodNotAllowed(allow: string): Response {
  return text('This address does not answer requests of this kind.\n', {
    status: 405,
    headers: { allow },
  });
}

export function respond(body: string | null, answer: Answer): Response {
  const headers = new Headers({
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
  });
  for (const line of answer.setCookies ?? []) headers.append('set-cookie', line);
  return new Response(body, { status: answer.status ?? 200, headers });
}

// Asked for by a program rather than by a person who goes there: a prefetch, a preview, fetch() of
// a client-side router, an image. Nothing may happen then. [Fetch Metadata §2.1]
export function isSpeculative(request: Request): boolean {
  if (request.method === 'HEAD') return true;
  const header = (name: string): string => request.headers.get(name)?.toLowerCase() ?? '';
  if (/prefetch|prerender|preview/.test(header('sec-purpose') + header('purpose'))) return true;
  if (header('x-moz') === 'prefetch' || header('x-purpose') === 'preview') return true;
  return !['', 'document', 'iframe', 'frame'].includes(header('sec-fetch-dest'));
}

// Whether a page of this application sent it. [Fetch Metadata §2.3]
export function isFromOwnPage(request: Request, appUrl: string): boolean {
  const origin = request.headers.get('origin');
  // Under a referrer policy of no-referrer, browsers say `null` of their own pages too.
  if (origin !== null && origin !== 'null') return origin === appUrl;
  return request.headers.get('sec-fetch-site') === 'same-origin';
}

// Of the query or a form: the value of a name that came once, and is not too long to be true.
export class Parameters {
  constructor(private readonly all: URLSearchParams) {}

  get(name: string): string | undefined {
    const values = this.all.getAll(name);
    const [value] = values;
    if (values.length !== 1 || !value || value.length > PARAMETER_CHARACTERS_MAX) return undefined;
    return value;
  }

  has(name: string): boolean {
    return this.all.has(name);
  }
}

export function queryOf(request: Request): Parameters {
  return new Parameters(new URL(request.url).searchParams);
}

// A form, or a flat JSON object; undefined if it is neither, or too large.
export async function readBody(request: Request): Promise<Parameters | undefined> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  const isForm = type === 'application/x-www-form-urlencoded';
  if (!isForm && type !== 'application/json') return undefined;
  const body = await readText(request);
  if (body === undefined) return undefined;
  return isForm ? new Parameters(new URLSearchParams(body)) : fromJson(body);
}

function fromJson(body: string): Parameters | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const texts = Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return new Parameters(new URLSearchParams(texts));
  } catch {
    return undefined;
  }
}

async function readText(request: Request): Promise<string | undefined> {
  const reader = request.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let read = 0;
  let result = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return read > BODY_BYTES_MAX ? undefined : result + decoder.decode();
    read += value.byteLength;
    if (read > DROPPED_BYTES_MAX) {
      await reader.cancel();
      return undefined;
    }
    if (read <= BODY_BYTES_MAX) result += decoder.decode(value, { stream: true });
  }
}

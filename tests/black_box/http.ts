// One HTTP request, exactly as given: no redirect is followed, no header is corrected. fetch()
// would refuse to send half of what these tests have to send.
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Sent {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  form?: Record<string, string> | [string, string][] | URLSearchParams;
  ca?: string | undefined; // PEM: the one root that is trusted
  timeoutMs?: number; // without a sign of life; 15 s unless said
}

export function send(url: string, sent: Sent = {}): Promise<Answer> {
  const body = sent.form ? new URLSearchParams(sent.form).toString() : sent.body;
  const headers: Record<string, string | string[]> = { ...sent.headers };
  if (sent.form) headers['content-type'] ??= 'application/x-www-form-urlencoded';
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  const method = sent.method ?? (body === undefined ? 'GET' : 'POST');
  const timeout = sent.timeoutMs ?? 15_000;
  const options = { method, headers, timeout, ...(sent.ca ? { ca: sent.ca } : {}) };
  const open = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((settle, fail) => {
    const request = open(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        settle({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url}`)));
    request.on('error', fail);
    request.end(body);
  });
}

// A POST of a form whose answer is JSON, as at the token endpoint.
export async function postForm(
  url: string,
  form: NonNullable<Sent['form']>,
  headers: Record<string, string> = {},
): Promise<Answer & { json: Record<string, unknown> }> {
  const answer = await send(url, { form, headers });
  const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false;
  const json = isJson ? (JSON.parse(answer.body) as Record<string, unknown>) : {};
  return { ...answer, json };
}

// Calls the management API: the Connect protocol with JSON over fetch, one POST for each call.
import { boundedBody, parsedObject } from '../auth/http.js';
import { textOf } from '../auth/encoding.js';
import { ServerUnreachableError } from '../auth/errors.js';
import type { Idempotency, JsonObject, Method } from '../types/json.js';
import type { Services } from '../types/index.js';
import { failureOf } from './error_details.js';
import {
  ApiError,
  apiError,
  invalidArgument,
  ScalekitServiceUnavailableException,
  ScalekitUnauthorizedException,
} from './errors.js';
import { methodShape, whole } from './whole.js';

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const RETRIES_MAX = 2;
const BACKOFF_MS = 250;
const WAIT_MS_MAX = 10_000;

export type ServiceName = keyof Services & string;
export type MethodName<S extends ServiceName> = keyof Services[S] & string;
export type RequestOf<S extends ServiceName, M extends MethodName<S>> =
  Services[S][M] extends Method<infer Request, unknown, Idempotency> ? Request : never;
export type ResponseOf<S extends ServiceName, M extends MethodName<S>> =
  Services[S][M] extends Method<infer _Request, infer Response, Idempotency> ? Response : never;

export interface TransportOptions {
  envUrl: string;
  // A token that opens the API; another one than `refused`, if that is given.
  token: (refused?: string) => Promise<string>;
  fetch?: typeof fetch | undefined;
  timeoutMs?: number | undefined; // of one HTTP request; 10 s unless said
  wait?: ((ms: number) => Promise<void>) | undefined; // between two tries
}

export class ConnectTransport {
  readonly #envUrl: string;
  readonly #token: (refused?: string) => Promise<string>;
  readonly #send: typeof fetch;
  readonly #timeoutMs: number;
  readonly #wait: (ms: number) => Promise<void>;

  constructor(options: TransportOptions) {
    this.#envUrl = options.envUrl;
    this.#token = options.token;
    const given = options.fetch;
    this.#send = (url, init) => (given ?? globalThis.fetch)(url, init);
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#wait = options.wait ?? ((ms) => new Promise((settle) => setTimeout(settle, ms)));
  }

  // Throws an ApiError for what the server refuses, ServerUnreachableError if it cannot be reached.
  // A token that the server refuses is renewed once. What fails for a moment is sent again where
  // that cannot do anything twice.
  async call<S extends ServiceName, M extends MethodName<S>>(
    service: S,
    method: M,
    request: RequestOf<S, M>,
  ): Promise<ResponseOf<S, M>> {
    const shape = methodShape(service, method);
    if (!shape) throw invalidArgument(`there is no method ${method} of ${service}`);
    const url = `${this.#envUrl}/${service}/${method}`;
    const body = JSON.stringify(request);
    let refused: string | undefined;
    for (let retries = 0; ; ) {
      let token: string | undefined;
      try {
        token = await this.#token(refused);
        const answer = await this.#post(url, body, token);
        return whole(shape.response, answer as JsonObject) as ResponseOf<S, M>;
      } catch (error) {
        const isTokenRefused = error instanceof ScalekitUnauthorizedException;
        const waitMs = shape.isSafe ? waitBefore(retries + 1, error) : undefined;
        if (isTokenRefused && refused === undefined && token) {
          refused = token;
        } else if (waitMs !== undefined) {
          retries += 1;
          await this.#wait(waitMs);
        } else {
          throw error;
        }
      }
    }
  }

  async #post(url: string, body: string, token: string): Promise<Record<string, unknown>> {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => {
        const message = `Gatehouse did not answer within ${this.#timeoutMs} ms.`;
        fail(apiError({ code: 'deadline_exceeded', message }));
        abort.abort();
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([this.#exchange(url, body, token, abort.signal), late]);
    } catch (error) {
      if (error instanceof ApiError || error instanceof ServerUnreachableError) throw error;
      throw new ServerUnreachableError('network', 'Gatehouse cannot be reached.');
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  async #exchange(
    url: string,
    body: string,
    token: string,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const response = await this.#send(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        'connect-protocol-version': '1',
        'connect-timeout-ms': String(Math.ceil(this.#timeoutMs)),
        'content-type': 'application/json',
      },
      body,
      redirect: 'manual',
      signal,
    });
    const bytes = await boundedBody(response, ANSWER_BYTES_MAX);
    const { status } = response;
    if (status >= 400) {
      throw failureOf({ status, body: bytes, retryAfter: response.headers.get('retry-after') });
    }
    const answer = status === 200 ? parsedObject(textOf(bytes)) : undefined;
    if (!answer) {
      const text = `What answered with status ${status} is not Gatehouse’s API.`;
      throw new ServerUnreachableError('answer', text, 502);
    }
    return answer;
  }
}

// How long to wait before the try; undefined if there is to be none.
function waitBefore(retry: number, error: unknown): number | undefined {
  if (retry > RETRIES_MAX) return undefined;
  const isAway = error instanceof ServerUnreachableError && error.reason === 'network';
  if (!isAway && !(error instanceof ScalekitServiceUnavailableException)) return undefined;
  const asked = (error.retryAfterSeconds ?? 0) * 1000;
  if (asked > WAIT_MS_MAX) return undefined;
  const backoff = BACKOFF_MS * 2 ** (retry - 1);
  return Math.max(asked, backoff * (0.5 + Math.random() / 2));
}

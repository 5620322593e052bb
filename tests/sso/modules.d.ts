// What the tests use of libraries that come without types.
declare module 'samlp' {
  interface ReadRequest {
    id?: string;
    issuer?: string;
  }
  interface Incoming {
    method: string;
    query: Record<string, string>;
    body: Record<string, string>;
  }
  interface Samlp {
    parseRequest(
      request: Incoming,
      options: { signingCert?: string; relayState?: string; signature?: string; sigAlg?: string },
      done: (error: Error | null, request?: ReadRequest) => void,
    ): void;
    getSamlResponse(
      options: Record<string, unknown>,
      user: Record<string, unknown>,
      done: (error: Error | null, response: string) => void,
    ): void;
  }
  const samlp: Samlp;
  export default samlp;
}
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Provider {
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    on(event: string, listener: (...values: unknown[]) => void): this;
  }
  const Provider: new (issuer: string, configuration: Record<string, unknown>) => Provider;
  export default Provider;
}

// How our SDK calls the management API when something is in the way: refused tokens, a server that
// is away for a moment or for good, answers that are none.
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  ApiError,
  ConnectTransport,
  ScalekitClient,
  ScalekitGatewayTimeoutException,
  ScalekitNotImplementedException,
  ScalekitServerException,
  ScalekitServiceUnavailableException,
  ScalekitUnauthorizedException,
  ServerUnreachableError,
} from '@gatehouse/sdk';
import { Gatehouse } from '../black_box/gatehouse.js';

const ORGANIZATIONS = 'scalekit.v1.organizations.OrganizationService';
const FOUND = JSON.stringify({ organization: { id: 'org_1', displayName: 'Acme' } });

describe('the transport of our SDK', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  const listen = async (answer: RequestListener): Promise<string> => {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  // Answers one request after the other, the last answer again and again.
  const answering = async (...answers: ((response: ServerResponse) => void)[]) => {
    const seen: { url: string; headers: Record<string, unknown> }[] = [];
    const url = await listen((request, response) => {
      seen.push({ url: request.url ?? '', headers: request.headers });
      request.resume();
      request.on('end', () => answers[Math.min(seen.length, answers.length) - 1]?.(response));
    });
    return { url, seen };
  };

  const ok = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(FOUND);
  };
  const failing =
    (status: number, code: string, headers: Record<string, string> = {}) =>
    (response: ServerResponse): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ code, message: 'not now' }));
    };

  interface Waits {
    waits: number[];
    tokens: (string | undefined)[];
    transport: ConnectTransport;
  }

  const transportTo = (envUrl: string, timeoutMs = 10_000): Waits => {
    const waits: number[] = [];
    const tokens: (string | undefined)[] = [];
    const transport = new ConnectTransport({
      envUrl,
      timeoutMs,
      token: async (refused) => {
        tokens.push(refused);
        return refused ? 'fresh' : 'stale';
      },
      wait: async (ms) => void waits.push(ms),
    });
    return { waits, tokens, transport };
  };

  const get = (transport: ConnectTransport) =>
    transport.call(ORGANIZATIONS, 'GetOrganization', { id: 'org_1' });
  const create = (transport: ConnectTransport) =>
    transport.call(ORGANIZATIONS, 'CreateOrganization', { organization: { displayName: 'A' } });

  test('a call is one POST as the Connect protocol wants it', async () => {
    const { url, seen } = await answering(ok);
    const { organization } = await get(transportTo(url).transport);
    assert.equal(organization?.displayName, 'Acme');
    assert.deepEqual(organization?.metadata, {});
    assert.equal(seen[0]?.url, `/${ORGANIZATIONS}/GetOrganization`);
    const { authorization, ...headers } = seen[0].headers;
    assert.equal(authorization, 'Bearer stale');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['connect-protocol-version'], '1');
    assert.equal(headers['connect-timeout-ms'], '10000');
  });

  test('a refused token is renewed once, for calls that change something too', async () => {
    const { url, seen } = await answering(failing(401, 'unauthenticated'), ok);
    const { transport, tokens } = transportTo(url);
    await create(transport);
    assert.deepEqual(tokens, [undefined, 'stale']);
    assert.equal(seen[1]?.headers['authorization'], 'Bearer fresh');
  });

  test('a token that is refused again is an error, and nobody asks a third time', async () => {
    const { url, seen } = await answering(failing(401, 'unauthenticated'));
    await assert.rejects(get(transportTo(url).transport), ScalekitUnauthorizedException);
    assert.equal(seen.length, 2);
  });

  test('what only reads is sent again when the server is away for a moment', async () => {
    const away = failing(503, 'unavailable', { 'retry-after': '3' });
    const { url, seen } = await answering(away, failing(503, 'unavailable'), ok);
    const { transport, waits } = transportTo(url);
    await get(transport);
    assert.equal(seen.length, 3);
    assert.equal(waits[0], 3000);
    assert.ok(waits[1] && waits[1] >= 250 && waits[1] <= 500, String(waits[1]));
  });

  test('what changes something is not', async () => {
    const { url, seen } = await answering(failing(503, 'unavailable'), ok);
    const { transport, waits } = transportTo(url);
    await assert.rejects(create(transport), ScalekitServiceUnavailableException);
    assert.deepEqual([seen.length, waits.length], [1, 0]);
  });

  test('three tries are enough, and a long wait is left to the caller', async () => {
    const { url, seen } = await answering(failing(503, 'unavailable'));
    await assert.rejects(get(transportTo(url).transport), ScalekitServiceUnavailableException);
    assert.equal(seen.length, 3);
    const busy = await answering(failing(503, 'unavailable', { 'retry-after': '600' }));
    await assert.rejects(get(transportTo(busy.url).transport), (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.retryAfterSeconds, 600);
      return true;
    });
    assert.equal(busy.seen.length, 1);
  });

  test('too many requests are told at once', async () => {
    const { url, seen } = await answering(failing(429, 'resource_exhausted'));
    await assert.rejects(get(transportTo(url).transport), {
      name: 'ScalekitTooManyRequestsException',
      httpStatus: 429,
      grpcStatus: 8,
    });
    assert.equal(seen.length, 1);
  });

  test('a server that cannot be reached', async () => {
    const { url } = await answering((response) => response.destroy());
    const { transport, waits } = transportTo(url);
    await assert.rejects(get(transport), (error) => {
      assert.ok(error instanceof ServerUnreachableError);
      assert.ok(error instanceof ScalekitServerException);
      assert.equal(error.reason, 'network');
      return true;
    });
    assert.equal(waits.length, 2);
  });

  test('a server that says nothing is given up after the timeout', async () => {
    const { url } = await answering(() => undefined);
    await assert.rejects(get(transportTo(url, 30).transport), (error) => {
      assert.ok(error instanceof ScalekitGatewayTimeoutException);
      assert.equal(error.code, 'deadline_exceeded');
      return true;
    });
  });

  test('a server that never ends its answer is given up too', async () => {
    const { url } = await answering((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"organization":');
    });
    await assert.rejects(
      get(transportTo(url, 30).transport),
      ScalekitGatewayTimeoutException,
    );
  });

  test('an answer that is too large is not read', async () => {
    const { url } = await answering((response) => {
      const piece = Buffer.alloc(1024 * 1024, ' ');
      const pump = (): void => {
        while (response.write(piece)) if (response.destroyed) return;
        response.once('drain', pump);
      };
      response.writeHead(200, { 'content-type': 'application/json' });
      pump();
    });
    await assert.rejects(get(transportTo(url).transport), (error) => {
      assert.ok(error instanceof ServerUnreachableError);
      assert.equal(error.reason, 'answer');
      return true;
    });
  });

  test('a redirect is not followed: the token reaches nobody else', async () => {
    const other = await answering(ok);
    const { url } = await answering((response) =>
      response.writeHead(307, { location: `${other.url}/` }).end(FOUND),
    );
    await assert.rejects(get(transportTo(url).transport), ServerUnreachableError);
    assert.equal(other.seen.length, 0);
  });

  test('pages of proxies and other programs are told apart from answers', async () => {
    const page = (status: number) => (response: ServerResponse) =>
      void response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Hello</h1>');
    const parked = await answering(page(200));
    await assert.rejects(get(transportTo(parked.url).transport), ServerUnreachableError);
    const elsewhere = await answering(page(404));
    await assert.rejects(get(transportTo(elsewhere.url).transport), (error) => {
      assert.ok(error instanceof ScalekitNotImplementedException);
      assert.equal(error.message, 'The answer has status 404.');
      return true;
    });
    const gateway = await answering(page(502));
    await assert.rejects(
      create(transportTo(gateway.url).transport),
      ScalekitServiceUnavailableException,
    );
  });

  test('details that cannot be read do no harm', async () => {
    const ERROR_INFO = 'scalekit.v1.errdetails.ErrorInfo';
    const values = ['', '!!', 'CP////////////8B', '////////////////', 'CgVhYg', 'QQ', 7, null];
    const details = values.map((value) => ({ type: ERROR_INFO, value }));
    const body = { code: 'not_found', message: 'm'.repeat(5000), details: [...details, null, 'x'] };
    const { url } = await answering((response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
    await assert.rejects(get(transportTo(url).transport), (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.name, 'ScalekitNotFoundException');
      assert.equal(error.message.length, 2000);
      assert.equal(error.errorCode, null);
      assert.deepEqual(error.fieldViolations, []);
      return true;
    });
  });

  test('answers of a wrong shape are handed on, not tripped over', async () => {
    const body = '{"organization":[1],"organizations":{"a":1},"__proto__":{"bad":true}}';
    const { url } = await answering((response) => response.writeHead(200).end(body));
    const { transport } = transportTo(url);
    const answer = await transport.call(ORGANIZATIONS, 'ListOrganization', {});
    assert.equal(answer.nextPageToken, '');
    assert.equal(({} as { bad?: boolean }).bad, undefined);
    await get(transport);
  });

  test('an iterator ends where the server repeats itself', async () => {
    const page = JSON.stringify({ nextPageToken: 'again', organizations: [{ id: 'org_1' }] });
    const { url, seen } = await answering((response) => response.writeHead(200).end(page));
    const client = new ScalekitClient(url, 'skc_1', 'secret', {
      fetch: async (input, init) =>
        String(input).endsWith('/oauth/token')
          ? Response.json({ access_token: 'token', expires_in: 3600 })
          : fetch(input, init),
    });
    let count = 0;
    for await (const one of client.organization.listAllOrganizations()) count += one.id ? 1 : 0;
    assert.deepEqual([count, seen.length], [2, 2]);
  });
});

describe('our SDK and the token of the client', () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start()));
  after(async () => await gatehouse?.stop());

  // Counts what goes to the token endpoint, and spoils tokens where it is told to.
  const watched = (secret = gatehouse.ready.client_secret) => {
    const calls = { tokens: 0, spoil: false };
    const client = new ScalekitClient(gatehouse.url, gatehouse.ready.client_id, secret, {
      fetch: async (input, init) => {
        if (String(input).endsWith('/oauth/token')) calls.tokens += 1;
        else if (calls.spoil) {
          new Headers(init?.headers).forEach((value, name) => {
            if (name !== 'authorization') return;
            init = { ...init, headers: { ...init?.headers, authorization: `${value}x` } };
          });
        }
        return await fetch(input, init);
      },
    });
    return { client, calls };
  };

  test('one token serves many calls', async () => {
    const { client, calls } = watched();
    await Promise.all(Array.from({ length: 8 }, () => client.organization.listOrganization()));
    assert.equal(calls.tokens, 1);
  });

  test('calls that are refused together renew it once', async () => {
    const { client, calls } = watched();
    await client.organization.listOrganization();
    calls.spoil = true;
    const all = Array.from({ length: 8 }, () => client.organization.listOrganization());
    for (const one of await Promise.allSettled(all)) assert.equal(one.status, 'rejected');
    assert.equal(calls.tokens, 2);
  });

  test('a wrong secret is an error that does not tell it', async () => {
    const { client } = watched('test_wrong-secret-wrong-secret');
    await assert.rejects(client.organization.listOrganization(), (error: Error) => {
      assert.equal(error.name, 'OAuthError');
      assert.ok(!JSON.stringify({ ...error, text: String(error.stack) }).includes('wrong-secret'));
      return true;
    });
  });

  test('without a secret there is no management API', async () => {
    const client = new ScalekitClient(gatehouse.url, 'spac_1');
    await assert.rejects(client.organization.listOrganization(), {
      code: 'invalid_configuration',
    });
  });
});

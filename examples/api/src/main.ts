// An API for programs and AI agents: JSON-RPC over HTTP, framed as the Model Context Protocol does.
// It keeps no sessions and knows no secret: a token of Gatehouse says who calls. Where to get one
// stands in its metadata. [RFC 9728 §3, §5.1]
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Door, type Caller } from './caller.js';
import { BadInput, Denied, tools } from './tools.js';

const issuer = setting('GATEHOUSE_URL');
const apiUrl = setting('API_URL'); // where others reach this API
const door = new Door(issuer, setting('GATEHOUSE_CLIENT_ID'));
const METADATA = '/.well-known/oauth-protected-resource';
const BODY_BYTES_MAX = 64 * 1024;

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; see README.md`);
  return value;
}

interface Call {
  id?: string | number | null;
  method?: string;
  params?: { name?: string; arguments?: Record<string, unknown> };
}

function carryOut(caller: Caller, call: Call): object {
  switch (call.method) {
    case 'initialize':
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'notes', version: '1.0.0' },
      };
    case 'tools/list':
      return {
        tools: Object.entries(tools).map(([name, { description, inputSchema }]) => ({
          name,
          description,
          inputSchema,
        })),
      };
    case 'tools/call': {
      const name = call.params?.name ?? '';
      const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
      if (!tool) throw new BadInput(`there is no tool ${name}`);
      const text = tool.run(caller, call.params?.arguments ?? {});
      return { content: [{ type: 'text', text }] };
    }
    default:
      throw new BadInput('there is no such method');
  }
}

async function bodyOf(request: IncomingMessage): Promise<Call | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  try {
    const call: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof call === 'object' && call !== null ? (call as Call) : undefined;
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, body: object, challenge?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(challenge && { 'www-authenticate': challenge }),
    ...(status === 503 && { 'retry-after': '5' }),
  });
  response.end(JSON.stringify(body));
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === METADATA) {
    const metadata = { resource: apiUrl, authorization_servers: [issuer] };
    return answer(response, 200, { ...metadata, bearer_methods_supported: ['header'] });
  }
  if (request.url !== '/mcp' || request.method !== 'POST') {
    return answer(response, 404, { error: 'POST /mcp is all there is' });
  }
  const caller = await door.let(request.headers.authorization);
  if (caller === 'unavailable') return answer(response, 503, { error: 'try again' });
  if (caller === 'invalid_token') {
    const where = `resource_metadata="${apiUrl}${METADATA}"`;
    const isMissing = request.headers.authorization === undefined;
    const challenge = isMissing ? `Bearer ${where}` : `Bearer error="invalid_token", ${where}`;
    return answer(response, 401, { error: 'a valid access token is needed' }, challenge);
  }
  const call = await bodyOf(request);
  if (!call) return answer(response, 400, { error: 'the body has to be one JSON-RPC request' });
  if (call.id === undefined) return void response.writeHead(202).end(); // a notification
  const frame = { jsonrpc: '2.0', id: call.id };
  try {
    answer(response, 200, { ...frame, result: carryOut(caller, call) });
  } catch (error) {
    if (error instanceof Denied) {
      const challenge = 'Bearer error="insufficient_scope"';
      return answer(response, 403, { error: error.message }, challenge);
    }
    if (!(error instanceof BadInput)) throw error;
    answer(response, 200, { ...frame, error: { code: -32602, message: error.message } });
  }
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error);
    if (!response.headersSent) answer(response, 500, { error: 'something went wrong here' });
  });
});
server.listen(Number(process.env['PORT'] ?? 4324), '127.0.0.1', () => console.log(apiUrl));

// A load balancer in front of the nodes: takes turns, asks /readyz, and gives a request that one
// node did not answer to another, as `proxy_next_upstream … non_idempotent` does.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HOST, type Node } from './nodes.js';
import { send, type Answer } from '../black_box/http.js';

const CHECK_EVERY_MS = 100;
const CHECK_MS_MAX = 400;
const ANSWER_MS_MAX = 2500; // then another node is asked: this one may be paused
const TRIES_MAX = 4;

export class Balancer {
  // Requests that a second node had to answer.
  handedOver = 0;
  private turn = 0;
  private readonly isUp = new Map<Node, boolean>();
  private readonly timers: NodeJS.Timeout[] = [];

  private constructor(
    private readonly server: Server,
    private readonly nodes: Node[],
  ) {}

  static async start(nodes: Node[]): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, nodes);
    server.on('request', (request, response) => void balancer.serve(request, response));
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    for (const node of nodes) {
      balancer.isUp.set(node, true);
      balancer.timers.push(setInterval(() => void balancer.check(node), CHECK_EVERY_MS));
    }
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.server.closeAllConnections();
    await new Promise((settle) => this.server.close(settle));
  }

  private async check(node: Node): Promise<void> {
    this.isUp.set(node, await node.isReady(CHECK_MS_MAX));
  }

  // The next node that is up; if none is, the next one anyway.
  private next(): Node {
    for (let tries = 0; tries < this.nodes.length; ++tries) {
      const node = this.nodes[this.turn++ % this.nodes.length] as Node;
      if (this.isUp.get(node)) return node;
    }
    return this.nodes[this.turn++ % this.nodes.length] as Node;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await this.answer(request, Buffer.concat(chunks));
    if (!answer) {
      response.writeHead(502).end('no node answers\n');
      return;
    }
    const { 'transfer-encoding': _, connection: __, ...headers } = answer.headers;
    response.writeHead(answer.status, headers).end(answer.body);
  }

  private async answer(request: IncomingMessage, body: Buffer): Promise<Answer | undefined> {
    const { connection: _, ...headers } = request.headers as Record<string, string>;
    const method = request.method ?? 'GET';
    const sent = {
      method,
      headers: { ...headers, host: HOST, 'x-forwarded-for': '198.51.100.7' },
      timeoutMs: ANSWER_MS_MAX,
      ...(body.length > 0 || method === 'POST' ? { body } : {}),
    };
    for (let tries = 0; tries < TRIES_MAX; ++tries) {
      const node = this.next();
      try {
        const answer = await send(node.url + (request.url ?? '/'), sent);
        if (tries > 0) this.handedOver += 1;
        return answer;
      } catch {
        this.isUp.set(node, false);
      }
    }
    return undefined;
  }
}

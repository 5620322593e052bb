// A TCP proxy between nodes and PostgreSQL that does what networks do, when the test says so: it
// waits, holds everything back, refuses, cuts; and cuts exactly between a COMMIT and its answer.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ClientStream, ServerStream } from './wire.js';

// `before`: the COMMIT does not reach the server. `after`: it was carried out, and nobody is told.
export type CutAt = 'before' | 'after';

interface Plan {
  at: CutAt;
  every: number; // of so many commits one is cut
  left: number; // cuts
}

export class Proxy {
  cuts = 0;
  private mode: 'pass' | 'stall' = 'pass';
  private delayMs = 0;
  private plan: Plan = { at: 'after', every: 1, left: 0 };
  private commits = 0;
  private port_ = 0;
  private readonly links = new Set<Link>();

  private constructor(
    private target: number,
    private server: Server,
  ) {}

  // In front of this port of loopback.
  static async start(target: number): Promise<Proxy> {
    const proxy = new Proxy(target, createServer());
    await proxy.listen();
    return proxy;
  }

  get port(): number {
    return this.port_;
  }

  // Everything goes through, at once.
  pass(): void {
    this.mode = 'pass';
    this.delayMs = 0;
    this.plan.left = 0;
    for (const link of this.links) link.pump();
  }

  // Every message takes so long, in each direction.
  delay(ms: number): void {
    this.delayMs = ms;
  }

  // Connections are accepted and stay open, and nothing gets through.
  stall(): void {
    this.mode = 'stall';
  }

  // Nobody is there: present connections end, new ones are refused until admit().
  async refuse(): Promise<void> {
    const closed = new Promise((settle) => this.server.close(settle));
    this.cutAll();
    await closed;
  }

  async admit(target = this.target): Promise<void> {
    this.target = target;
    this.server = createServer();
    await this.listen();
  }

  cutAll(): void {
    for (const link of this.links) link.cut();
  }

  // Cuts the connections of the next commits.
  cutCommits(plan: { at: CutAt; every?: number; cuts: number }): void {
    this.plan = { at: plan.at, every: plan.every ?? 1, left: plan.cuts };
    this.commits = 0;
  }

  async stop(): Promise<void> {
    if (this.server.listening) await this.refuse();
  }

  // For the links.
  get isHeld(): boolean {
    return this.mode === 'stall';
  }

  get delayNow(): number {
    return this.delayMs;
  }

  // A commit goes by: whether, and where, it is to be cut.
  atCommit(): CutAt | undefined {
    this.commits += 1;
    if (this.plan.left === 0 || this.commits % this.plan.every !== 0) return undefined;
    this.plan.left -= 1;
    return this.plan.at;
  }

  // The commit that was to be cut was none.
  spared(): void {
    this.plan.left += 1;
  }

  private async listen(): Promise<void> {
    this.server.on('connection', (client) => {
      const link = new Link(this, client, connect(this.target, '127.0.0.1'));
      this.links.add(link);
      link.onEnd = () => this.links.delete(link);
    });
    await new Promise<void>((settle) => this.server.listen(this.port_, '127.0.0.1', settle));
    this.port_ = (this.server.address() as AddressInfo).port;
  }
}

interface Waiting {
  chunk: Buffer;
  due: number;
}

// One connection through the proxy.
class Link {
  onEnd: () => void = () => {};
  private isHolding = false; // the answer to a COMMIT, until it is known which
  private held: Buffer[] = [];
  private readonly sent = new ClientStream();
  private readonly answered = new ServerStream();
  private readonly toServer: Waiting[] = [];
  private readonly toClient: Waiting[] = [];

  constructor(
    private readonly proxy: Proxy,
    private readonly client: Socket,
    private readonly server: Socket,
  ) {
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on('data', (chunk: Buffer) => this.fromClient(chunk));
    server.on('data', (chunk: Buffer) => this.fromServer(chunk));
    for (const socket of [client, server]) {
      socket.on('error', () => this.cut());
      socket.on('close', () => this.cut());
    }
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
    this.onEnd();
  }

  // Sends what is due, in order.
  pump(): void {
    this.drain(this.toServer, this.server);
    this.drain(this.toClient, this.client);
  }

  private fromClient(chunk: Buffer): void {
    if (this.sent.hasCommit(chunk)) {
      const at = this.proxy.atCommit();
      if (at === 'before') {
        this.proxy.cuts += 1;
        return this.cut();
      }
      this.isHolding ||= at === 'after';
    }
    this.enqueue(this.toServer, chunk);
  }

  private fromServer(chunk: Buffer): void {
    const { isCommitted, isReady } = this.answered.feed(chunk);
    if (!this.isHolding) return this.enqueue(this.toClient, chunk);
    this.held.push(chunk);
    if (isCommitted) {
      this.proxy.cuts += 1;
      return this.cut();
    }
    if (!isReady) return;
    // It did not come to a COMMIT: an error, and a rollback.
    this.isHolding = false;
    this.proxy.spared();
    for (const one of this.held.splice(0)) this.enqueue(this.toClient, one);
  }

  private enqueue(queue: Waiting[], chunk: Buffer): void {
    const { delayNow } = this.proxy;
    queue.push({ chunk, due: performance.now() + delayNow });
    if (delayNow > 0) setTimeout(() => this.pump(), delayNow + 1);
    else this.pump();
  }

  private drain(queue: Waiting[], to: Socket): void {
    if (this.proxy.isHeld) return;
    while (queue[0] && queue[0].due <= performance.now()) {
      const { chunk } = queue.shift() as Waiting;
      if (!to.destroyed) to.write(chunk);
    }
  }
}

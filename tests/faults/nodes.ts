// Nodes of `gatehouse serve`, as an operator runs them: each its own process with its own
// configuration, all on one database, behind a proxy that ends TLS. Signals are the faults.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, ROOT } from '../black_box/gatehouse.js';
import { send, type Answer, type Sent } from '../black_box/http.js';
import { MailSink } from './mail_sink.js';

const BINARY = resolve(ROOT, process.env['GATEHOUSE'] ?? 'build/release/gatehouse');
const READY_MS_MAX = 20_000;

export const HOST = 'id.gatehouse.test';
export const ISSUER = `https://${HOST}`;
export const REDIRECT_URI = 'https://app.gatehouse.test/callback';

export class Node {
  // Of the latest start: how long it took until /readyz said so.
  readyMs = 0;
  private child: ChildProcess | undefined;

  constructor(
    readonly folder: string,
    readonly port: number,
    private readonly environment: Record<string, string> = {},
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  get config(): string {
    return join(this.folder, 'gatehouse.toml');
  }

  // What all its processes have printed, and what they have logged.
  get printed(): string {
    return textOf(join(this.folder, 'printed.txt'));
  }

  get log(): string {
    return textOf(join(this.folder, 'gatehouse.log'));
  }

  async start(): Promise<void> {
    const began = performance.now();
    this.spawn();
    while (!(await this.isReady())) {
      if (!this.child || performance.now() - began > READY_MS_MAX) {
        throw new Error(`a node did not get ready:\n${(this.printed + this.log).slice(-4000)}`);
      }
      await pause(5);
    }
    this.readyMs = performance.now() - began;
  }

  // Starts it and does not wait: it may be meant to fail, or to come up later.
  spawn(): void {
    const output = openSync(join(this.folder, 'printed.txt'), 'a');
    const environment = { ...process.env, ...this.environment };
    const child = spawn(BINARY, ['serve', '--config', this.config], {
      stdio: ['ignore', output, output],
      env: environment,
    });
    closeSync(output);
    this.child = child;
    child.once('exit', () => {
      if (this.child === child) this.child = undefined;
    });
  }

  async isReady(timeoutMs = 1000): Promise<boolean> {
    try {
      return (await this.ask('/readyz', { timeoutMs })).status === 200;
    } catch {
      return false;
    }
  }

  // As the proxy in front of it asks. Rejects if there is no answer.
  async ask(path: string, sent: Sent = {}): Promise<Answer> {
    return await send(this.url + path, { ...sent, headers: { ...sent.headers, host: HOST } });
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  // As a deployment ends it; the exit code.
  async terminate(): Promise<number> {
    return await this.end('SIGTERM');
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  // The exit code, once it has ended by itself.
  async exited(): Promise<number | null> {
    const child = this.child;
    if (!child) return null;
    return await new Promise((settle) => child.once('exit', settle));
  }

  memoryKib(): number {
    const status = this.child ? textOf(`/proc/${this.child.pid}/status`) : '';
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number> {
    const child = this.child;
    if (!child) return 0;
    const ended = new Promise<number>((settle) => child.once('exit', (code) => settle(code ?? -1)));
    child.kill(signal);
    return await ended;
  }
}

export interface Wanted {
  nodes?: number;
  // PostgreSQL: the connection string of each node. Absent: SQLite, and so one node.
  database?: (node: number) => string;
  // The folder of the data, where it is not one of the test's own.
  data?: string;
  environment?: Record<string, string>;
}

export class Installation {
  clientId = '';
  clientSecret = '';

  private constructor(
    readonly folder: string,
    readonly nodes: Node[],
    readonly mail: MailSink,
  ) {}

  // Starts all nodes; the first one makes the environment.
  static async start(wanted: Wanted = {}): Promise<Installation> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built`);
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
    const key = join(folder, 'master.key');
    writeFileSync(key, randomBytes(32).toString('hex') + '\n', { mode: 0o600 });
    const mail = await MailSink.start();
    const nodes: Node[] = [];
    const installation = new Installation(folder, nodes, mail);
    try {
      for (let index = 0; index < (wanted.nodes ?? 1); ++index) {
        const own = join(folder, `node${index}`);
        mkdirSync(own, { mode: 0o700 });
        const node = new Node(own, await freePort(), wanted.environment);
        const text = configuration(node, wanted, index, mail.port, key);
        writeFileSync(node.config, text, { mode: 0o600 });
        nodes.push(node);
        await node.start();
        if (index === 0) await installation.introduce();
      }
    } catch (error) {
      await installation.discard();
      throw error;
    }
    return installation;
  }

  node(index: number): Node {
    const node = this.nodes[index];
    if (!node) throw new Error(`there is no node ${index}`);
    return node;
  }

  // `gatehouse <words> --config … --json`, on this installation. Rejects unless it ends with 0.
  async command(...words: string[]): Promise<unknown> {
    const line = [...words, '--config', this.node(0).config, '--json'];
    return JSON.parse((await run(line)) || 'null');
  }

  async admin(...words: string[]): Promise<unknown> {
    const line = ['admin', '--config', this.node(0).config, '--json', ...words];
    return JSON.parse((await run(line)) || 'null');
  }

  // What `gatehouse fsck` finds, a line each.
  async fsck(): Promise<string[]> {
    try {
      const found = (await this.command('fsck')) as { area: string; finding: string }[];
      return found.map(({ area, finding }) => `${area}: ${finding}`);
    } catch (error) {
      return [String(error)];
    }
  }

  // Ends it as a deployment would. What a sanitizer or a failed ENSURE said is a failure.
  async stop(): Promise<void> {
    const codes = await Promise.all(this.nodes.map((node) => node.terminate()));
    const said = this.nodes.map((node) => node.printed + node.log).join('\n');
    await this.discard();
    if (codes.some((code) => code !== 0) || /Sanitizer|runtime error:|request\.bug/.test(said)) {
      throw new Error(`a node ended with ${codes.join(', ')}:\n${said.slice(-6000)}`);
    }
  }

  // Ends it at once, whatever its state.
  async discard(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.mail.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async introduce(): Promise<void> {
    const printed = this.node(0).printed;
    this.clientId = /Client id\s+(\S+)/.exec(printed)?.[1] ?? '';
    this.clientSecret = /Client secret\s+(\S+)/.exec(printed)?.[1] ?? '';
    await this.admin('applications', 'add-redirect', this.clientId, REDIRECT_URI);
    // Nodes learn of it within a second.
    const query = new URLSearchParams({ client_id: this.clientId, redirect_uri: REDIRECT_URI });
    const path = `/oauth/authorize?response_type=code&scope=openid&${query}`;
    for (const deadline = Date.now() + 5000; Date.now() < deadline; await pause(20)) {
      if ((await this.node(0).ask(path)).status < 400) return;
    }
    throw new Error('the redirect URI is not known after 5 s');
  }
}

function configuration(
  node: Node,
  wanted: Wanted,
  index: number,
  mailPort: number,
  key: string,
): string {
  const database = wanted.database?.(index);
  return `[server]
port = ${node.port}
trusted_proxies = ["127.0.0.1"]
worker_threads = 32
[data]
folder = "${wanted.data ?? join(node.folder, 'data')}"
${database ? `[database]\nurl = "${database}"` : ''}
[master_key]
file = "${key}"
[environment]
base_url = "${ISSUER}"
product_name = "Faults"
[mail]
host = "127.0.0.1"
port = ${mailPort}
security = "plain"
from = "id@gatehouse.test"
[log]
file = "${join(node.folder, 'gatehouse.log')}"
level = "warning"
[limits]
mails_per_address_per_minute = 1000
mails_per_address_per_hour = 10000
mails_per_source_per_hour = 1000000
wrong_codes_per_address_per_hour = 1000
wrong_codes_per_source_per_hour = 100000
`;
}

function run(line: string[]): Promise<string> {
  return new Promise((settle, fail) => {
    execFile(BINARY, line, { maxBuffer: 64 << 20 }, (error, out, err) => {
      if (error) fail(new Error(`gatehouse ${line.join(' ')}: ${out}${err}`));
      else settle(out);
    });
  });
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

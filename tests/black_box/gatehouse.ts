// A Gatehouse of our own: the built binary in its own process, on its own port, with its own data.
// GATEHOUSE names the binary; without it, the release build. GATEHOUSE_TEST_POSTGRES names a server
// on which it gets a database; without it, its database is a file in its folder.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PrivateDatabase } from './database.js';
import { send } from './http.js';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const BINARY = resolve(ROOT, process.env['GATEHOUSE'] ?? 'build/release/gatehouse');
const READY_MS_MAX = 20_000;

export interface Application {
  name: string;
  type: string;
  client_id: string;
  client_secret?: string;
}

// What `gatehouse dev` writes when it is ready.
export interface Ready {
  environment_url: string;
  client_id: string;
  client_secret: string;
  mailbox_url: string;
  ca_file?: string;
  applications?: Application[];
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  code: string;
  link: string;
}

export interface Options {
  accessTokenSeconds?: number;
  seed?: string;
  port?: number;
  tls?: boolean;
  environment?: Record<string, string>; // added to that of the tests
}

export class Gatehouse {
  ready!: Ready;
  private child: ChildProcess | undefined;
  private readonly seenMail = new Set<string>();

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly database: PrivateDatabase | undefined,
    private options: Options,
  ) {}

  static async start(options: Options = {}): Promise<Gatehouse> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built`);
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
    const port = options.port ?? (await freePort());
    const gatehouse = new Gatehouse(folder, port, PrivateDatabase.create(), options);
    try {
      await gatehouse.launch();
    } catch (error) {
      await gatehouse.end('SIGKILL');
      gatehouse.removeData();
      throw error;
    }
    return gatehouse;
  }

  get url(): string {
    return this.ready.environment_url;
  }

  // The root that vouches for this server, as PEM; nothing over http.
  get ca(): string | undefined {
    return this.ready.ca_file ? readFileSync(this.ready.ca_file, 'utf8') : undefined;
  }

  // What it has printed and logged so far.
  get log(): string {
    return readFileSync(join(this.folder, 'gatehouse.log'), 'utf8');
  }

  application(name: string): Application {
    const found = this.ready.applications?.find((application) => application.name === name);
    if (!found) throw new Error(`the ready file names no application ${name}`);
    return found;
  }

  // The next mail to this address that was not handed out before.
  async mailTo(address: string): Promise<Mail> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const query = new URLSearchParams({ to: address });
      const answer = await send(`${this.url}/dev/mail?${query}`, {
        headers: { accept: 'application/json' },
        ca: this.ca,
      });
      const mails = JSON.parse(answer.body) as Mail[];
      const fresh = mails.find(
        (mail) => (mail.code || mail.link) && !this.seenMail.has(mail.code + mail.link),
      );
      if (fresh) {
        this.seenMail.add(fresh.code + fresh.link);
        return fresh;
      }
      if (Date.now() > deadline) throw new Error(`no mail to ${address} within 10 s`);
      await pause(20);
    }
  }

  // Ends the process as a power cut would, and starts it again on the same data and port.
  async killAndRestart(): Promise<void> {
    await this.end('SIGKILL');
    await this.launch();
  }

  // Stops it and starts it again on the same data and port, with other options.
  async restart(options: Options): Promise<void> {
    await this.end('SIGTERM');
    this.options = { ...this.options, ...options };
    await this.launch();
  }

  // Ends it as a deployment would; returns its exit code.
  async terminate(): Promise<number> {
    return await this.end('SIGTERM');
  }

  // Ends it and removes its data. A crash or a sanitizer's complaint is a failure, whoever asks.
  async stop(): Promise<void> {
    const status = await this.end('SIGTERM');
    const log = this.log;
    this.removeData();
    if (status !== 0 || /Sanitizer|runtime error:|ensure failed/.test(log)) {
      throw new Error(`gatehouse ended with status ${status}:\n${log.slice(-6000)}`);
    }
  }

  async launch(): Promise<void> {
    const readyFile = join(this.folder, 'ready.json');
    rmSync(readyFile, { force: true });
    const logFile = join(this.folder, 'gatehouse.log');
    const log = openSync(logFile, 'a');
    const child = spawn(BINARY, this.commandLine(readyFile), {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...this.options.environment },
    });
    closeSync(log);
    this.child = child;
    const deadline = Date.now() + READY_MS_MAX;
    while (!(await this.readyFrom(readyFile))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        throw new Error(
          `gatehouse dev did not get ready:\n${readFileSync(logFile, 'utf8').slice(-4000)}`,
        );
      }
      await pause(10);
    }
  }

  // Of the PostgreSQL database that it has; undefined where it has a file.
  get databaseUrl(): string | undefined {
    return this.database?.url;
  }

  private removeData(): void {
    rmSync(this.folder, { recursive: true, force: true });
    this.database?.drop();
  }

  private commandLine(readyFile: string): string[] {
    const { accessTokenSeconds, seed, tls } = this.options;
    const line = ['dev', '--port', String(this.port), '--data', join(this.folder, 'data')];
    line.push('--ready-file', readyFile);
    if (this.database) line.push('--database', this.database.url);
    if (accessTokenSeconds) line.push('--access-token-ttl', String(accessTokenSeconds));
    if (tls) line.push('--tls');
    if (seed) {
      const seedFile = join(this.folder, 'seed.toml');
      writeFileSync(seedFile, seed);
      line.push('--seed', seedFile);
    }
    return line;
  }

  private async readyFrom(readyFile: string): Promise<boolean> {
    try {
      this.ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
      return (await send(`${this.url}/readyz`, { ca: this.ca })).status === 200;
    } catch {
      return false; // not written to its end, or not listening
    }
  }

  // The exit code: -1 if a signal ended it, 0 if there was nothing to end.
  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number> {
    const child = this.child;
    this.child = undefined;
    if (!child) return 0;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? -1;
    const ended = new Promise<number>((settle) => child.once('exit', (code) => settle(code ?? -1)));
    child.kill(signal);
    return await ended;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return port;
}

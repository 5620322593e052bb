// PostgreSQL servers of a test's own: tools/postgres.py makes and moves them, this is its hand.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '../black_box/gatehouse.js';

// Takes a JSON line {"on", "act", "arguments"} and answers with one.
const HAND = `
import json, sys
sys.path.insert(0, sys.argv[1])
import postgres
servers = {}
def do(on, act, arguments):
    if act == "new":
        servers[on] = postgres.Cluster(postgres.DURABLE).create().start()
    elif act == "standby":
        servers[arguments[0]] = servers[on].standby(arguments[0])
    else:
        return getattr(servers[on], act)(*arguments)
try:
    for line in sys.stdin:
        order = json.loads(line)
        try:
            done = do(order["on"], order["act"], order["arguments"])
            port = servers[order["arguments"][0] if order["act"] == "standby" else order["on"]].port
            answer = {"done": done if isinstance(done, str) else "", "port": port}
        except Exception as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)
finally:
    for server in servers.values():
        server.remove()
`;

export const hasPostgres = existsSync('/usr/lib/postgresql/15/bin/initdb');

interface Reply {
  done?: string;
  port?: number;
  error?: string;
}

// The process that owns the servers, and removes them when it ends.
class Hand {
  private readonly child: ChildProcess;
  private readonly waiting: ((reply: Reply) => void)[] = [];

  constructor() {
    this.child = spawn('python3', ['-B', '-u', '-c', HAND, join(ROOT, 'tools')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => this.waiting.shift()?.(JSON.parse(line) as Reply));
    this.child.once('exit', () => {
      for (const settle of this.waiting.splice(0)) settle({ error: 'the servers are gone' });
    });
  }

  async order(on: string, act: string, args: unknown[] = []): Promise<Reply> {
    const reply = await new Promise<Reply>((settle) => {
      this.waiting.push(settle);
      this.child.stdin?.write(JSON.stringify({ on, act, arguments: args }) + '\n');
    });
    if (reply.error !== undefined) throw new Error(`${act} of ${on}: ${reply.error}`);
    return reply;
  }

  async end(): Promise<void> {
    const ended = new Promise((settle) => this.child.once('exit', settle));
    this.child.stdin?.end();
    await ended;
  }
}

export class PostgresServer {
  private constructor(
    private readonly hand: Hand,
    private readonly name: string,
    readonly port: number,
  ) {}

  // An empty server with a database `gatehouse`, whose acknowledged commits outlive its processes.
  static async start(): Promise<PostgresServer> {
    const hand = new Hand();
    const { port } = await hand.order('first', 'new');
    const server = new PostgresServer(hand, 'first', port ?? 0);
    await server.sql('CREATE DATABASE gatehouse');
    return server;
  }

  // A started standby; from now on this server acknowledges what both have.
  async standby(name: string): Promise<PostgresServer> {
    const { port } = await this.hand.order(this.name, 'standby', [name]);
    return new PostgresServer(this.hand, name, port ?? 0);
  }

  async kill(): Promise<void> {
    await this.hand.order(this.name, 'kill');
  }

  // After kill(). Its last processes may still be about to die, and hold its memory until then.
  async restart(): Promise<void> {
    for (let tries = 1; ; ++tries, await pause(50)) {
      try {
        await this.hand.order(this.name, 'start');
        return;
      } catch (error) {
        if (tries === 20 || !/still in use/.test(String(error))) throw error;
      }
    }
  }

  async promote(): Promise<void> {
    await this.hand.order(this.name, 'promote');
  }

  async remove(): Promise<void> {
    await this.hand.order(this.name, 'remove');
  }

  // What psql prints.
  async sql(text: string, database = 'postgres'): Promise<string> {
    return (await this.hand.order(this.name, 'sql', [text, database])).done ?? '';
  }

  // A connection string for nodes that reach it by these ports of loopback.
  async url(...ports: number[]): Promise<string> {
    const own = (await this.hand.order(this.name, 'url', ['gatehouse', 'tcp'])).done ?? '';
    const password = new URL(own.replace('postgres:///', 'postgres://h/')).searchParams.get(
      'password',
    );
    const at = (ports.length > 0 ? ports : [this.port]).map((port) => `127.0.0.1:${port}`);
    const query = 'target_session_attrs=read-write&connect_timeout=2&sslmode=disable';
    return `postgres://gatehouse:${password}@${at.join(',')}/gatehouse?${query}`;
  }

  // Ends every server that came of this one, too.
  async stop(): Promise<void> {
    await this.hand.end();
  }
}

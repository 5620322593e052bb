// For the tests of the command `gatehouse`: a project in a folder of its own, the command run in it
// as a person's shell would, and a server in front of Gatehouse that answers as others do.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../black_box/gatehouse.js';
import { send } from '../black_box/http.js';

export const COMMAND = join(ROOT, 'packages/astro/bin/gatehouse.mjs');

const CONFIG = `import node from '@astrojs/node';
import { defineConfig } from 'astro/config';
import gatehouse from '@gatehouse/astro';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  integrations: [gatehouse()],
});
`;

export interface Ran {
  status: number;
  out: string; // standard output
  error: string; // standard error
}

export class CommandProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));

  constructor(config = CONFIG, name = 'shop') {
    this.write('package.json', JSON.stringify({ name, private: true, type: 'module' }));
    this.write('astro.config.mjs', config);
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(file: string, text: string, mode = 0o600): void {
    writeFileSync(join(this.folder, file), text, { mode });
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  // The value of a variable in .env.
  variable(name: string): string | undefined {
    return new RegExp(`^${name}=(.*)$`, 'm').exec(this.read('.env'))?.[1];
  }

  async run(line: string[], environment: Record<string, string> = {}): Promise<Ran> {
    const child = spawn(process.execPath, [COMMAND, ...line], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: this.folder, ...environment },
    });
    const ran = { status: -1, out: '', error: '' };
    child.stdout.on('data', (chunk: Buffer) => void (ran.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (ran.error += chunk.toString()));
    ran.status = await new Promise<number>((settle, fail) => {
      child.once('error', fail);
      child.once('close', (code) => settle(code ?? -1));
    });
    return ran;
  }
}

export interface FrontOptions {
  // Answered by this server itself.
  answers?: Record<string, { status: number; body?: string }>;
  // How far its clock is ahead.
  aheadSeconds?: number;
}

// Another origin for the same Gatehouse, which calls itself by it.
export class Front {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(
    target: string,
    { answers = {}, aheadSeconds = 0 }: FrontOptions = {},
  ): Promise<Front> {
    let url = '';
    const server = createServer((request, response) => {
      void (async () => {
        const body = await wholeBody(request);
        const own = answers[(request.url ?? '').split('?', 1)[0] ?? ''];
        const date = new Date(Date.now() + aheadSeconds * 1000).toUTCString();
        if (own) {
          response.writeHead(own.status, { date, 'content-type': 'application/json' });
          response.end(own.body ?? '{}');
          return;
        }
        const { host: _, connection: __, ...headers } = request.headers;
        const answer = await send(target + (request.url ?? '/'), {
          method: request.method ?? 'GET',
          headers: headers as Record<string, string>,
          ...(body !== '' && { body }),
        });
        const { 'content-length': ___, 'transfer-encoding': ____, ...kept } = answer.headers;
        response.writeHead(answer.status, { ...kept, date });
        response.end(answer.body.replaceAll(target, url));
      })();
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    url = `http://localhost:${(server.address() as AddressInfo).port}`;
    return new Front(server, url);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((settle) => this.server.close(settle));
  }
}

async function wholeBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

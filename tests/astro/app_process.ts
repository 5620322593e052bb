// The test application in a process of its own: built, or in `astro dev`, on either Astro.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '../black_box/gatehouse.js';
import { send } from '../black_box/http.js';

export type AstroVersion = '5' | '7';
export type Variant = 'main' | 'strict';
export type Variables = Record<string, string | undefined>;

export interface AppOptions {
  astro: AstroVersion;
  mode: 'dev' | 'built';
  variant: Variant;
  port: number;
  environment: Variables;
}

const START_MS_MAX = 30_000;

export const projectFolder = (astro: string): string => join(ROOT, 'build/astro', astro);

// The newest Astro needs a Node that may be newer than the machine's; tools/setup fetches it.
export function nodeFor(astro: string): string {
  const newer = join(ROOT, 'build/tools/node24/bin/node');
  return astro === '5' || !existsSync(newer) ? process.execPath : newer;
}

export class AppProcess {
  private text = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly cacheFolder: string,
  ) {}

  static async start(options: AppOptions): Promise<AppProcess> {
    const { astro, mode, variant, port, environment } = options;
    const entry = join(projectFolder(astro), 'dist', variant, 'server/entry.mjs');
    if (!existsSync(entry)) throw new Error(`${entry} is not there: tools/astro_matrix`);
    const cache = mkdtempSync(join(tmpdir(), 'gatehouse-astro-'));
    const ignoreLock = astro === '5' ? [] : ['--ignore-lock'];
    const line =
      mode === 'built'
        ? [entry]
        : [
            join(projectFolder(astro), 'node_modules/.bin/astro'),
            ...['dev', '--host', '127.0.0.1', '--port', String(port), ...ignoreLock],
          ];
    const child = spawn(nodeFor(astro), line, {
      cwd: projectFolder(astro),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        HOST: '127.0.0.1',
        PORT: String(port),
        ASTRO_TELEMETRY_DISABLED: '1',
        APP_VARIANT: variant,
        ...(mode === 'dev' && { APP_CACHE: cache }),
        ...environment,
      },
    });
    const app = new AppProcess(child, cache);
    const note = (chunk: Buffer): void => void (app.text += chunk.toString());
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    await app.untilItListens(port);
    return app;
  }

  // What it has printed so far, without colours.
  get output(): string {
    return this.text.replace(/\u001b\[[0-9;]*m/g, '');
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async stop(): Promise<void> {
    if (!this.hasEnded) {
      const ended = new Promise((settle) => this.child.once('exit', settle));
      this.child.kill('SIGTERM');
      // A dev server may wait for what its watcher does; nothing here is worth waiting for.
      const limit = AbortSignal.timeout(3000);
      limit.addEventListener('abort', () => this.child.kill('SIGKILL'));
      await ended;
    }
    rmSync(this.cacheFolder, { recursive: true, force: true });
  }

  // Any answer will do: what the application says of its configuration is for tests to judge.
  private async untilItListens(port: number): Promise<void> {
    for (const deadline = Date.now() + START_MS_MAX; Date.now() < deadline; await pause(30)) {
      if (this.hasEnded) break;
      try {
        await send(`http://127.0.0.1:${port}/plain`, { timeoutMs: START_MS_MAX });
        return;
      } catch {
        continue; // not listening yet
      }
    }
    const output = this.output;
    await this.stop();
    throw new Error(`the application does not answer:\n${output.slice(-4000)}`);
  }
}

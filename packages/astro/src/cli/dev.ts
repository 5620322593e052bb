// `gatehouse dev`: runs the server of that name, which is a program of its own, with the arguments
// as they are.
import { spawn } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join, resolve, sep } from 'node:path';
import { failure } from './terminal.js';

export async function dev(argv: string[]): Promise<number> {
  const server = findServer(process.env);
  if (!server) throw failure('GH441');
  const child = spawn(server, ['dev', ...argv], { stdio: 'inherit' });
  // Ctrl-C reaches the server by itself; this process waits for what it does about it.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  const wait = (): void => undefined;
  process.on('SIGTERM', pass).on('SIGINT', wait);
  try {
    return await new Promise<number>((settle, fail) => {
      child.once('error', () => fail(failure('GH406', server)));
      child.once('exit', (code) => settle(code ?? 1));
    });
  } finally {
    process.off('SIGTERM', pass).off('SIGINT', wait);
  }
}

// What GATEHOUSE_BINARY names; else the first in PATH that is not this very command, which npm puts
// there under the same name; else what was built here.
export function findServer(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['GATEHOUSE_BINARY'];
  if (named) return isProgram(resolve(named)) ? resolve(named) : undefined;
  const inPath = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'gatehouse'));
  return [...inPath, resolve('build/release/gatehouse')].find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const real = realpathSync(file);
    const isOurs = real.endsWith('gatehouse.mjs') || file.includes(`node_modules${sep}.bin`);
    return !isOurs && statSync(real).isFile();
  } catch {
    return false;
  }
}

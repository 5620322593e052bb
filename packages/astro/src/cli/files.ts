// Files of a project: written as a whole or not at all, and kept out of version control.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { failure } from './terminal.js';

// Whoever reads it meanwhile finds the old text or the new one, whole.
export function writeWhole(file: string, text: string, mode: number): void {
  const fresh = `${file}.${process.pid}.new`;
  try {
    const open = openSync(fresh, 'wx', mode);
    try {
      writeSync(open, text);
      fsyncSync(open);
    } finally {
      closeSync(open);
    }
    renameSync(fresh, file);
  } catch {
    rmSync(fresh, { force: true });
    throw failure('GH406', file);
  }
}

export type GitState = 'ignored' | 'tracked' | 'open' | 'no_repository';

// What git would do with a file of that folder.
export function gitState(folder: string, file: string): GitState {
  const git = (...words: string[]): number | null =>
    spawnSync('git', words, { cwd: folder, stdio: 'ignore', timeout: 5_000 }).status;
  if (git('rev-parse', '--git-dir') !== 0) return 'no_repository';
  if (git('ls-files', '--error-unmatch', file) === 0) return 'tracked';
  return git('check-ignore', '-q', file) === 0 ? 'ignored' : 'open';
}

const COVERS_ENV = new Set(['.env', '/.env', '.env*', '/.env*', '*.env', '**/.env']);

// Makes sure that .env is ignored; true if a line had to be added.
export function ignoreEnvFile(folder: string): boolean {
  const file = join(folder, '.gitignore');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const isListed = lines.some((line) => COVERS_ENV.has(line));
  if (isListed || gitState(folder, '.env') === 'ignored') return false;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const between = text === '' || text.endsWith('\n') ? '' : newline;
  const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o644;
  writeWhole(file, `${text}${between}.env${newline}`, mode);
  return true;
}

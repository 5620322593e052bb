// The commands that work on the data of a running Gatehouse.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { ROOT, type Gatehouse } from '../black_box/gatehouse.js';

const BINARY = resolve(ROOT, process.env['GATEHOUSE'] ?? 'build/release/gatehouse');

// `gatehouse admin …`; what it printed.
export function administer(gatehouse: Gatehouse, words: string[]): string {
  const place = gatehouse.databaseUrl
    ? ['--database', gatehouse.databaseUrl]
    : ['--data', join(gatehouse.folder, 'data')];
  return execFileSync(BINARY, ['admin', ...words, ...place], { encoding: 'utf8' });
}

// Builds of the test application with files of a test's own, in a copy beside what is installed.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { nodeFor, projectFolder, type Variables } from './app_process.js';

const run = promisify(execFile);
const BUILD_MS_MAX = 90_000;

// Relative path → text; of the whole application, more files or others.
export type Files = Record<string, string>;

export interface Built {
  folder: string;
  log: string;
  hasFailed: boolean;
  remove(): void;
}

export async function build(
  astro: string,
  files: Files,
  variables: Variables = {},
): Promise<Built> {
  const project = projectFolder(astro);
  // Beside the others: from there the same packages are found.
  mkdirSync(join(project, 'trials'), { recursive: true });
  const folder = mkdtempSync(join(project, 'trials/trial-'));
  for (const name of ['src', 'astro.config.mjs', 'tsconfig.json', 'package.json']) {
    cpSync(join(project, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const line = [join(project, 'node_modules/.bin/astro'), 'build'];
  const environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ASTRO_TELEMETRY_DISABLED: '1',
    APP_CACHE: join(folder, '.cache'),
    ...variables,
  };
  try {
    const options = { cwd: folder, env: environment, timeout: BUILD_MS_MAX };
    const { stdout, stderr } = await run(nodeFor(astro), line, options);
    return { folder, log: plain(stdout + stderr), hasFailed: false, remove };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { folder, log: plain(stdout + stderr), hasFailed: true, remove };
  }
}

// What it printed; throws if it was built after all.
export async function buildFailing(astro: string, files: Files): Promise<string> {
  const { log, hasFailed, remove } = await build(astro, files);
  remove();
  if (!hasFailed) throw new Error(`it was built:\n${log}`);
  return log;
}

const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');

// The files of a project that the lint reads. Bounded: what is larger or deeper is left alone.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { EXTENSIONS, readSource, type Source } from './source.js';

const FILES_MAX = 5000;
const FILE_BYTES_MAX = 512 * 1024;
const DEPTH_MAX = 20;
const ENV_FILES = ['.env', '.env.local', '.env.production', '.env.development', '.env.example'];
const CONFIG_FILES = ['mjs', 'js', 'ts', 'mts', 'cjs'].map((end) => `astro.config.${end}`);

export interface Project {
  sources: Source[];
  configuration?: Source;
  env: { file: string; text: string }[];
}

export async function readProject(root: string, sourceFolder: string): Promise<Project> {
  const project: Project = { sources: [], env: [] };
  for (const path of await filesUnder(sourceFolder)) {
    const text = await readBounded(path);
    if (text !== undefined) project.sources.push(readSource(shownPath(root, path), text));
  }
  for (const file of CONFIG_FILES) {
    const text = await readBounded(join(root, file));
    if (text === undefined) continue;
    project.configuration = readSource(file, text);
    break;
  }
  for (const file of ENV_FILES) {
    const text = await readBounded(join(root, file));
    if (text !== undefined) project.env.push({ file, text });
  }
  return project;
}

export const shownPath = (root: string, path: string): string =>
  relative(root, path).split(sep).join('/');

async function filesUnder(folder: string, depth = 0): Promise<string[]> {
  if (depth > DEPTH_MAX) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesUnder(path, depth + 1)));
    else if (entry.isFile() && EXTENSIONS.some((end) => entry.name.endsWith(`.${end}`))) {
      if (!entry.name.endsWith('.d.ts')) found.push(path);
    }
    if (found.length >= FILES_MAX) break;
  }
  return found.slice(0, FILES_MAX);
}

async function readBounded(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > FILE_BYTES_MAX) return undefined;
    return await readFile(path, 'utf8');
  } catch {
    return undefined; // not there, or not readable
  }
}

// A file of variables, as Astro and Vite read it: NAME=value, quotes or none, `#` begins a comment.
// Changing one keeps every other byte as it is.
import { chmodSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './files.js';

interface Entry {
  name: string;
  value: string;
  from: number; // of what stands for the value, quotes included
  to: number;
}

const START = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/;
const ESCAPES: Record<string, string> = { '\\n': '\n', '\\r': '\r' };

function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  while (at < text.length) {
    const end = endOfLine(text, at);
    const found = START.exec(text.slice(at, end));
    if (!found) {
      at = end + 1;
      continue;
    }
    const entry = valueAt(text, at + found[0].length, found[1] ?? '');
    entries.push(entry);
    at = endOfLine(text, entry.to) + 1;
  }
  return entries;
}

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

function valueAt(text: string, from: number, name: string): Entry {
  const quote = text[from] ?? '';
  if (`"'\``.includes(quote) && quote !== '') {
    const close = text.indexOf(quote, from + 1);
    if (close > 0) {
      const inside = text.slice(from + 1, close);
      const value =
        quote === '"' ? inside.replace(/\\[nr]/g, (pair) => ESCAPES[pair] ?? pair) : inside;
      return { name, value, from, to: close + 1 };
    }
  }
  const line = text.slice(from, endOfLine(text, from));
  const value = (/^[^#\r]*/.exec(line)?.[0] ?? '').trimEnd();
  return { name, value, from, to: from + value.length };
}

// What the text says; the last one counts.
export function parseVariables(text: string): Map<string, string> {
  return new Map(entriesOf(text).map(({ name, value }) => [name, value]));
}

// The text with these values. What it lacks is added at its end, under one comment.
export function withVariables(text: string, wanted: ReadonlyMap<string, string>): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const entries = entriesOf(text);
  const missing: string[] = [];
  const changes: Entry[] = [];
  for (const [name, value] of wanted) {
    const last = entries.filter((entry) => entry.name === name).pop();
    if (!last) missing.push(`${name}=${quoted(value)}`);
    else if (last.value !== value) changes.push({ ...last, value });
  }
  let changed = text;
  for (const { from, to, value } of changes.sort((a, b) => b.from - a.from)) {
    changed = changed.slice(0, from) + quoted(value) + changed.slice(to);
  }
  if (missing.length === 0) return changed;
  const between = changed === '' ? '' : changed.endsWith('\n') ? newline : newline + newline;
  const lines = ['# Gatehouse: keep this file out of version control.', ...missing];
  return changed + between + lines.join(newline) + newline;
}

const quoted = (value: string): string =>
  /^[\w.:/@+=,~-]*$/.test(value) ? value : `'${value.replaceAll("'", '')}'`;

const FILES = (mode: string): string[] => [
  '.env',
  '.env.local',
  `.env.${mode}`,
  `.env.${mode}.local`,
];

export interface Variables {
  get(name: string): string | undefined;
  // Where the value comes from: a file's name, or 'the environment'.
  origin(name: string): string | undefined;
  files: string[]; // that are there
}

// The variables of a project in that mode: later files win, and the process wins over all.
export function readVariables(folder: string, mode: string, env = process.env): Variables {
  const values = new Map<string, { value: string; origin: string }>();
  const files = FILES(mode).filter((file) => existsSync(join(folder, file)));
  for (const file of files) {
    for (const [name, value] of parseVariables(readFileSync(join(folder, file), 'utf8'))) {
      values.set(name, { value, origin: file });
    }
  }
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) values.set(name, { value, origin: 'the environment' });
  }
  return {
    get: (name) => values.get(name)?.value,
    origin: (name) => values.get(name)?.origin,
    files,
  };
}

// Writes these values into .env, for its owner alone; returns the names that changed.
export function updateEnvFile(folder: string, wanted: ReadonlyMap<string, string>): string[] {
  const named = join(folder, '.env');
  const file = existsSync(named) ? realpathSync(named) : named;
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const known = parseVariables(before);
  const changed = [...wanted].filter(([name, value]) => known.get(name) !== value);
  if (changed.length > 0) writeWhole(file, withVariables(before, wanted), 0o600);
  else if (existsSync(file) && isOpen(file)) chmodSync(file, 0o600);
  return changed.map(([name]) => name);
}

// Whether users other than the owner may read it.
export const isOpen = (file: string): boolean =>
  process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;

// Where a command reads and writes. Colours only for people: not into files and pipes, and not
// where NO_COLOR is set.
import { createInterface } from 'node:readline/promises';
import { GatehouseAstroError, type MessageCode } from '../messages.js';

export interface Terminal {
  write(text: string): void; // what was asked for
  note(text: string): void; // what goes on meanwhile, and errors
  // Absent where nobody is there to answer.
  ask?: (question: string) => Promise<string>;
  paint: Paint;
}

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  red(text: string): string;
}

const PLAIN: Paint = {
  bold: (text) => text,
  dim: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
  red: (text) => text,
};

const escape =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;
const COLOURS: Paint = {
  bold: escape(1),
  dim: escape(2),
  green: escape(32),
  yellow: escape(33),
  red: escape(31),
};

export function openTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const isColoured = stdout.isTTY && stderr.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return {
    write: (text) => void stdout.write(text),
    note: (text) => void stderr.write(text),
    ...(stdin.isTTY && stdout.isTTY && { ask }),
    paint: isColoured ? COLOURS : PLAIN,
  };
}

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await reader.question(question)).trim();
  } finally {
    reader.close();
  }
}

// A command ends with this if it cannot do what it was told. What it is about may come from a
// server: nothing of it moves the cursor.
export const failure = (code: MessageCode, subject = ''): GatehouseAstroError =>
  new GatehouseAstroError(code, printable(subject));

export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, 500);

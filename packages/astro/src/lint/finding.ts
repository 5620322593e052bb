// What the lint finds, and how it is told: code, place, one sentence, the fix.
import { problem, type MessageCode } from '../messages.js';

export type LintCode = Extract<MessageCode, `GH3${string}`>;

export interface Finding {
  code: LintCode;
  level: 'error' | 'warn';
  what: string;
  fix: string;
  file?: string; // from the project's folder
  line?: number; // from 1
}

export interface Place {
  file: string;
  line: number;
}

// A finding that only warns, whatever the mode.
const WARNINGS: readonly LintCode[] = ['GH306', 'GH308', 'GH325'];

export function finding(code: LintCode, subject: string, place?: Place): Finding {
  const { what, fix } = problem(code, subject);
  return { code, level: WARNINGS.includes(code) ? 'warn' : 'error', what, fix, ...place };
}

export const placeOf = ({ file, line }: Finding): string =>
  file === undefined ? '' : line === undefined ? file : `${file}:${line}`;

export const shown = (found: Finding): string =>
  [`${found.code} ${placeOf(found)}`.trimEnd(), `  ${found.what}`, `  ${found.fix}`].join('\n');

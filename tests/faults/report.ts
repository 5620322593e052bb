// How often each experiment is made, and what it found, for docs/operations/faults.md.
// GATEHOUSE_FAULTS=long is the long form of `make faults`; each count has a variable of its own.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../black_box/gatehouse.js';

const FOLDER = join(ROOT, 'build/faults');
const PAGE = join(ROOT, 'docs/operations/faults.md');
const BEGIN = '<!-- figures: written by `make faults` -->';
const END = '<!-- end of figures -->';

export const isLong = process.env['GATEHOUSE_FAULTS'] === 'long';

const count = (name: string, short: number, long: number): number =>
  Number(process.env[`GATEHOUSE_FAULTS_${name}`] ?? (isLong ? long : short));

export const counts = {
  kills: count('KILLS', 10, 1000),
  killEveryMs: count('KILL_EVERY_MS', 250, 500),
  nodeKills: count('NODE_KILLS', 2, 200),
  failovers: count('FAILOVERS', 2, 200),
  cuts: count('CUTS', 12, 2000),
  conflictRounds: count('CONFLICT_ROUNDS', 4, 200),
  pauseMs: count('PAUSE_MS', 2000, 30_000),
};

export interface Figures {
  operations: number;
  violations: number;
  p50?: number;
  p99?: number;
  [faults: string]: number | undefined; // the number of faults, under its name
}

// Of times in ms.
export function percentile(times: number[]): { p50: number; p99: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

// Keeps the figures of an experiment, and prints them.
export function record(experiment: string, figures: Figures): void {
  mkdirSync(FOLDER, { recursive: true });
  const name = experiment.replace(/\W+/g, '_').toLowerCase();
  writeFileSync(join(FOLDER, `${name}.json`), JSON.stringify({ experiment, figures }));
  console.log(`${experiment}: ${JSON.stringify(figures)}`);
}

function section(): string {
  const head = ['experiment', 'faults', 'requests', 'violations', 'recovery p50', 'recovery p99'];
  const rows = [head, head.map(() => '---')];
  for (const file of readdirSync(FOLDER).sort()) {
    const kept = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as {
      experiment: string;
      figures: Figures;
    };
    const { operations, violations, p50, p99, ...faults } = kept.figures;
    const shown = Object.entries(faults).map(([name, number]) => `${whole(number)} ${name}`);
    const times = [p50, p99].map((time) => (time === undefined ? '' : `${whole(time)} ms`));
    const numbers = [whole(operations), whole(violations), ...times];
    rows.push([kept.experiment, shown.join(', '), ...numbers]);
  }
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const whole = (number: number | undefined): string =>
  Math.round(number ?? 0).toLocaleString('en-US');

function write(): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1];
  if (after === undefined) throw new Error(`${PAGE} has no place for the figures`);
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${section()}\n\n${END}${after}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) write();

// The command `gatehouse` of npm. Status 0: done; 1: could not be done, with the reason and what to
// do on standard error; 2: called wrongly.
import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { GatehouseAstroError } from '../messages.js';
import { dev } from './dev.js';
import { doctor } from './doctor.js';
import { eject } from './eject.js';
import { HELP, OVERVIEW } from './help.js';
import { init } from './init.js';
import { failure, openTerminal, type Terminal } from './terminal.js';

type Options = NonNullable<ParseArgsConfig['options']>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const EVERYWHERE = { root: text, json: flag, help: { ...flag, short: 'h' } } as const;
const INIT = {
  ...EVERYWHERE,
  url: text,
  name: text,
  'app-url': text,
  'client-id': text,
  'client-secret': text,
  public: flag,
  yes: { ...flag, short: 'y' },
} as const;
const DOCTOR = { ...EVERYWHERE, mode: text, offline: flag } as const;
const EJECT = { ...EVERYWHERE, sdk: text, force: flag } as const;

export async function main(argv: string[], terminal: Terminal = openTerminal()): Promise<number> {
  const isJson = argv.includes('--json');
  try {
    return await run(argv, terminal);
  } catch (error) {
    if (!(error instanceof GatehouseAstroError)) throw error;
    if (isJson) terminal.note(`${JSON.stringify({ error: error.code, message: error.message })}\n`);
    else terminal.note(`${shown(terminal, error)}\n`);
    return error.code === 'GH405' ? 2 : 1;
  }
}

function shown({ paint }: Terminal, { code, message }: GatehouseAstroError): string {
  return `${paint.red('✗')} ${paint.bold(code)} ${message.slice(code.length + 2)}`;
}

async function run(argv: string[], terminal: Terminal): Promise<number> {
  const [command = 'help', ...rest] = argv;
  switch (command) {
    case 'init':
      return await withOptions(rest, INIT, command, terminal, init);
    case 'doctor':
      return await withOptions(rest, DOCTOR, command, terminal, doctor);
    case 'eject':
      return await withOptions(rest, EJECT, command, terminal, eject);
    case 'dev':
      return await dev(rest);
    case 'help':
    case '--help':
    case '-h':
      return help(terminal, rest[0]);
    case '--version':
    case '-v':
      terminal.write(`${version()}\n`);
      return 0;
    default:
      throw failure('GH405', `there is no command ${command.slice(0, 40)}`);
  }
}

function help(terminal: Terminal, command: string | undefined): number {
  if (command !== undefined && !Object.hasOwn(HELP, command)) {
    throw failure('GH405', `there is no command ${command.slice(0, 40)}`);
  }
  terminal.write(command === undefined ? OVERVIEW : (HELP[command] ?? OVERVIEW));
  return 0;
}

type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

async function withOptions<T extends Options>(
  argv: string[],
  options: T,
  command: string,
  terminal: Terminal,
  act: (terminal: Terminal, options: Values<T>) => Promise<number>,
): Promise<number> {
  const values = parsed(argv, options);
  if ('help' in values && values['help']) return help(terminal, command);
  return await act(terminal, values);
}

function parsed<T extends Options>(argv: string[], options: T): Values<T> {
  try {
    return parseArgs({ args: argv, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('.')[0] : '';
    throw failure('GH405', (why ?? '').slice(0, 200));
  }
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

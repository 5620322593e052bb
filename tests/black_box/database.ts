// A PostgreSQL database of our own, on the server that GATEHOUSE_TEST_POSTGRES names.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SERVER = process.env['GATEHOUSE_TEST_POSTGRES'];
const PSQL = ['/usr/lib/postgresql/15/bin/psql'].find(existsSync) ?? 'psql';
let made = 0;

export class PrivateDatabase {
  private constructor(
    private readonly name: string,
    readonly url: string,
  ) {}

  // Without tables. Nothing where the tests run on the embedded database.
  static create(): PrivateDatabase | undefined {
    if (!SERVER) return undefined;
    made += 1;
    const name = `gatehouse_${process.pid}_${made}`;
    ask(SERVER, `CREATE DATABASE ${name} TEMPLATE template0`);
    const url = new URL(SERVER);
    url.pathname = `/${name}`;
    return new PrivateDatabase(name, url.href);
  }

  // The rows of an answer, their columns separated by |.
  query(sql: string): string[] {
    return ask(this.url, sql);
  }

  // Whoever is still connected is not any more.
  drop(): void {
    if (SERVER) ask(SERVER, `DROP DATABASE ${this.name} WITH (FORCE)`);
  }
}

function ask(url: string, sql: string): string[] {
  const done = spawnSync(PSQL, [url, '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`psql: ${done.stderr || String(done.error)}`);
  return done.stdout.split('\n').filter((line) => line !== '');
}

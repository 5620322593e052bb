// A clock that a test moves for the processes that it gives this environment to.
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

export class MovedClock {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-clock-'));
  private offsetSeconds = 0;

  constructor() {
    if (!existsSync(LIBRARY)) throw new Error('the package faketime is not installed');
    this.set(0);
  }

  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: join(this.folder, 'offset'),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  // ms since 1970.
  now(): number {
    return Date.now() + this.offsetSeconds * 1000;
  }

  // How far it is ahead of the machine's clock.
  set(seconds: number): void {
    this.offsetSeconds = seconds;
    writeFileSync(join(this.folder, 'new'), seconds < 0 ? `${seconds}` : `+${seconds}`);
    renameSync(join(this.folder, 'new'), join(this.folder, 'offset'));
  }

  advance(seconds: number): void {
    this.set(this.offsetSeconds + seconds);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

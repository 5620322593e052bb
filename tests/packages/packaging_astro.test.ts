// @gatehouse/astro as it is packed: what `astro add` looks for, what resolves, and nothing more.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../black_box/gatehouse.js';

const run = promisify(execFile);
const BIN = join(ROOT, 'node_modules/.bin');

interface Described {
  name: string;
  version: string;
  keywords: string[];
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  exports: Record<string, unknown>;
  bin: Record<string, string>;
}

describe('the package @gatehouse/astro', () => {
  let folder: string;
  let tarball: string;
  let described: Described;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
    const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const options = { cwd: join(ROOT, 'packages/astro'), maxBuffer: 1 << 24 };
    const { stdout } = await run('npm', words, options);
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    assert.ok(packed);
    tarball = join(folder, packed.filename);
    await run('tar', ['xzf', tarball, '-C', folder]);
    described = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8')) as Described;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is one that `astro add` takes, and brings nothing but our SDK', () => {
    assert.ok(described.keywords.includes('astro-integration'));
    assert.deepEqual(Object.keys(described.dependencies), ['@gatehouse/sdk']);
    assert.deepEqual(Object.keys(described.peerDependencies), ['astro']);
    const sdk = readFileSync(join(ROOT, 'packages/sdk/package.json'), 'utf8');
    const { version } = JSON.parse(sdk) as { version: string };
    assert.equal(described.dependencies['@gatehouse/sdk'], version);
    assert.deepEqual(Object.keys(described.bin), ['gatehouse']);
  });

  test('holds what it needs, and nothing else', async () => {
    const { stdout } = await run('tar', ['tzf', tarball], { maxBuffer: 1 << 24 });
    const files = stdout
      .trim()
      .split('\n')
      .map((name) => name.replace(/^package\//, ''));
    const expected = [
      /^(package\.json|README\.md|LICENSE|virtual\.d\.ts|bin\/gatehouse\.mjs)$/,
      /^dist\/(\w+\/)?\w+\.(js|d\.ts)$/,
      /^components\/(parts\/)?\w+\.(astro|ts|md)$/,
      /^bin\/eject\/(shared|gatehouse|scalekit)\/src\/.*\.ts$/,
    ];
    const isExpected = (name: string): boolean => expected.some((kind) => kind.test(name));
    assert.deepEqual(
      files.filter((name) => !isExpected(name)),
      [],
    );
    for (const name of ['README.md', 'LICENSE', 'dist/index.js', 'components/UserButton.astro']) {
      assert.ok(files.includes(name), name);
    }
  });

  test('publint finds nothing', async () => {
    const { stdout } = await run(join(BIN, 'publint'), ['run', '--strict', tarball]);
    assert.match(stdout, /All good!/);
  });

  test('its types are found, wherever modules are modules', async () => {
    // Components are sources that Astro compiles; `astro check` reads them in tests/astro.
    const sources = ['--exclude-entrypoints', './components', './components/*'];
    const words = [tarball, '--profile', 'esm-only', ...sources];
    const { stdout } = await run(join(BIN, 'attw'), words, { maxBuffer: 1 << 26 });
    for (const entry of ['server', 'client', 'compat', 'middleware']) {
      assert.ok(stdout.includes(`"@gatehouse/astro/${entry}"\n\nnode16 (from ESM): 🟢`), entry);
    }
  });
});

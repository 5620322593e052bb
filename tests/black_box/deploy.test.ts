// What deploy/ and docs/operations/ tell an operator is what the binary takes: commands, options,
// settings, files. And the load balancers do what they are there for, in front of two real nodes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from './gatehouse.js';

const BINARY = resolve(ROOT, process.env['GATEHOUSE'] ?? 'build/release/gatehouse');
const DRAIN_S = 15;

const filesUnder = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/secrets'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const printed = (...words: string[]): string =>
  execFileSync(BINARY, words, { encoding: 'utf8', maxBuffer: 1 << 24 });

const FILES = [...filesUnder('deploy'), ...filesUnder('docs/operations')];

// "admin users list" → what it may be given, from the binary's own reference.
function commands(): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  let current = new Set<string>();
  for (const line of printed('reference').split('\n')) {
    const heading = /^#+ `gatehouse ([^`]+)`/.exec(line)?.[1];
    if (heading) all.set(heading, (current = new Set(['--help'])));
    const option = /^\| `(--[a-z-]+)`/.exec(line)?.[1];
    if (option) current.add(option);
  }
  return all;
}

// Texts of a file that may be commands: all of it, or the code in a Markdown page.
function codeOf(file: string): string[] {
  const text = textOf(file).replaceAll('\\\n', ' ');
  if (!file.endsWith('.md')) return text.split('\n');
  const fences = [...text.matchAll(/^ *```\w*\n(.*?)^ *```$/gms)].map((found) => found[1] ?? '');
  const rest = text.replaceAll(/^ *```.*?^ *```$/gms, '');
  const spans = [...rest.matchAll(/`([^`\n]+)`/g)].map((found) => found[1] ?? '');
  return [...fences.flatMap((fence) => fence.split('\n')), ...spans];
}

// What is wrong with the words after `gatehouse`; nothing if they are a command.
function problemOf(words: string[], known: Map<string, Set<string>>): string | undefined {
  const names = words.slice(0, words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)) >>> 0);
  while (names.length > 0 && !known.has(names.join(' '))) names.pop();
  if (names.length === 0) return `there is no command ${words[0]}`;
  const allowed = names.flatMap((_, end) => [
    ...(known.get(names.slice(0, end + 1).join(' ')) ?? []),
  ]);
  const option = words.map((word) => word.split('=')[0] ?? '').find(
    (word) => word.startsWith('--') && !allowed.includes(word),
  );
  return option && `${names.join(' ')} takes no ${option}`;
}

function invocations(line: string): string[][] {
  const command = /(?<![\w/.=:-])(?:\S*\/)?gatehouse(?:-run|-new)? (?=([^`|;&>)#]+))/g;
  const found = [...line.matchAll(command)]
    .map((match) => (match[1] ?? '').trim().split(/\s+/))
    .filter(([first]) => /^[a-z][a-z-]*$/.test(first ?? ''));
  const list = /^\s*(?:args: |CMD |command: )\[(.*)\]/.exec(line)?.[1];
  const words = list?.split(',').map((word) => word.trim().replaceAll('"', '')) ?? [];
  const isOurs = words.includes('/etc/gatehouse/gatehouse.toml');
  return isOurs ? [...found, words] : found;
}

describe('deploy/ and docs/operations/', () => {
  test('every command that they name exists, with every option', () => {
    const known = commands();
    assert.ok(known.get('serve')?.has('--config'), 'the reference was understood');
    let count = 0;
    for (const file of FILES) {
      for (const words of codeOf(file).flatMap(invocations)) {
        // Names of files and services, beside which no command stands.
        if (words[0]?.startsWith('gatehouse')) continue;
        count += 1;
        assert.equal(problemOf(words, known), undefined, `${file}: gatehouse ${words.join(' ')}`);
      }
    }
    assert.ok(count > 40, `${count} commands were found`);
    assert.match(problemOf(['serve', '--quietly'], known) ?? '', /takes no --quietly/);
    assert.match(problemOf(['surf'], known) ?? '', /no command surf/);
  });

  test('every setting and variable that they name exists', () => {
    const reference = printed('serve', '--print-config-reference');
    const sections = new Set([...reference.matchAll(/^## \[(\w+)\]/gm)].map(([, name]) => name));
    const settings = new Set<string>();
    for (const part of reference.split(/^## \[/m).slice(1)) {
      const section = part.slice(0, part.indexOf(']'));
      for (const [, key] of part.matchAll(/^\| `(\w+)`/gm)) settings.add(`${section}.${key}`);
    }
    const events = new Set(
      filesUnder('server')
        .filter((file) => file.endsWith('.cc'))
        .flatMap((file) => [...textOf(file).matchAll(/"([a-z]+\.[a-z_]+)"/g)])
        .map(([, name]) => name),
    );
    let count = 0;
    for (const file of FILES) {
      const text = textOf(file);
      for (const [, section, key] of text.matchAll(/[`\s]([a-z_]+)\.([a-z_]+)(?=[\s`,.:;)])/g)) {
        // Names of files and of events in the log look the same.
        if (!sections.has(section) || ['key', 'password', 'toml'].includes(key ?? '')) continue;
        count += 1;
        const name = `${section}.${key}`;
        assert.ok(settings.has(name) || events.has(name), `${file}: ${name}`);
      }
      for (const [variable] of text.matchAll(/\bGATEHOUSE_[A-Z_]*[A-Z]\b/g)) {
        if (variable.endsWith('_FILE')) assert.ok(reference.includes(variable), variable);
      }
      for (const name of tomlSettings(text)) {
        count += 1;
        assert.ok(settings.has(name), `${file}: ${name}`);
      }
    }
    assert.ok(count > 25, `${count} settings were found`);
  });

  test('every metric that they name is one', () => {
    const source = textOf('server/telemetry/metrics.cc');
    const names = filesUnder('docs/operations').flatMap((file) => [
      ...(textOf(file).match(/\bgatehouse_[a-z_]+(?=[`{\[) ])/g) ?? []),
    ]);
    assert.ok(new Set(names).size > 5, 'some are named');
    for (const name of names) assert.ok(source.includes(`"${name}"`), name);
  });

  for (const file of [
    'deploy/systemd/gatehouse.toml',
    'deploy/compose/gatehouse.toml',
    'deploy/kubernetes/configmap.yaml',
    'deploy/gatehouse.example.toml',
  ]) {
    test(`the configuration in ${file} is accepted`, () => {
      const text = textOf(file).replace(/^.*?gatehouse\.toml: \|\n/s, '').replaceAll(/^ {4}/gm, '');
      assert.match(refusal(text), /data\.folder/, 'it gets as far as the folder, which cannot be');
      const misspelt = text.replace(/^base_url/m, 'base_uri');
      assert.match(refusal(misspelt), /there is no setting environment\.base_uri/);
    });
  }

  test('whatever stops a node waits for longer than it drains', () => {
    const seconds = (file: string, pattern: RegExp): number => {
      const found = pattern.exec(textOf(file))?.[1];
      assert.ok(found, `${file} says how long it waits`);
      return Number(found);
    };
    assert.ok(seconds('deploy/systemd/gatehouse.service', /^TimeoutStopSec=(\d+)$/m) > DRAIN_S);
    assert.ok(seconds('deploy/compose/compose.yaml', /stop_grace_period: (\d+)s/) > DRAIN_S);
    const pod = 'deploy/kubernetes/deployment.yaml';
    const pause = seconds(pod, /command: \[sleep, "(\d+)"\]/);
    assert.ok(seconds(pod, /terminationGracePeriodSeconds: (\d+)/) > DRAIN_S + pause);
  });

  test('the unit is one that systemd understands', (context) => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
      context.skip('systemd-analyze is not installed');
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
    try {
      const unit = join(folder, 'gatehouse.service');
      const text = textOf('deploy/systemd/gatehouse.service');
      writeFileSync(unit, text.replace('/usr/local/bin/gatehouse', BINARY));
      const done = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
      assert.equal(done.stderr.split('\n').filter((line) => line.includes(unit)).join('\n'), '');
      assert.equal(done.status, 0, done.stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the image has every library of the binary, and every folder of the build', (context) => {
    const containerfile = textOf('deploy/container/Containerfile');
    const cmake = textOf('CMakeLists.txt');
    for (const [, folder] of cmake.matchAll(/^(?:add_subdirectory|include)\((\w+)/gm)) {
      assert.match(containerfile, new RegExp(`^COPY ${folder} ${folder}$`, 'm'));
    }
    if (spawnSync('dpkg', ['--version']).status !== 0) {
      context.skip('libraries are looked up with dpkg, which is not installed');
      return;
    }
    const runtime = containerfile.slice(containerfile.lastIndexOf('\nFROM '));
    const needed = execFileSync('readelf', ['-d', BINARY], { encoding: 'utf8' });
    const libraries = [...needed.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name ?? '');
    const patterns = libraries.map((name) => `*-linux-gnu/${name}`);
    const owners = spawnSync('dpkg', ['-S', ...patterns], { encoding: 'utf8' }).stdout;
    for (const library of libraries) {
      const line = owners.split('\n').find((each) => each.endsWith(`/${library}`));
      const name = /^[\w.+-]+/.exec(line ?? '')?.[0] ?? `nobody has ${library}`;
      if (['libc6', 'libgcc-s1', 'libasan8', 'libubsan1'].includes(name)) continue;
      assert.match(runtime, new RegExp(`[ \n]${name.replaceAll(/[.+]/g, '\\$&')}[ \n]`), library);
    }
  });

  test('every link to a file leads to one', () => {
    let count = 0;
    for (const file of FILES.filter((name) => name.endsWith('.md'))) {
      for (const [, target] of textOf(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        count += 1;
        assert.ok(existsSync(resolve(ROOT, dirname(file), target ?? '')), `${file}: ${target}`);
      }
    }
    assert.ok(count > 30, `${count} links were found`);
  });

  test('no secret is in them', () => {
    for (const file of FILES) {
      assert.doesNotMatch(textOf(file), /BEGIN [A-Z ]*PRIVATE KEY|\b[0-9a-f]{64}\b/, file);
    }
  });
});

// As systemd and Kubernetes hand them over: root's, and readable by the group of the service.
test('a secret may be readable by its group if it is not ours but root\'s', (context) => {
  if (process.getuid?.() !== 0) {
    context.skip('only root can give a file away');
    return;
  }
  const [nobody, somebody, root] = [65_534, 1, 0];
  const cases: [number, number, RegExp][] = [
    [root, 0o440, /data\.folder/], // it was read, and the next thing is wrong
    [root, 0o444, /others than its owner may read/],
    [root, 0o460, /others than its owner may read/],
    [somebody, 0o440, /others than its owner may read/],
    [nobody, 0o440, /others than its owner may read/],
    [nobody, 0o400, /data\.folder/],
  ];
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  try {
    const key = join(folder, 'master.key');
    const file = join(folder, 'gatehouse.toml');
    writeFileSync(key, randomBytes(32).toString('hex'));
    writeFileSync(
      file,
      textOf('deploy/systemd/gatehouse.toml')
        .replace(/^folder = .*$/m, 'folder = "/dev/null/none"')
        .replace(/^user = .*$/m, ''),
    );
    chmodSync(folder, 0o755);
    const environment = { ...process.env, GATEHOUSE_MASTER_KEY_FILE: key };
    for (const [owner, mode, expected] of cases) {
      chownSync(key, owner, nobody);
      chmodSync(key, mode);
      const done = spawnSync(BINARY, ['serve', '--config', file], {
        encoding: 'utf8',
        env: environment,
        uid: nobody,
        gid: nobody,
      });
      assert.match(done.stderr, expected, `owner ${owner}, mode ${mode.toString(8)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nothing that other engines of PostgreSQL lack is in a statement or a migration', () => {
  const never = [
    /pg_(try_)?advisory/i,
    /\b(big|small)?serial\b(?!iz)/i,
    /\bnextval\b|\bcreate sequence\b|\bgenerated (always|by default) as identity\b/i,
    /\bcreate (global |local )?temp(orary)?\b/i,
    /\block table\b/i,
    /\bfor (no key )?(update|share)\b/i,
    /\bcreate (extension|procedure|domain)\b(?! amcheck)/i,
    /"COPY\b|\blo_(import|export|create)\b/,
    /\b(jsonb?|numeric|uuid|timestamptz?|interval)\b *(not null|,|\()/i,
  ];
  const sources = filesUnder('server').filter(
    (file) =>
      file.endsWith('.postgres.sql') ||
      (/_store\.cc$|one_time\.cc$|storage\/(postgres\/)?\w+\.cc$/.test(file) &&
        !file.endsWith('_test.cc')),
  );
  assert.ok(sources.length > 50, `${sources.length} files were found`);
  for (const file of sources) {
    const code = textOf(file).replaceAll(/^\s*(--|\/\/).*$/gm, '');
    const texts = code.match(/"(?:\\.|[^"\\\n])*"/g) ?? [];
    const sql = file.endsWith('.sql') ? code : texts.join('\n');
    for (const pattern of never) assert.doesNotMatch(sql, pattern, file);
    const isListener = file === 'server/storage/postgres/listener.cc';
    if (!isListener) assert.doesNotMatch(sql, /\bLISTEN\b/, file);
  }
  assert.match('CREATE TEMPORARY TABLE x', never[3] as RegExp);
});

function tomlSettings(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```toml\n(.*?)^ *```$/gms)].map((found) => found[1] ?? '');
  return blocks.flatMap((block) => {
    let section = '';
    return block.split('\n').flatMap((line) => {
      section = /^ *\[(\w+)\]/.exec(line)?.[1] ?? section;
      const key = /^ *(\w+) = /.exec(line)?.[1];
      return key ? [`${section}.${key}`] : [];
    });
  });
}

// What the binary says of a configuration whose data folder cannot be. It asks no one else before.
function refusal(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  try {
    const file = join(folder, 'gatehouse.toml');
    let changed = text.replace(/^folder = .*$/m, 'folder = "/dev/null/none"');
    // The files that it names, as they would be; the unit names some by variables.
    for (const name of ['tls_certificate', 'tls_key', 'file', 'password_file']) {
      writeFileSync(join(folder, name), 'x', { mode: 0o600 });
      const line = new RegExp(`^${name} = .*$`, 'gm');
      changed = changed.replaceAll(line, `${name} = "${folder}/${name}"`);
    }
    writeFileSync(file, changed);
    const variables: Record<string, string> = {};
    if (!/^\[master_key\]/m.test(text)) variables['MASTER_KEY'] = 'file';
    if (/^user = /m.test(text) && !/^password_file = .*smtp/m.test(text)) {
      variables['SMTP_PASSWORD'] = 'password_file';
    }
    const given = Object.entries(variables).map(([name, value]) => [
      `GATEHOUSE_${name}_FILE`,
      join(folder, value),
    ]);
    const environment = { ...process.env, ...Object.fromEntries(given) };
    const done = spawnSync(BINARY, ['migrate', '--config', file], {
      encoding: 'utf8',
      env: environment,
    });
    assert.equal(done.status, 1, done.stderr);
    return done.stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Every snippet of docs/astro is compiled or run: pages and modules are type-checked and built
// together in one site, each configuration is loaded, each variable is one that the package reads.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../black_box/gatehouse.js';

const DOCS = join(ROOT, 'docs/astro');
// Within the repository, so that packages are found where the examples find them.
const SITE = join(ROOT, 'build/astro/docs');

const MESSAGES_BEGIN = /<!-- messages: .* -->/;
const MESSAGES_END = '<!-- end of messages -->';

interface Snippet {
  page: string;
  line: number;
  language: string;
  title: string;
  text: string;
}

function snippetsOf(page: string): Snippet[] {
  const found: Snippet[] = [];
  let open: Snippet | undefined;
  let indent = '';
  readFileSync(join(DOCS, page), 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const fence = /^(\s*)```(\w*)(?: title="([^"]+)")?$/.exec(line);
      if (!fence) {
        if (open) open.text += line.slice(line.startsWith(indent) ? indent.length : 0) + '\n';
        return;
      }
      if (open) {
        found.push(open);
        open = undefined;
        return;
      }
      const [, space = '', language = '', title = ''] = fence;
      indent = space;
      open = { page, line: index + 1, language, title, text: '' };
    });
  assert.equal(open, undefined, `${page}: a code block without an end`);
  return found;
}

const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
const snippets = pages.flatMap(snippetsOf);
const where = ({ page, line }: Snippet): string => `docs/astro/${page}:${line}`;
const configurations = snippets.filter(({ title }) => title === 'astro.config.mjs');
const sources = snippets.filter(({ title }) => title.startsWith('src/'));

// The section on messages, from the table in the package.
async function messages(): Promise<string> {
  const url = pathToFileURL(join(ROOT, 'packages/astro/dist/messages.js')).href;
  const { MESSAGES } = (await import(url)) as {
    MESSAGES: Record<string, { what: string; fix: string }>;
  };
  const groups: [string, string][] = [
    ['GH1', 'Environment and options'],
    ['GH2', 'At run time'],
    ['GH3', 'While building, and in the toolbar'],
    ['GH4', 'On the command line'],
  ];
  const shown = (text: string): string => text.replaceAll('{}', '…').replace(/</g, '&lt;');
  return groups
    .map(([prefix, title]) => {
      const codes = Object.keys(MESSAGES).filter((code) => code.startsWith(prefix));
      const rows = codes.sort().map((code) => {
        const { what, fix } = MESSAGES[code] ?? { what: '', fix: '' };
        return `#### ${code}\n\n${shown(what)} **${shown(fix)}**\n`;
      });
      return `### ${title}\n\n${rows.join('\n')}`;
    })
    .join('\n');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(SITE, path)), { recursive: true });
  writeFileSync(join(SITE, path), text);
}

function run(words: string[]): Promise<{ code: number; output: string }> {
  const program = join(ROOT, 'node_modules/.bin/astro');
  const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' };
  return new Promise((settle) => {
    execFile(program, words, { cwd: SITE, env, timeout: 110_000 }, (error, out, err) => {
      settle({ code: error ? 1 : 0, output: out + err });
    });
  });
}

describe('the snippets of docs/astro', () => {
  before(() => {
    rmSync(SITE, { recursive: true, force: true });
    write('package.json', '{ "private": true, "type": "module" }\n');
    const include = ['.astro/types.d.ts', 'src/**/*'];
    write('tsconfig.json', JSON.stringify({ extends: 'astro/tsconfigs/strict', include }));
  });

  test('say which file they are', () => {
    const kinds = new Set(['sh', 'ini', 'nginx', 'dockerfile', 'json', 'text', 'css', 'html']);
    for (const snippet of snippets) {
      const isNamed = snippet.title !== '' || kinds.has(snippet.language);
      assert.ok(isNamed, `${where(snippet)}: a snippet that nothing would check`);
    }
    assert.ok(sources.length > 10);
    assert.ok(configurations.length > 3);
  });

  test('are configurations that load', async () => {
    for (const [index, snippet] of configurations.entries()) {
      const path = `configurations/${index}.mjs`;
      write(path, snippet.text);
      const url = pathToFileURL(join(SITE, path)).href;
      const loaded = (await import(url)) as { default: { integrations: { name: string }[] } };
      const names = loaded.default.integrations.map(({ name }) => name);
      assert.ok(names.includes('@gatehouse/astro'), where(snippet));
    }
  });

  test('are pages and modules that compile and build', { timeout: 240_000 }, async () => {
    const taken = new Map<string, Snippet>();
    for (const snippet of sources) {
      const other = taken.get(snippet.title);
      assert.equal(other, undefined, `${where(snippet)}: ${snippet.title} is there twice`);
      taken.set(snippet.title, snippet);
      write(snippet.title, snippet.text);
    }
    // With the most in it: a store in a file of the site.
    const whole = configurations.find(({ text }) => text.includes('./src/session_store.ts'));
    assert.ok(whole);
    write('astro.config.mjs', whole.text);
    const checked = await run(['check', '--minimumFailingSeverity', 'error']);
    assert.equal(checked.code, 0, checked.output);
    const built = await run(['build']);
    assert.equal(built.code, 0, built.output);
    assert.ok(existsSync(join(SITE, 'dist/server/entry.mjs')));
  });

  test('name variables that the package reads', () => {
    const reads = readFileSync(join(ROOT, 'packages/astro/src/runtime/environment.ts'), 'utf8');
    const settings = snippets.filter(({ language }) => language === 'ini');
    assert.ok(settings.length > 0);
    for (const snippet of settings) {
      for (const [, name = ''] of snippet.text.matchAll(/^([A-Z_]+)=/gm)) {
        assert.ok(reads.includes(`'${name}'`), `${where(snippet)}: nothing reads ${name}`);
      }
    }
  });

  test('explain every message, in its own words', async () => {
    const path = join(DOCS, 'troubleshooting.md');
    const text = readFileSync(path, 'utf8');
    const begin = MESSAGES_BEGIN.exec(text);
    const end = text.indexOf(MESSAGES_END);
    assert.ok(begin && end > begin.index);
    const head = text.slice(0, begin.index + begin[0].length);
    const expected = `${head}\n\n${await messages()}\n${text.slice(end)}`;
    if (process.env['GATEHOUSE_DOCS'] === 'update') writeFileSync(path, expected);
    else assert.equal(text, expected);
  });

  test('name every code of an error of the SDK', () => {
    const text = readFileSync(join(DOCS, 'troubleshooting.md'), 'utf8');
    const errors = readFileSync(join(ROOT, 'packages/sdk/src/auth/errors.ts'), 'utf8');
    const types = readFileSync(join(ROOT, 'packages/sdk/src/web/types.ts'), 'utf8');
    const union = /WebAuthErrorCode =([^;]*);/.exec(types)?.[1] ?? '';
    const codes = [...`${errors}${union}`.matchAll(/'([a-z]+_[a-z_]+)'/g)].map(([, code]) => code);
    assert.ok(codes.length > 25);
    for (const code of codes) assert.ok(text.includes(`\`${code}\``), code);
  });

  test('point to pages that are there', () => {
    for (const page of pages) {
      const text = readFileSync(join(DOCS, page), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[\w-]*)?\)/g)) {
        if (/^https?:/.test(target)) continue;
        assert.ok(existsSync(join(DOCS, target)), `docs/astro/${page} points to ${target}`);
      }
    }
  });
});

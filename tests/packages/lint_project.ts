// Projects in temporary folders, and what the lint of @gatehouse/astro finds in them.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../black_box/gatehouse.js';

type LintModule = typeof import('../../packages/astro/dist/lint/index.js');
type OptionsModule = typeof import('../../packages/astro/dist/options.js');
type SourceModule = typeof import('../../packages/astro/dist/lint/source.js');
type RegistrationModule = typeof import('../../packages/astro/dist/lint/registration.js');
export type Settings = Parameters<InstanceType<LintModule['Lint']>['configured']>[0];
export type Routes = Parameters<InstanceType<LintModule['Lint']>['routesResolved']>[0];
type Options = NonNullable<Parameters<OptionsModule['checkedOptions']>[0]>;

const built = async (file: string): Promise<unknown> =>
  await import(pathToFileURL(join(ROOT, 'packages/astro/dist', file)).href);

export const { Lint, LintError } = (await built('lint/index.js')) as LintModule;
export const { readSource } = (await built('lint/source.js')) as SourceModule;
export const { askRegistration } = (await built('lint/registration.js')) as RegistrationModule;
const { builtConfig, checkedOptions } = (await built('options.js')) as OptionsModule;

export interface Case {
  files?: Record<string, string>;
  options?: Options;
  settings?: Partial<Settings>;
  base?: string;
  // Undefined: none are known, as on Astro 4.
  routes?: Routes;
  variables?: Record<string, string>;
  fetch?: typeof fetch;
  mode?: 'error' | 'warn' | 'off';
}

export const NODE_CONFIG = `import { defineConfig } from 'astro/config';
import node from '@astrojs/node';
import gatehouse from '@gatehouse/astro';
export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  integrations: [gatehouse()],
});
`;

export function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-lint-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

// A project that Astro itself can build, with the packages of this repository.
export function buildableFolder(files: Record<string, string>): string {
  const folder = folderOf({
    'package.json': JSON.stringify({ name: 'linted', type: 'module', private: true }),
    'astro.config.mjs': NODE_CONFIG,
    ...files,
  });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

export function lintFor(folder: string, one: Case): InstanceType<typeof Lint> {
  const options = checkedOptions(one.options ?? {});
  const lint = new Lint({
    mode: one.mode ?? 'error',
    variable: (name) => one.variables?.[name],
    ...(one.fetch && { fetch: one.fetch }),
  });
  const config = builtConfig(options, {
    base: one.base ?? '/',
    trailingSlash: 'ignore',
    site: '',
    imageRoute: '/_image',
    isDev: false,
    devCookieSecret: '',
    checkOrigin: true,
    formAnswers: 'redirect',
    version: '0.0.0',
  });
  const root = pathToFileURL(`${folder}/`);
  const settings = { output: 'server' as const, root, srcDir: new URL('src/', root), adapter: {} };
  lint.configured({ ...settings, ...one.settings }, config, one.routes ? 'server' : undefined);
  if (one.routes) lint.routesResolved(one.routes);
  return lint;
}

// 'GH302 src/pages/index.astro:3', in the order in which they were found.
export async function foundIn(one: Case): Promise<string[]> {
  const folder = folderOf(one.files ?? {});
  try {
    const found = await lintFor(folder, one).findings();
    return found.map(({ code, file, line }) =>
      [code, file && `${file}${line ? `:${line}` : ''}`].filter(Boolean).join(' '),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// `gatehouse eject`: writes sign-in into the project as source files of its own, in place of the
// integration: the SDK client, three endpoints, the middleware and the types of `locals`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from './files.js';
import { findProject } from './project.js';
import { failure, type Terminal } from './terminal.js';

export interface EjectOptions {
  root?: string | undefined;
  sdk?: string | undefined;
  force?: boolean | undefined;
  json?: boolean | undefined;
}

const SDKS: Record<string, string[]> = {
  gatehouse: ['npm install @gatehouse/sdk'],
  scalekit: ['npm install @scalekit-sdk/node', 'npm install --save-dev @types/node'],
};
// Of this package, installed or in its repository: from dist/cli/ up to bin/eject/.
const SOURCES = fileURLToPath(new URL('../../bin/eject/', import.meta.url));

export async function eject(terminal: Terminal, options: EjectOptions): Promise<number> {
  const sdk = options.sdk ?? 'gatehouse';
  const installs = Object.hasOwn(SDKS, sdk) ? SDKS[sdk] : undefined;
  if (!installs) throw failure('GH405', `--sdk is gatehouse or scalekit, not ${sdk}`);
  const project = findProject(options.root);
  const files = [join(SOURCES, 'shared'), join(SOURCES, sdk)].flatMap((folder) =>
    filesBelow(folder).map((file) => ({ from: join(folder, file), to: file })),
  );
  if (!options.force) {
    // Nothing is written before it is known that everything may be.
    const taken = files.filter(({ to }) => existsSync(join(project.folder, to)));
    if (taken.length > 0) throw failure('GH440', taken.map(({ to }) => to).join(', '));
  }
  for (const { from, to } of files) {
    const target = join(project.folder, to);
    mkdirSync(dirname(target), { recursive: true });
    writeWhole(target, readFileSync(from, 'utf8'), 0o644);
  }
  const removed = removeOthers(project.folder, sdk, new Set(files.map(({ to }) => to)));
  const written = files.map(({ to }) => to).sort();
  const next = [
    ...installs,
    ...(project.callsGatehouse
      ? [
          `in ${project.configFile}, remove \`gatehouse()\` and its import`,
          'npm uninstall @gatehouse/astro',
        ]
      : []),
    `in ${project.configFile}, add \`security: { checkOrigin: false }\` (src/middleware.ts checks)`,
    'npx @gatehouse/astro init   # registers /api/auth/callback',
  ];
  if (options.json) terminal.write(`${JSON.stringify({ written, removed, next }, null, 2)}\n`);
  else terminal.write(summary(terminal, written, next));
  return 0;
}

const summary = ({ paint }: Terminal, written: string[], next: string[]): string =>
  written.map((file) => `${paint.green('✓')} ${file}\n`).join('') +
  `\nNext:\n${next.map((step) => `  ${step}\n`).join('')}`;

// Files that an eject for another SDK has written, and that nobody has changed since.
function removeOthers(project: string, sdk: string, kept: Set<string>): string[] {
  const others = Object.keys(SDKS).filter((name) => name !== sdk);
  return others.flatMap((name) =>
    filesBelow(join(SOURCES, name)).filter((file) => {
      const target = join(project, file);
      if (kept.has(file) || !existsSync(target)) return false;
      const written = readFileSync(join(SOURCES, name, file), 'utf8');
      const isUnchanged = readFileSync(target, 'utf8') === written;
      if (isUnchanged) rmSync(target);
      return isUnchanged;
    }),
  );
}

function filesBelow(folder: string, within = folder): string[] {
  return readdirSync(within, { withFileTypes: true }).flatMap((entry) => {
    const path = join(within, entry.name);
    return entry.isDirectory() ? filesBelow(folder, path) : [relative(folder, path)];
  });
}

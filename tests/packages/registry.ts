// An npm registry on loopback that has packages packed from this tree and knows those that are
// installed here, and a fresh Astro project whose Astro comes from there: `npm install` and
// `astro add` work as they do for everybody, and reach no network.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const MODULES = join(ROOT, 'node_modules');

type Manifest = Record<string, unknown> & {
  name: string;
  version: string;
  bin?: string | Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

const document = (manifest: Manifest): Record<string, unknown> => ({
  name: manifest.name,
  'dist-tags': { latest: manifest.version },
  versions: { [manifest.version]: manifest },
});

interface Packed {
  manifest: Manifest;
  tarball: Buffer;
}

export class Registry {
  readonly asked: string[] = [];
  private readonly packages = new Map<string, Packed>();
  private server: Server | undefined;
  url = '';

  private constructor(
    private readonly folder: string,
    private readonly modules: string,
  ) {}

  // Packs these folders as `npm publish` would, and serves what comes of it.
  static async start(folders: string[], modules = MODULES): Promise<Registry> {
    const registry = new Registry(mkdtempSync(join(tmpdir(), 'gatehouse-registry-')), modules);
    await registry.listen();
    for (const folder of folders) registry.pack(folder);
    return registry;
  }

  // For npm: this registry and nothing of the user's own.
  environment(): Record<string, string> {
    return {
      npm_config_registry: `${this.url}/`,
      npm_config_cache: join(this.folder, 'cache'),
      npm_config_userconfig: join(this.folder, 'npmrc'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      npm_config_ignore_scripts: 'true',
      npm_config_offline: 'false',
    };
  }

  files(name: string): string[] {
    const { tarball } = this.packed(name);
    const listed = execFileSync('tar', ['-tz'], { input: tarball, encoding: 'utf8' });
    return listed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^package\//, ''));
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((settle) => this.server?.close(settle));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private packed(name: string): Packed {
    const found = this.packages.get(name);
    if (!found) throw new Error(`${name} is not packed`);
    return found;
  }

  private pack(folder: string): void {
    const line = ['pack', '--ignore-scripts', '--json', '--pack-destination', this.folder];
    const said = execFileSync('npm', line, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.environment() },
    });
    const packed = Object.values(JSON.parse(said) as Record<string, { filename: string }>)[0];
    const filename = packed?.filename.replace('@', '').replace('/', '-') ?? '';
    const manifest = manifestOf(folder);
    this.packages.set(manifest.name, {
      manifest,
      tarball: readFileSync(join(this.folder, filename)),
    });
  }

  private async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const path = decodeURIComponent((request.url ?? '/').split('?', 1)[0] ?? '/').slice(1);
      this.asked.push(path);
      const answer = this.answer(path);
      const body = Buffer.isBuffer(answer)
        ? answer
        : JSON.stringify(answer ?? { error: 'not found' });
      response.writeHead(answer ? 200 : 404, {
        'content-type': Buffer.isBuffer(answer) ? 'application/octet-stream' : 'application/json',
      });
      response.end(body);
    });
    this.server = server;
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  private answer(path: string): Buffer | Record<string, unknown> | undefined {
    for (const [name, { manifest, tarball }] of this.packages) {
      const version = { ...manifest, dist: this.distribution(name, tarball) };
      if (path === `${name}/-/package.tgz`) return tarball;
      if (path === `${name}/latest` || path === `${name}/${manifest.version}`) return version;
      if (path === name) {
        return document(version);
      }
    }
    const installed = join(this.modules, path);
    if (!/^(?:@[\w.-]+\/)?[\w.-]+$/.test(path) || !existsSync(join(installed, 'package.json'))) {
      return undefined;
    }
    // It is installed wherever it is needed, so nobody comes for the tarball.
    const dist = { tarball: `${this.url}/${path}/-/package.tgz` };
    return document({ ...manifestOf(installed), dist });
  }

  private distribution(name: string, tarball: Buffer): Record<string, string> {
    const digest = (algorithm: string): Buffer => createHash(algorithm).update(tarball).digest();
    return {
      tarball: `${this.url}/${name}/-/package.tgz`,
      integrity: `sha512-${digest('sha512').toString('base64')}`,
      shasum: digest('sha1').toString('hex'),
    };
  }
}

// What `npm create astro` leaves: one page, a configuration, and Astro with an adapter installed.
// `modules` is the node_modules folder that these come from.
export function freshProject(
  folder: string,
  { modules = MODULES, page = '<h1>Hello</h1>\n', also = [] as string[] } = {},
): void {
  mkdirSync(join(folder, 'src/pages'), { recursive: true });
  const names = ['astro', '@astrojs/node', ...also];
  copyInstalled(names, modules, join(folder, 'node_modules'));
  const versions = names.map((name) => [name, manifestOf(join(modules, name)).version]);
  const manifest = {
    name: 'fresh-project',
    type: 'module',
    private: true,
    version: '0.0.1',
    scripts: { dev: 'astro dev', build: 'astro build' },
    dependencies: Object.fromEntries(versions) as Record<string, string>,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'tsconfig.json'), TSCONFIG);
  writeFileSync(join(folder, 'astro.config.mjs'), CONFIG);
  writeFileSync(join(folder, 'src/pages/index.astro'), page);
}

const TSCONFIG = `{
  "extends": "astro/tsconfigs/strict",
  "include": [".astro/types.d.ts", "**/*"],
  "exclude": ["dist"]
}
`;

export const CONFIG = `// @ts-check
import { defineConfig } from 'astro/config';
import node from '@astrojs/node';

// https://astro.build/config
export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' })
});
`;

// These packages and all that they need; files are linked where they can be, not copied.
function copyInstalled(names: string[], from: string, to: string): void {
  const done = new Set<string>();
  const wanted = [...names];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const source = join(from, name);
    if (done.has(name) || !existsSync(join(source, 'package.json'))) continue;
    done.add(name);
    mkdirSync(dirname(join(to, name)), { recursive: true });
    link(source, join(to, name));
    for (const folder of [source, ...nestedIn(source)]) {
      const { dependencies, optionalDependencies, peerDependencies } = manifestOf(folder);
      wanted.push(
        ...Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
      );
    }
    linkCommands(source, name, to);
  }
}

function link(source: string, target: string): void {
  try {
    execFileSync('cp', ['-al', source, target], { stdio: 'ignore' });
  } catch {
    // The temporary folder is on another disk.
    rmSync(target, { recursive: true, force: true });
    cpSync(source, target, { recursive: true });
  }
}

function nestedIn(folder: string): string[] {
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(join(modules, name)).map((part) => join(name, part))
      : [name],
  );
  return names
    .map((name) => join(modules, name))
    .filter((path) => existsSync(join(path, 'package.json')))
    .flatMap((path) => [path, ...nestedIn(path)]);
}

function linkCommands(source: string, name: string, to: string): void {
  const { bin } = manifestOf(source);
  const commands = typeof bin === 'string' ? { [name.split('/').pop() ?? name]: bin } : (bin ?? {});
  mkdirSync(join(to, '.bin'), { recursive: true });
  for (const [command, file] of Object.entries(commands)) {
    const at = join(to, '.bin', command);
    if (!existsSync(at)) symlinkSync(relative(join(to, '.bin'), join(to, name, file)), at);
  }
}

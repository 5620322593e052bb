// The Astro project that a command works on. Its configuration is read as text and never run; what
// cannot be read from it can be said by options.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { readSource } from '../lint/source.js';
import { routePatterns, type RouteName } from '../options.js';
import type { RouteOptions } from '../types.js';
import { failure } from './terminal.js';

export interface Project {
  folder: string;
  name: string;
  configFile: string; // its name
  config: string; // without comments
  astroVersion: string | undefined; // that is installed
  port: number; // of `astro dev`
  routes: Record<RouteName, string>; // as browsers see them
  callsGatehouse: boolean;
  hearsLogout: boolean; // whether anything answers at routes.backchannelLogout
  adapter: string | undefined; // the module of it
  output: string;
}

const CONFIG_FILES = ['mjs', 'ts', 'mts', 'js', 'cjs', 'cts'].map((end) => `astro.config.${end}`);
// What `gatehouse eject` writes, and Scalekit's guide.
const EJECTED_CALLBACK = 'src/pages/api/auth/callback.ts';
const EJECTED_BACKCHANNEL = 'src/pages/api/auth/backchannel-logout.ts';
const PORT = 4321;

export function findProject(root = '.'): Project {
  const folder = resolve(root);
  if (!existsSync(join(folder, 'package.json'))) throw failure('GH401', folder);
  const configFile = CONFIG_FILES.find((file) => existsSync(join(folder, file)));
  if (!configFile) throw failure('GH402', folder);
  const config = withoutComments(configFile, readFileSync(join(folder, configFile), 'utf8'));
  const isThere = (file: string): boolean => existsSync(join(folder, file));
  const callsGatehouse = /['"]@gatehouse\/astro['"]/.test(config) && callOf(config) !== undefined;
  const isEjected = !callsGatehouse && isThere(EJECTED_CALLBACK);
  return {
    folder,
    name: nameOf(folder),
    configFile,
    config,
    astroVersion: installedVersion(folder, 'astro'),
    port: portOf(config),
    routes: routesOf(config, isEjected),
    callsGatehouse,
    hearsLogout: !isEjected || isThere(EJECTED_BACKCHANNEL),
    adapter: adapterOf(config),
    output: /\boutput\s*:\s*['"](\w+)['"]/.exec(config)?.[1] ?? 'static',
  };
}

function withoutComments(file: string, text: string): string {
  let code = text;
  for (const { at, end } of readSource(file, text).comments) {
    code = code.slice(0, at) + ' '.repeat(end - at) + code.slice(end);
  }
  return code;
}

function nameOf(folder: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name?: unknown;
    };
    if (typeof name === 'string' && name.trim() !== '') return name.trim().slice(0, 128);
  } catch {
    throw failure('GH406', join(folder, 'package.json'));
  }
  return basename(folder) || 'astro';
}

// Of a package as this project would load it.
export function installedVersion(folder: string, name: string): string | undefined {
  try {
    const file = createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

function portOf(config: string): number {
  const port = Number(/\bserver\s*:[^}]*?\bport\s*:\s*(\d{1,5})\b/.exec(config)?.[1] ?? PORT);
  return port > 0 && port < 65_536 ? port : PORT;
}

// The text of `gatehouse(…)` and its place; by whatever name the module was imported.
function callOf(config: string): { from: number; to: number; text: string } | undefined {
  const name =
    /import\s+([\w$]+)\s+from\s+['"]@gatehouse\/astro['"]/.exec(config)?.[1] ?? 'gatehouse';
  const found = new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}\\s*\\(`).exec(config);
  if (!found) return undefined;
  const from = found.index;
  let depth = 0;
  for (let at = from + found[0].length - 1; at < config.length; ++at) {
    if (config[at] === '(') depth += 1;
    if (config[at] === ')' && --depth === 0)
      return { from, to: at + 1, text: config.slice(from, at + 1) };
  }
  return undefined;
}

const ROUTE_OPTIONS = [
  'base',
  'login',
  'callback',
  'logout',
  'backchannelLogout',
  'me',
  'switchOrg',
];

function routesOf(config: string, isEjected: boolean): Record<RouteName, string> {
  const call = callOf(config);
  const outside = call ? config.slice(0, call.from) + config.slice(call.to) : config;
  const setting = (name: string): string | undefined =>
    new RegExp(`\\b${name}\\s*:\\s*['"]([^'"]+)['"]`).exec(outside)?.[1];
  const base = `/${setting('base') ?? ''}`.replace(/\/+/g, '/').replace(/\/$/, '');
  const end = setting('trailingSlash') === 'always' ? '/' : '';
  const entries = Object.entries(
    routePatterns(isEjected ? 'scalekit' : routeOptions(call?.text ?? '')),
  );
  return Object.fromEntries(entries.map(([name, path]) => [name, base + path + end])) as Record<
    RouteName,
    string
  >;
}

function routeOptions(call: string): RouteOptions | 'scalekit' {
  if (/\broutes\s*:\s*['"]scalekit['"]/.test(call)) return 'scalekit';
  const inside = /\broutes\s*:\s*\{([^}]*)\}/.exec(call)?.[1] ?? '';
  const options = ROUTE_OPTIONS.flatMap((name) => {
    const path = new RegExp(`\\b${name}\\s*:\\s*['"]([^'"]+)['"]`).exec(inside)?.[1];
    return path ? [[name, path]] : [];
  });
  return Object.fromEntries(options) as RouteOptions;
}

function adapterOf(config: string): string | undefined {
  const name = /\badapter\s*:\s*([\w$]+)/.exec(config)?.[1];
  if (!name) return undefined;
  const source = new RegExp(`import\\s+${name.replaceAll('$', '\\$')}\\s+from\\s+['"]([^'"]+)['"]`);
  return source.exec(config)?.[1] ?? name;
}

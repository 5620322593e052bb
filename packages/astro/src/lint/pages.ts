// GH301: pages that `protect` names although they are the same file for everybody.
import { Protection } from '../runtime/protect.js';
import type { BuiltConfig } from '../types.js';
import { finding, type Finding, type Place } from './finding.js';
import type { Project } from './project.js';
import { routeOfFile } from './proxies.js';
import { lineAt, type Source } from './source.js';

// Of astro:routes:resolved, or read from the folder `pages` where Astro has no such hook.
export interface PageRoute {
  pattern: string; // '/blog/[slug]'
  file: string; // from the project's folder
  isPrerendered: boolean;
}

export type Output = 'static' | 'hybrid' | 'server';

// These two are shown for other pages, whoever asks.
const isErrorPage = (path: string): boolean => /^\/(?:404|500)(?:\.html)?\/?$/.test(path);

export function prerenderedPages(
  routes: PageRoute[],
  project: Project,
  built: BuiltConfig,
): Finding[] {
  const protection = new Protection(built.protect, built.base);
  return routes
    .filter((route) => route.isPrerendered && !isErrorPage(route.pattern))
    .filter((route) => samplesOf(route.pattern).some((path) => protection.rulesFor(path)[0]))
    .map((route) => told(route.pattern, route.file, project));
}

// Of astro:build:done: a dynamic route is known by its pages only then.
export function prerenderedPaths(paths: string[], built: BuiltConfig): Finding[] {
  const protection = new Protection(built.protect, built.base);
  return paths
    .map((path) => `/${path.replace(/^\/+/, '')}`)
    .filter((path) => !isErrorPage(path) && protection.rulesFor(path).length > 0)
    .map((path) => finding('GH301', path));
}

export function routesOfFolder(project: Project, output: Output): PageRoute[] {
  const routes: PageRoute[] = [];
  for (const source of project.sources) {
    const pattern = routeOfFile(source.file);
    if (pattern === undefined) continue;
    const isPrerendered = prerenderOf(source)?.value ?? output !== 'server';
    routes.push({ pattern, file: source.file, isPrerendered });
  }
  return routes;
}

// Paths that a route may answer.
function samplesOf(pattern: string): string[] {
  if (!pattern.includes('[')) return [pattern];
  const filled = (rest: string): string =>
    pattern.replace(/\/?\[\.\.\.[^\]]*\]/g, rest).replace(/\[[^\]]*\]/g, 'x') || '/';
  return [filled('/x'), filled('/x/x'), filled('')];
}

function told(pattern: string, file: string, project: Project): Finding {
  const source = project.sources.find((one) => one.file === file);
  const said = source && prerenderOf(source);
  if (source && said) {
    return finding('GH301', pattern, { file, line: lineAt(source.text, said.at) });
  }
  const by = defaultOutput(project);
  const subject = by === undefined ? pattern : `${pattern} (${by.file}:${by.line})`;
  return finding('GH301', subject, { file, line: 1 });
}

// `export const prerender = true` of a page.
export function prerenderOf(source: Source): { value: boolean; at: number } | undefined {
  const { tokens } = source;
  const at = tokens.findIndex(
    (token, on) =>
      token.value === 'export' &&
      /^(?:const|let|var)$/.test(tokens[on + 1]?.value ?? '') &&
      tokens[on + 2]?.value === 'prerender',
  );
  const found = tokens[at];
  if (!found) return undefined;
  return { value: tokens[at + 4]?.value !== 'false', at: found.at };
}

// Where the configuration says `output`, or else where it begins.
export function defaultOutput({ configuration }: Project): Place | undefined {
  if (!configuration) return undefined;
  const { tokens, text, file } = configuration;
  const said = tokens.find(
    (token, at) => token.value === 'output' && tokens[at + 1]?.value === ':',
  );
  const begun = tokens.find((token) => token.value === 'defineConfig');
  return { file, line: lineAt(text, (said ?? begun)?.at ?? 0) };
}

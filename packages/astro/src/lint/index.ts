// The build-time checks: `astro build` ends with file, line, code and fix where sign-in would not
// hold. In `astro dev` the same findings are warnings.
import type { AstroIntegration } from 'astro';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEnvironment, type Variable } from '../runtime/environment.js';
import { variablesAtSetup } from '../setup/astro_version.js';
import type { BuiltConfig, GatehouseOptions } from '../types.js';
import { configurationFindings, missingAdapter, type AstroSettings } from './configuration.js';
import { shown, type Finding, type Place } from './finding.js';
import { logoutLinks, ownLogoutPath, type LogoutRoutes } from './links.js';
import { prerenderedPages, prerenderedPaths, routesOfFolder, type PageRoute } from './pages.js';
import { readProject, type Project } from './project.js';
import { lostCookies, servedEndpoints } from './proxies.js';
import { askRegistration, registrationFindings } from './registration.js';
import { builtInSecrets, publicSecrets } from './secrets.js';
import { excusedLines } from './source.js';
import { unguardedPages } from './unguarded.js';

export type { Finding } from './finding.js';

export interface LintOptions {
  mode: 'error' | 'warn' | 'off';
  // A variable of the environment as far as it is known now.
  variable: Variable;
  fetch?: typeof fetch;
}

export interface LintSettings extends AstroSettings {
  root: URL;
  srcDir: URL;
}

interface ResolvedRoute {
  pattern: string;
  entrypoint: string;
  isPrerendered: boolean;
  type: string;
  origin?: string;
}

interface Logger {
  warn(text: string): void;
}

// Thrown to Astro, which prints its message and the first place, and ends the build. Where this
// package threw it helps nobody.
export class LintError extends Error {
  override readonly name = 'GatehouseLintError';
  readonly loc: { file: string; line: number; column: number } | undefined;

  constructor(message: string, place?: Place) {
    super(message);
    this.stack = '';
    this.loc = place && { ...place, column: 1 };
  }
}

const FINDINGS_MAX = 100;

type Hooks = AstroIntegration['hooks'];

const lints = new WeakMap<() => BuiltConfig, Lint>();

// The lint of the integration that has this configuration; undefined before its hooks were made.
export const lintOf = (built: () => BuiltConfig): Lint | undefined => lints.get(built);

// `built` may be called once astro:config:setup is over.
export function lintHooks(options: GatehouseOptions, built: () => BuiltConfig): Hooks {
  let variables: Record<string, string | undefined> = {};
  let isBuild = false;
  const mode = options.lint ?? 'error';
  const lint = new Lint({ mode, variable: (name) => variables[name] });
  lints.set(built, lint);
  return {
    'astro:config:setup': async ({ command, config }) => {
      isBuild = command === 'build';
      variables = await variablesAtSetup(config.root, isBuild ? 'production' : 'development');
    },
    'astro:routes:resolved': ({ routes }) => lint.routesResolved(routes),
    'astro:config:done': async ({ config, logger, ...more }) => {
      lint.configured(config as LintSettings, built(), more.buildOutput);
      if (isBuild) await lint.requireAdapter(logger);
    },
    'astro:server:start': ({ logger }) => {
      lint.warn(logger).catch((error: unknown) => logger.warn(String(error)));
    },
    'astro:build:start': async ({ logger }) => await lint.check(logger),
    'astro:build:done': ({ pages, logger }) => lint.checkPages(pages, logger),
  };
}

export class Lint {
  private settings: LintSettings | undefined;
  private built: BuiltConfig | undefined;
  private hasBuildOutput = false;
  private resolved: PageRoute[] | undefined;

  constructor(private readonly options: LintOptions) {}

  // astro:config:done. `buildOutput` is Astro 5's.
  configured(settings: LintSettings, built: BuiltConfig, buildOutput?: string): void {
    this.settings = settings;
    this.built = built;
    this.hasBuildOutput = buildOutput !== undefined;
  }

  // astro:routes:resolved, which Astro 4 does not have.
  routesResolved(routes: readonly ResolvedRoute[]): void {
    this.resolved = routes
      .filter(({ type }) => type === 'page' || type === 'endpoint')
      .filter(({ origin }) => origin !== 'internal')
      .map(({ pattern, entrypoint, isPrerendered }) => ({
        pattern,
        file: entrypoint.replaceAll('\\', '/'),
        isPrerendered,
      }));
  }

  // In a build, before Astro itself misses the adapter.
  async requireAdapter(logger: Logger): Promise<void> {
    if (this.options.mode === 'off' || !this.settings) return;
    const project = await readProject(fileURLToPath(this.settings.root), '');
    this.tell(missingAdapter(this.settings, project, this.hasBuildOutput), logger);
  }

  // In a build, before anything is built. Throws a LintError.
  async check(logger: Logger): Promise<void> {
    if (this.options.mode === 'off') return;
    this.tell(await this.findings(), logger);
  }

  // After a build, of the pages that there are now.
  checkPages(pages: readonly { pathname: string }[], logger: Logger): void {
    if (this.options.mode === 'off' || !this.built) return;
    const paths = pages.map(({ pathname }) => pathname);
    this.tell(prerenderedPaths(paths, this.built), logger);
  }

  // In `astro dev`.
  async warn(logger: Logger): Promise<void> {
    if (this.options.mode === 'off') return;
    for (const found of (await this.findings()).slice(0, FINDINGS_MAX)) logger.warn(shown(found));
  }

  async findings(): Promise<Finding[]> {
    const { built } = this;
    if (!built) return [];
    return [...(await this.projectFindings()), ...(await this.registration(built))];
  }

  // All that needs no server; with advice, also what is worth a look in `astro dev` only.
  async projectFindings(advice: 'with advice' | 'no advice' = 'no advice'): Promise<Finding[]> {
    const { settings, built } = this;
    if (!settings || !built || this.options.mode === 'off') return [];
    const root = fileURLToPath(settings.root);
    const project = await readProject(root, fileURLToPath(settings.srcDir));
    const routes = this.resolved ?? routesOfFolder(project, settings.output ?? 'static');
    const found = [
      ...prerenderedPages(routes, project, built),
      ...sourceFindings(project, built),
      ...configurationFindings(settings, project, logoutRoutes(project, built)),
      ...(advice === 'with advice' ? unguardedPages(routes, project, built) : []),
    ];
    const inEnv = project.env.flatMap(({ file, text }) => publicSecrets(file, text));
    return [...excused(found, project), ...inEnv];
  }

  private async registration(built: BuiltConfig): Promise<Finding[]> {
    const environment = readEnvironment(this.options.variable, built);
    const url = environment.url.replace(/\/+$/, '');
    const { clientId } = environment;
    const appUrl = built.appUrl || environment.appUrl || (built.isDev ? '' : built.site);
    if (!url || !clientId || !appUrl || this.options.mode === 'off') return [];
    const registration = {
      url,
      clientId,
      redirectUri: appUrl + built.routes.callback,
      ...(this.options.fetch && { fetch: this.options.fetch }),
    };
    return registrationFindings(registration, await askRegistration(registration));
  }

  private tell(found: Finding[], logger: Logger): void {
    const { mode } = this.options;
    const isFatal = (one: Finding): boolean => one.level === 'error' && mode === 'error';
    for (const one of found.filter((one) => !isFatal(one)).slice(0, FINDINGS_MAX)) {
      logger.warn(shown(one));
    }
    const fatal = found.filter(isFatal);
    if (fatal.length === 0) return;
    const count = fatal.length === 1 ? 'a problem' : `${fatal.length} problems`;
    const list = fatal.slice(0, FINDINGS_MAX).map(shown).join('\n\n');
    const [{ file, line = 1 } = {}] = fatal;
    const root = this.settings?.root;
    const place = root && file !== undefined && { file: join(fileURLToPath(root), file), line };
    throw new LintError(`gatehouse() found ${count}:\n\n${list}\n`, place || undefined);
  }
}

// Rules that read one file at a time.
export function sourceFindings(project: Project, built: BuiltConfig): Finding[] {
  const logout = logoutRoutes(project, built);
  const found: Finding[] = [];
  for (const source of project.sources) {
    found.push(
      ...logoutLinks(source, logout),
      ...servedEndpoints(source),
      ...builtInSecrets(source),
      ...(built.repairResponses ? [] : lostCookies(source)),
    );
  }
  if (project.configuration) found.push(...builtInSecrets(project.configuration));
  return found;
}

function logoutRoutes(project: Project, built: BuiltConfig): LogoutRoutes {
  const own = project.sources.map(ownLogoutPath).filter((path) => path !== undefined);
  const injected = built.routes.logout.replace(/\/+$/, '').slice(built.base.length);
  return { paths: [...new Set([injected, ...own])], base: built.base };
}

function excused(found: Finding[], project: Project): Finding[] {
  const all = [...project.sources, ...(project.configuration ? [project.configuration] : [])];
  const sources = new Map(all.map((source) => [source.file, source]));
  return found.filter(({ code, file, line }) => {
    const source = file === undefined ? undefined : sources.get(file);
    return !source || line === undefined || !excusedLines(source, code).has(line);
  });
}


// `gatehouse()`: the one line in astro.config.mjs. It injects the routes of sign-in and a
// middleware, and carries the options into the application.
import type { AstroIntegration } from 'astro';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { lintHooks } from './lint/index.js';
import { asText } from './messages.js';
import { builtConfig, checkedOptions, isOrigin, routePatterns, type RouteName } from './options.js';
import { markBuilding } from './runtime/building.js';
import { readEnvironment, VARIABLES } from './runtime/environment.js';
import { astroVersion, variablesAtSetup, type AstroVersion } from './setup/astro_version.js';
import { completedPaths } from './setup/dev_slashes.js';
import { combinedHooks } from './setup/hooks.js';
import {
  allowedDomain,
  checksOrigin,
  openFormAction,
  type SecurityFacts,
} from './setup/security.js';
import { sessionStorage, type SessionStorage } from './setup/session_storage.js';
import { TYPES_FILE } from './setup/types_file.js';
import { virtualModules } from './setup/virtual_modules.js';
import { toolbarHooks } from './toolbar/index.js';
import type { BuiltConfig, GatehouseOptions } from './types.js';

export type * from './types.js';

type SetupHook = NonNullable<AstroIntegration['hooks']['astro:config:setup']>;
type Setup = Parameters<SetupHook>[0];
type ServerSetup = Parameters<NonNullable<AstroIntegration['hooks']['astro:server:setup']>>[0];
type Variables = Record<string, string | undefined>;

const ENTRYPOINTS: Record<RouteName, string> = {
  login: '@gatehouse/astro/routes/login',
  callback: '@gatehouse/astro/routes/callback',
  logout: '@gatehouse/astro/routes/logout',
  backchannelLogout: '@gatehouse/astro/routes/backchannel_logout',
  me: '@gatehouse/astro/routes/me',
  switchOrg: '@gatehouse/astro/routes/switch_org',
};

export function gatehouse(options?: GatehouseOptions): AstroIntegration {
  const checked = checkedOptions(options);
  let built: BuiltConfig | undefined;
  let variables: Variables = {};
  let storage: SessionStorage | undefined;
  let server: ServerSetup['server'] | undefined;
  const builtNow = (): BuiltConfig => {
    if (!built) throw new Error('astro:config:setup has not run');
    return built;
  };
  const own: AstroIntegration['hooks'] = {
    'astro:config:setup': async (setup) => {
      const mode = setup.command === 'dev' ? 'development' : 'production';
      variables = await variablesAtSetup(setup.config.root, mode);
      built = setUp(setup, { options: checked, variables, storage: () => storage });
    },
    'astro:config:done': async ({ config, injectTypes }) => {
      injectTypes(TYPES_FILE);
      storage = await sessionStorage(config.root, (config as { session?: unknown }).session);
    },
    'astro:server:setup': (setup) => {
      server = setup.server;
    },
    'astro:build:start': () => markBuilding(true),
    'astro:build:done': () => markBuilding(false),
    'astro:server:start': ({ logger }) => {
      // Before Astro's own check, which is in place by now.
      server?.middlewares.stack.unshift({ route: '', handle: completedPaths(builtNow().routes) });
      const { problems } = readEnvironment((name) => variables[name], builtNow());
      for (const found of problems) logger.warn(asText(found));
    },
  };
  return {
    name: '@gatehouse/astro',
    hooks: combinedHooks(own, lintHooks(checked, builtNow), toolbarHooks(checked, builtNow)),
  };
}

export default gatehouse;

interface Known {
  options: GatehouseOptions;
  variables: Variables;
  storage: () => SessionStorage | undefined;
}

function setUp(setup: Setup, known: Known): BuiltConfig {
  const { options, variables, storage } = known;
  const { addMiddleware, command, config, injectRoute, updateConfig } = setup;
  const version = astroVersion(config.root);
  const isDev = command === 'dev';
  const facts = securityFacts(setup, known);
  const formAction = openFormAction(facts, options.csp !== false);
  if (formAction === 'opened')
    setup.logger.info('form-action of the CSP lets forms reach Gatehouse');
  const built = builtConfig(options, {
    base: config.base,
    trailingSlash: config.trailingSlash,
    site: config.site ?? '',
    imageRoute: imageRouteOf(config),
    checkOrigin: checksOrigin(facts),
    formAnswers: formAction === 'shut' ? 'page' : 'redirect',
    isDev,
    devCookieSecret: isDev ? devCookieSecret() : '',
    version: version.text,
  });
  for (const [name, pattern] of Object.entries(routePatterns(options.routes))) {
    injectRoute({ pattern, entrypoint: ENTRYPOINTS[name as RouteName], prerender: false });
  }
  addMiddleware({ entrypoint: '@gatehouse/astro/middleware', order: 'pre' });
  const hasAstroEnv = version.major >= 5;
  updateConfig({
    vite: {
      plugins: [
        virtualModules({
          config: built,
          store: storeFrom(options.session?.store, config.root),
          storage,
          hasAstroEnv,
          hasActions: hasActions(version),
          variables: isDev ? variables : {},
        }),
      ],
      ssr: { noExternal: ['@gatehouse/astro', '@gatehouse/sdk'] },
      optimizeDeps: { exclude: ['@gatehouse/astro', '@gatehouse/sdk'] },
    },
    ...(hasAstroEnv && { env: { schema: environmentSchema(config) } }),
    ...securityUpdates(facts),
  });
  return built;
}

const hasActions = ({ major, minor }: AstroVersion): boolean =>
  major > 4 || (major === 4 && minor >= 15);

// Read at run time, so that no secret becomes part of the build; all optional, so that a build
// needs none.
function environmentSchema({ env }: Setup['config']): Setup['config']['env']['schema'] {
  const names = Object.entries(VARIABLES).flat();
  const missing = names.filter(
    (name): name is NonNullable<typeof name> =>
      name !== undefined && !(name in (env?.schema ?? {})),
  );
  const field = { type: 'string', context: 'server', access: 'secret', optional: true } as const;
  return Object.fromEntries(missing.map((name) => [name, field]));
}

function securityFacts({ config }: Setup, { options, variables }: Known): SecurityFacts {
  const issuer = variables['GATEHOUSE_URL'] ?? variables['SCALEKIT_ENVIRONMENT_URL'] ?? '';
  return {
    security: config.security,
    experimental: config.experimental,
    appUrl: appUrlAtSetup(options, variables, config.site),
    issuer: URL.canParse(issuer) ? issuer : '',
  };
}

function securityUpdates(facts: SecurityFacts): Parameters<Setup['updateConfig']>[0] {
  const domain = allowedDomain(facts);
  return {
    security: {
      ...(domain && { allowedDomains: [domain] }),
      // The middleware checks instead, against the address that is known when it runs.
      ...(checksOrigin(facts) && { checkOrigin: false }),
    },
  };
}

function appUrlAtSetup(options: GatehouseOptions, variables: Variables, site = ''): string {
  const stated = [options.appUrl, variables['GATEHOUSE_APP_URL']].find(Boolean);
  if (stated) return isOrigin(stated) ? new URL(stated).origin : '';
  const redirectUri = variables['SCALEKIT_REDIRECT_URI'] ?? '';
  const known = URL.canParse(redirectUri) ? redirectUri : site;
  return known ? new URL(known).origin : '';
}

// As people write it in astro.config.mjs: beside that file, or a package.
function storeFrom(store: string | undefined, root: URL): string | undefined {
  return store?.startsWith('.') ? fileURLToPath(new URL(store, root)) : store;
}

function imageRouteOf({ image }: Setup['config']): string {
  const endpoint: unknown = image?.endpoint;
  const route = (endpoint as { route?: unknown } | undefined)?.route;
  return typeof route === 'string' ? route : '/_image';
}

// Lives as long as the process, so that a restart of the server after an edit of astro.config.mjs
// signs nobody out.
function devCookieSecret(): string {
  const shared = globalThis as { [SHARED_SECRET]?: string };
  return (shared[SHARED_SECRET] ??= randomBytes(32).toString('base64url'));
}

const SHARED_SECRET = Symbol.for('gatehouse.devCookieSecret');

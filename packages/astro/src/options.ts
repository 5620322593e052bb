// The options of `gatehouse()`: checked, and made into what the running application reads.
import { GatehouseAstroError, type MessageCode } from './messages.js';
import { compilePattern } from './runtime/patterns.js';
import type {
  BuiltConfig,
  BuiltRule,
  GatehouseOptions,
  ProtectRule,
  RouteOptions,
} from './types.js';

// What of Astro's own configuration matters here.
export interface AstroFacts {
  base: string;
  trailingSlash: 'always' | 'never' | 'ignore';
  site: string;
  imageRoute: string;
  checkOrigin: boolean;
  formAnswers?: 'redirect' | 'page';
  isDev: boolean;
  devCookieSecret: string;
  version: string;
}

const ROUTES = ['login', 'callback', 'logout', 'backchannelLogout', 'me', 'switchOrg'] as const;
export type RouteName = (typeof ROUTES)[number];

const DEFAULT_PATHS: Record<RouteName, string> = {
  login: 'login',
  callback: 'callback',
  logout: 'logout',
  backchannelLogout: 'backchannel-logout',
  me: 'me',
  switchOrg: 'switch-org',
};

const DEFAULT_SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const CHUNK_BYTES = 3500;
const CHUNK_BYTES_MIN = 500;
const CHUNK_BYTES_MAX = 3800; // with its name and attributes, browsers keep 4096
const MAX_AGE_SECONDS = 30 * 24 * 60 * 60;
const COUNT_MAX = 200;

type Check = (value: unknown, name: string) => void;

const refuse = (code: MessageCode, subject: string): never => {
  throw new GatehouseAstroError(code, subject);
};

const expectation =
  (says: string, holds: (value: unknown) => boolean): Check =>
  (value, name) => {
    if (!holds(value)) refuse('GH121', `${name} must be ${says}`);
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = (value: unknown, holds: (entry: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= COUNT_MAX && value.every(holds);

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
const aBoolean = expectation('true or false', (value) => typeof value === 'boolean');
const aString = expectation('a string', (value) => typeof value === 'string' && value !== '');
const strings = expectation('a list of strings', (value) => isListOf(value, isName));
const oneOf = (...allowed: string[]): Check =>
  expectation(allowed.map((word) => `'${word}'`).join(' or '), (value) =>
    allowed.includes(value as string),
  );
const aNumber = (least: number, most: number): Check =>
  expectation(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );

const fields =
  (table: Record<string, Check>): Check =>
  (value, name) => {
    if (!isObject(value)) return refuse('GH121', `${name} must be an object`);
    for (const [key, entry] of Object.entries(value)) {
      const full = name === 'options' ? key : `${name}.${key}`;
      const check = Object.hasOwn(table, key) ? table[key] : undefined;
      if (!check) refuse('GH120', full);
      else if (entry !== undefined) check(entry, full);
    }
  };

const isPattern = (value: unknown): boolean => isName(value) || value instanceof RegExp;

const ruleFields = fields({
  pages: expectation(
    'a pattern or a list of patterns',
    (value) => isPattern(value) || isListOf(value, isPattern),
  ),
  roles: strings,
  permissions: strings,
  organization: oneOf('required'),
});

const rules: Check = (value, name) => {
  if (!Array.isArray(value) || value.length > COUNT_MAX) {
    return refuse('GH121', `${name} must be a list`);
  }
  value.forEach((entry: unknown, index) => {
    if (isPattern(entry)) return;
    ruleFields(entry, `${name}[${index}]`);
    if ((entry as ProtectRule).pages === undefined) {
      refuse('GH121', `${name}[${index}].pages must be a pattern or a list of patterns`);
    }
  });
};

const routeFields = fields({
  base: aString,
  ...Object.fromEntries(ROUTES.map((name) => [name, aString])),
});

const checkOptions = fields({
  routes: (value, name) => {
    if (value !== 'scalekit') routeFields(value, name);
  },
  protect: rules,
  session: fields({
    strategy: oneOf('cookie', 'store'),
    cookieName: expectation(
      'a cookie name of letters, digits, dashes and underscores',
      (value) => typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,59}$/.test(value),
    ),
    chunkSize: aNumber(CHUNK_BYTES_MIN, CHUNK_BYTES_MAX),
    maxAge: aNumber(60, 400 * 24 * 60 * 60),
    store: aString,
  }),
  scopes: strings,
  cookies: oneOf('sealed', 'scalekit'),
  headers: aBoolean,
  csp: aBoolean,
  devToolbar: aBoolean,
  repairResponses: aBoolean,
  lint: oneOf('error', 'warn', 'off'),
  appUrl: aString,
});

// Throws a GatehouseAstroError that names what to correct.
export function checkedOptions(options: unknown = {}): GatehouseOptions {
  checkOptions(options, 'options');
  const checked = options as GatehouseOptions;
  if (checked.appUrl !== undefined && !isOrigin(checked.appUrl)) {
    refuse('GH107', `appUrl (${checked.appUrl})`);
  }
  return checked;
}

export function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
    return isWeb && url.origin === text.replace(/\/$/, '').toLowerCase();
  } catch {
    return false;
  }
}

export function builtConfig(options: GatehouseOptions, astro: AstroFacts): BuiltConfig {
  const base = astro.base === '/' ? '' : astro.base.replace(/\/+$/, '');
  const session = options.session ?? {};
  return {
    routes: { ...builtRoutes(options.routes, base, astro), home: `${base}/` },
    protect: (options.protect ?? []).map(builtRule),
    session: {
      strategy: session.strategy ?? 'cookie',
      cookieName: session.cookieName ?? '',
      chunkSize: session.chunkSize ?? CHUNK_BYTES,
      maxAge: session.maxAge ?? MAX_AGE_SECONDS,
    },
    scopes: options.scopes ?? DEFAULT_SCOPES,
    cookies: options.cookies ?? 'sealed',
    headers: options.headers ?? true,
    repairResponses: options.repairResponses ?? true,
    checkOrigin: astro.checkOrigin,
    formAnswers: astro.formAnswers ?? 'redirect',
    appUrl: options.appUrl ? new URL(options.appUrl).origin : '',
    site: astro.site ? new URL(astro.site).origin : '',
    base,
    trailingSlash: astro.trailingSlash,
    imageRoute: astro.imageRoute,
    isDev: astro.isDev,
    devCookieSecret: astro.devCookieSecret,
    version: astro.version,
  };
}

// The patterns to inject, without Astro's `base`.
export function routePatterns(routes: GatehouseOptions['routes']): Record<RouteName, string> {
  const given: RouteOptions = routes === 'scalekit' ? { base: '/api/auth' } : (routes ?? {});
  const base = (given.base ?? '/auth').replace(/\/+$/, '');
  if (given.base !== undefined) checkPath('routes.base', base === '' ? '/' : base);
  const found = {} as Record<RouteName, string>;
  for (const name of ROUTES) {
    const path = given[name] ?? `${base}/${DEFAULT_PATHS[name]}`;
    checkPath(`routes.${name}`, path);
    found[name] = path;
  }
  const taken = Object.values(found).map((path) => path.toLowerCase());
  if (new Set(taken).size !== taken.length) refuse('GH122', 'two routes have the same path');
  return found;
}

function checkPath(name: string, path: string): void {
  const isPath = /^(?:\/[A-Za-z0-9._~-]+)+$/.test(path) || (name === 'routes.base' && path === '/');
  const hasDots = path.split('/').some((segment) => segment === '.' || segment === '..');
  if (!isPath || hasDots) refuse('GH122', `${name} is ${JSON.stringify(path)}`);
}

function builtRoutes(
  routes: GatehouseOptions['routes'],
  base: string,
  { trailingSlash }: AstroFacts,
): Record<RouteName, string> {
  const end = trailingSlash === 'always' ? '/' : '';
  const built = Object.entries(routePatterns(routes)).map(([name, path]) => [
    name,
    base + path + end,
  ]);
  return Object.fromEntries(built) as Record<RouteName, string>;
}

function builtRule(entry: string | RegExp | ProtectRule): BuiltRule {
  const rule: ProtectRule =
    typeof entry === 'string' || entry instanceof RegExp ? { pages: entry } : entry;
  const pages = Array.isArray(rule.pages) ? rule.pages : [rule.pages];
  return {
    patterns: pages.map((page) => {
      return compilePattern(page) ?? refuse('GH123', JSON.stringify(page));
    }),
    shown: pages.map(String).join(', '),
    roles: rule.roles ?? [],
    permissions: rule.permissions ?? [],
    organization: rule.organization === 'required',
  };
}

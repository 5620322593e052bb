// What astro.config says that must not be: GH303 and GH302 in redirects and proxies, GH304 in
// what it makes public, GH307 without anything that answers requests.
import { finding, type Finding, type Place } from './finding.js';
import type { LogoutRoutes } from './links.js';
import { defaultOutput, type Output } from './pages.js';
import type { Project } from './project.js';
import { coversServerEndpoint, isServerEndpoint } from './proxies.js';
import { isSecret } from './secrets.js';
import { lineAt } from './source.js';

// The part of Astro's configuration that is looked at.
export interface AstroSettings {
  output?: Output;
  adapter?: unknown;
  redirects?: Record<string, unknown>;
  env?: { schema?: Record<string, unknown> };
  vite?: { envPrefix?: string | string[] | undefined; server?: { proxy?: unknown } | undefined };
}

export function configurationFindings(
  settings: AstroSettings,
  project: Project,
  logout: LogoutRoutes,
): Finding[] {
  const place = (text: string): Place | undefined => placeOfText(project, text);
  const found: Finding[] = [];
  for (const [from, to] of Object.entries(settings.redirects ?? {})) {
    if (isServerEndpoint(from)) found.push(finding('GH303', from, place(from)));
    const target = targetOf(to);
    const path = target.replace(/\/+$/, '');
    if (logout.paths.some((one) => path === one || path === logout.base + one)) {
      found.push(finding('GH302', path, place(target) ?? place(from)));
    }
  }
  const proxy = settings.vite?.server?.proxy;
  for (const prefix of Object.keys(typeof proxy === 'object' && proxy ? proxy : {})) {
    if (coversServerEndpoint(prefix)) found.push(finding('GH303', prefix, place(prefix)));
  }
  return [...found, ...publicVariables(settings, place)];
}

// On Astro 4 the site must also not be static, as that leaves out injected routes.
export function missingAdapter(
  settings: AstroSettings,
  project: Project,
  hasBuildOutput: boolean,
): Finding[] {
  const place = defaultOutput(project);
  if (!settings.adapter) return [finding('GH307', 'Astro has no adapter', place)];
  if (hasBuildOutput || settings.output !== 'static') return [];
  const subject = "This version of Astro builds no routes with `output: 'static'`";
  return [{ ...finding('GH307', subject, place), fix: "Write `output: 'hybrid'` or 'server'." }];
}

const targetOf = (redirect: unknown): string => {
  if (typeof redirect === 'string') return redirect;
  const to = (redirect as { destination?: unknown } | null)?.destination;
  return typeof to === 'string' ? to : '';
};

function publicVariables(
  settings: AstroSettings,
  place: (text: string) => Place | undefined,
): Finding[] {
  const found: Finding[] = [];
  for (const [name, field] of Object.entries(settings.env?.schema ?? {})) {
    const { context, access } = field as { context?: unknown; access?: unknown };
    const isPublic = context === 'client' || access === 'public';
    if (isPublic && isSecret(name)) found.push(finding('GH304', name, place(name)));
  }
  for (const prefix of [settings.vite?.envPrefix ?? []].flat()) {
    const isOurs = ['GATEHOUSE_', 'SCALEKIT_'].some((name) => name.startsWith(prefix));
    if (isOurs) {
      const subject = `Every variable that begins with ${JSON.stringify(prefix)} (vite.envPrefix)`;
      found.push(finding('GH304', subject, place(prefix)));
    }
  }
  return found;
}

function placeOfText({ configuration }: Project, text: string): Place | undefined {
  if (!configuration) return undefined;
  const token = configuration.tokens.find((one) => one.value === text);
  const line = token ? lineAt(configuration.text, token.at) : 1;
  return { file: configuration.file, line };
}

// What `gatehouse doctor` looks at in the project itself: versions, configuration, variables.
import { join } from 'node:path';
import { problem, type MessageCode, type Problem } from '../messages.js';
import { readEnvironment, VARIABLES, type Environment } from '../runtime/environment.js';
import { isOpen, type Variables } from './env_file.js';
import { gitState } from './files.js';
import { installedVersion, type Project } from './project.js';

export interface Check {
  name: string;
  state: 'ok' | 'warning' | 'failed';
  text: string;
  code?: string;
  fix?: string;
}

export const fine = (name: string, text: string): Check => ({ name, state: 'ok', text });

export const wrong = (
  name: string,
  found: Problem,
  state: 'failed' | 'warning' = 'failed',
): Check => ({
  name,
  state,
  text: found.what,
  code: found.code,
  fix: found.fix,
});

const isBelow = (version: string, ...least: number[]): boolean => {
  const parts = version.split(/[.-]/).map(Number);
  const differing = least.findIndex((part, index) => part !== parts[index]);
  return differing >= 0 && (parts[differing] ?? 0) < (least[differing] ?? 0);
};

export function checkProject(project: Project): Check[] {
  const checks: Check[] = [];
  const { astroVersion, adapter, configFile, output } = project;
  const major = Number(astroVersion?.split('.', 1)[0] ?? 0);
  const node = process.versions.node;
  const isOld = isBelow(node, 18, 17, 0) || (major >= 6 && isBelow(node, 22, 12, 0));
  checks.push(isOld ? wrong('node', problem('GH407', node)) : fine('node', `Node ${node}`));
  if (!astroVersion) checks.push(wrong('astro', problem('GH403')));
  else if (isBelow(astroVersion, 4, 14, 0)) {
    checks.push(wrong('astro', problem('GH124', astroVersion)));
  } else checks.push(fine('astro', `Astro ${astroVersion}`));
  if (project.callsGatehouse) {
    const version = installedVersion(project.folder, '@gatehouse/astro') ?? '';
    checks.push(fine('integration', `${configFile} calls gatehouse() ${version}`.trimEnd()));
  } else checks.push(wrong('integration', problem('GH404', configFile), 'warning'));
  checks.push(
    adapter
      ? fine('adapter', `output '${output}' with ${adapter}`)
      : wrong('adapter', problem('GH125')),
  );
  return checks;
}

export function checkVariables(
  project: Project,
  variables: Variables,
  isDev: boolean,
): { checks: Check[]; environment: Environment } {
  const environment = readEnvironment((name) => variables.get(name), {
    routes: project.routes,
    isDev,
    devCookieSecret: isDev ? 'made up by astro dev' : '',
  });
  const checks = environment.problems.map((found) => wrong(nameOf(found.code), found));
  const failed = new Set(checks.map((check) => check.name));
  const add = (name: string, text: string): void => {
    if (!failed.has(name)) checks.push(fine(name, text));
  };
  for (const name of ['GATEHOUSE_URL', 'GATEHOUSE_CLIENT_ID'] as const) {
    add(name, `${shownName(variables, name)} is ${valueOf(variables, name)}`);
  }
  if (environment.clientSecret !== '') {
    add('GATEHOUSE_CLIENT_SECRET', `${shownName(variables, 'GATEHOUSE_CLIENT_SECRET')} is set`);
  } else add('GATEHOUSE_CLIENT_SECRET', 'no client secret: a public application, PKCE alone');
  checks.push(...cookieSecretChecks(environment, failed), ...appUrlChecks(environment, failed));
  return { checks: [...checks, ...conflictChecks(variables)], environment };
}

const SUBJECTS: Partial<Record<string, string>> = {
  GH101: 'GATEHOUSE_URL',
  GH102: 'GATEHOUSE_URL',
  GH103: 'GATEHOUSE_CLIENT_ID',
  GH104: 'GATEHOUSE_COOKIE_SECRET',
  GH105: 'GATEHOUSE_COOKIE_SECRET',
  GH107: 'GATEHOUSE_APP_URL',
  GH108: 'GATEHOUSE_APP_URL',
};
const nameOf = (code: string): string => SUBJECTS[code] ?? code;

type Name = keyof typeof VARIABLES;

const sourceOf = (variables: Variables, name: Name): string =>
  variables.get(name)?.trim() ? name : (VARIABLES[name] ?? name);
const valueOf = (variables: Variables, name: Name): string =>
  variables.get(sourceOf(variables, name))?.trim() ?? '';
const shownName = (variables: Variables, name: Name): string => {
  const found = sourceOf(variables, name);
  return `${found} (${variables.origin(found) ?? 'nowhere'})`;
};

function cookieSecretChecks(
  { cookieSecrets, clientSecret }: Environment,
  failed: Set<string>,
): Check[] {
  const name = 'GATEHOUSE_COOKIE_SECRET';
  if (failed.has(name)) return [];
  const count = cookieSecrets.length;
  if (count > 0)
    return [fine(name, `${name} seals, ${count === 1 ? 'one value' : `${count} open`}`)];
  return clientSecret === '' ? [] : [wrong(name, problem('GH430'), 'warning')];
}

function appUrlChecks({ appUrl }: Environment, failed: Set<string>): Check[] {
  const name = 'GATEHOUSE_APP_URL';
  if (failed.has(name)) return [];
  return [
    appUrl ? fine(name, `this application is ${appUrl}`) : wrong(name, problem('GH431'), 'warning'),
  ];
}

function conflictChecks(variables: Variables): Check[] {
  return (['GATEHOUSE_URL', 'GATEHOUSE_CLIENT_ID', 'GATEHOUSE_CLIENT_SECRET'] as const).flatMap(
    (name) => {
      const [ours, older] = [variables.get(name), variables.get(VARIABLES[name])];
      const differ = ours && older && ours.trim() !== older.trim();
      return differ ? [wrong(VARIABLES[name], problem('GH429', name), 'warning')] : [];
    },
  );
}

// The files that hold secrets: for their owner alone, and not in version control.
export function checkFiles({ folder }: Project, variables: Variables): Check[] {
  return variables.files.flatMap((file) => {
    const found: MessageCode[] = [];
    if (isOpen(join(folder, file))) found.push('GH427');
    const git = gitState(folder, file);
    if (git === 'tracked' || git === 'open') found.push('GH428');
    if (found.length === 0) return [fine(file, `${file} is private`)];
    return found.map((code) =>
      wrong(
        file,
        problem(code, file),
        code === 'GH428' && git === 'tracked' ? 'failed' : 'warning',
      ),
    );
  });
}

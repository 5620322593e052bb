// `gatehouse doctor`: everything that sign-in needs, checked one by one: the project, its
// variables, and what the server says to them. Ends with 1 if something is wrong.
import { ScalekitClient } from '@gatehouse/sdk';
import { askRegistration } from '../lint/registration.js';
import { GatehouseAstroError, problem, type MessageCode } from '../messages.js';
import type { Environment } from '../runtime/environment.js';
import { checkFiles, checkProject, checkVariables, fine, wrong, type Check } from './checks.js';
import { readVariables } from './env_file.js';
import { findProject, type Project } from './project.js';
import { checkSecret, discover, isLoopback } from './server.js';
import { printable, type Terminal } from './terminal.js';

export interface DoctorOptions {
  root?: string | undefined;
  mode?: string | undefined;
  offline?: boolean | undefined;
  json?: boolean | undefined;
}

const SKEW_S_MAX = 5;
const LIFETIME_S = { least: 5 * 60, most: 60 * 60 };

export async function doctor(terminal: Terminal, options: DoctorOptions): Promise<number> {
  const mode = options.mode ?? 'development';
  const project = findProject(options.root);
  const variables = readVariables(project.folder, mode);
  const isDev = mode === 'development';
  const { checks, environment } = checkVariables(project, variables, isDev);
  const all = [...checkProject(project), ...checks, ...checkFiles(project, variables)];
  const canAsk = !environment.problems.some(({ code }) => ['GH101', 'GH102'].includes(code));
  if (canAsk && !options.offline) all.push(...(await checkServer(project, environment)));
  const isFine = all.every(({ state }) => state !== 'failed');
  if (options.json) terminal.write(`${JSON.stringify({ ok: isFine, checks: all }, null, 2)}\n`);
  else terminal.write(shown(terminal, all));
  return isFine ? 0 : 1;
}

async function checkServer(project: Project, environment: Environment): Promise<Check[]> {
  const url = environment.url.replace(/\/+$/, '');
  const checks: Check[] = [];
  if (url.startsWith('http:') && !isLoopback(url)) {
    // Nothing is sent there, least of all the secret.
    return [wrong('tls', problem('GH420', new URL(url).hostname))];
  }
  try {
    const { clockAheadS } = await discover(url);
    checks.push(fine('server', `Gatehouse answers at ${url}, and calls itself so`));
    if (url.startsWith('https:')) checks.push(fine('tls', 'its certificate is trusted'));
    checks.push(clockCheck(clockAheadS));
    if (environment.clientId !== '') {
      checks.push(...(await checkClient(project, { ...environment, url })));
    }
  } catch (error) {
    if (!(error instanceof GatehouseAstroError)) throw error;
    checks.push(failedBy('server', error));
  }
  return checks;
}

function failedBy(name: string, error: GatehouseAstroError): Check {
  const text = error.message.slice(error.code.length + 2);
  const { fix } = problem(error.code);
  return { name, state: 'failed', code: error.code, text: text.replace(` ${fix}`, ''), fix };
}

function clockCheck(aheadS: number): Check {
  if (Number.isNaN(aheadS)) return wrong('clock', problem('GH425', 'its clock'), 'warning');
  const seconds = Math.round(Math.abs(aheadS));
  if (seconds > SKEW_S_MAX) return wrong('clock', problem('GH421', String(seconds)));
  return fine('clock', `the clocks agree within ${Math.max(seconds, 1)} s`);
}

async function checkClient(project: Project, environment: Environment): Promise<Check[]> {
  const { url, clientId, clientSecret } = environment;
  const appUrl = environment.appUrl || `http://localhost:${project.port}`;
  const redirectUri = appUrl + project.routes.callback;
  const { state, command } = await askRegistration({ url, clientId, redirectUri });
  if (state === 'unknown_client') return [wrong('client', problem('GH422', clientId))];
  const checks: Check[] = [];
  if (state === 'registered') checks.push(fine('redirect_uri', `${redirectUri} is registered`));
  else if (state === 'unregistered') {
    const found = wrong('redirect_uri', problem('GH423', redirectUri));
    checks.push({
      ...found,
      fix: command ? `${found.fix} Or: ${printable(command)}` : (found.fix ?? ''),
    });
  } else checks.push(wrong('redirect_uri', problem('GH425', 'the redirect URI')));
  if (clientSecret === '') return checks;
  const secret = await checkSecret({ url, clientId, clientSecret, redirectUri });
  if (secret === 'right') checks.push(fine('client_secret', 'the client secret is right'));
  else {
    const code: MessageCode = secret === 'wrong' ? 'GH424' : 'GH425';
    checks.push(wrong('client_secret', problem(code, 'the client secret')));
  }
  return [...checks, ...(secret === 'right' ? await lifetimeChecks(environment) : [])];
}

// Known only to clients that may use the API.
async function lifetimeChecks({ url, clientId, clientSecret }: Environment): Promise<Check[]> {
  const api = new ScalekitClient(url, clientId, clientSecret).clients;
  try {
    const { client } = await api.get(clientId);
    return [lifetimeCheck(Number(client?.accessTokenExpiry ?? 0))];
  } catch {
    return [];
  }
}

function lifetimeCheck(lifetimeS: number): Check {
  const name = 'token_lifetime';
  if (lifetimeS === 0) return fine(name, 'access tokens live as long as the environment says');
  const text = lifetimeS < 120 ? `${lifetimeS} seconds` : `${Math.round(lifetimeS / 60)} minutes`;
  const isUsual = lifetimeS >= LIFETIME_S.least && lifetimeS <= LIFETIME_S.most;
  return isUsual
    ? fine(name, `access tokens live ${text}`)
    : wrong(name, problem('GH426', text), 'warning');
}

function shown({ paint }: Terminal, checks: Check[]): string {
  const marks = {
    ok: paint.green('✓'),
    warning: paint.yellow('!'),
    failed: paint.red('✗'),
  };
  const lines = checks.map(({ state, text, code, fix }) => {
    const first = `${marks[state]} ${code ? `${paint.bold(code)} ` : ''}${text}\n`;
    return fix ? `${first}  ${paint.dim(fix)}\n` : first;
  });
  const count = (state: Check['state']): number =>
    checks.filter((check) => check.state === state).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  const end =
    failed > 0
      ? paint.red(`${failed} to be corrected`)
      : paint.green('Everything that was checked works');
  return `${lines.join('')}\n${end}${warnings > 0 ? `, ${warnings} to look at` : ''}.\n`;
}

// `gatehouse init`: has the server register this project as an application, and writes what that
// comes to into .env. What is right already stays as it is, so it can be run again at any time.
import { randomBytes } from 'node:crypto';
import { askRegistration } from '../lint/registration.js';
import { isOrigin } from '../options.js';
import { updateEnvFile, readVariables, type Variables } from './env_file.js';
import { ignoreEnvFile } from './files.js';
import { registerByApi } from './management.js';
import { findProject, type Project } from './project.js';
import {
  checkSecret,
  discover,
  isLoopback,
  registerInDevelopment,
  type Registered,
  type Wish,
} from './server.js';
import { failure, type Terminal } from './terminal.js';

export interface InitOptions {
  root?: string | undefined;
  url?: string | undefined;
  name?: string | undefined;
  'app-url'?: string | undefined;
  'client-id'?: string | undefined;
  'client-secret'?: string | undefined;
  public?: boolean | undefined;
  yes?: boolean | undefined;
  json?: boolean | undefined;
}

const DEVELOPMENT_URL = 'http://localhost:8080';
const COOKIE_SECRET_BYTES = 32;

export async function init(terminal: Terminal, options: InitOptions): Promise<number> {
  const project = findProject(options.root);
  if (!project.astroVersion) throw failure('GH403');
  const variables = readVariables(project.folder, 'development');
  const url = await serverUrl(terminal, options, variables);
  const appUrl = applicationUrl(project, options, variables);
  const wish: Wish = {
    name: options.name?.trim() || project.name,
    appUrl,
    isPublic: options.public === true,
    paths: {
      login: project.routes.login,
      callback: project.routes.callback,
      ...(project.hearsLogout && { backchannelLogout: project.routes.backchannelLogout }),
    },
  };
  const registered = await ensureApplication(url, wish, options, variables);
  const changed = updateEnvFile(project.folder, wantedVariables(url, wish, registered, variables));
  const isNewlyIgnored = ignoreEnvFile(project.folder);
  const result = {
    url,
    client_id: registered.clientId,
    redirect_uri: appUrl + project.routes.callback,
    created: registered.created,
    changed_variables: changed,
    gitignore_changed: isNewlyIgnored,
    next: nextSteps(project, appUrl),
  };
  if (options.json) terminal.write(`${JSON.stringify(result, null, 2)}\n`);
  else terminal.write(summary(terminal, wish, result));
  return 0;
}

async function serverUrl(
  terminal: Terminal,
  options: InitOptions,
  variables: Variables,
): Promise<string> {
  const stated =
    options.url ?? variables.get('GATEHOUSE_URL') ?? variables.get('SCALEKIT_ENVIRONMENT_URL');
  const guess = stated?.trim() || DEVELOPMENT_URL;
  const isAsked = options.url === undefined && !options.yes && !options.json && terminal.ask;
  if (!isAsked) return await checkedUrl(guess);
  const answers = await isThere(guess);
  if (!answers) terminal.note(`${startingHelp(guess)}\n`);
  const shown = answers ? ` [${guess}]` : '';
  const typed = await terminal.ask?.(`Where is Gatehouse?${shown} `);
  return await checkedUrl(typed || guess);
}

async function isThere(url: string): Promise<boolean> {
  return await discover(url).then(
    () => true,
    () => false,
  );
}

const startingHelp = (url: string): string =>
  `No Gatehouse answers at ${url}. In another terminal, \`npx gatehouse dev\` starts one;\n` +
  'or give the address of yours.';

async function checkedUrl(text: string): Promise<string> {
  const url = text.trim().replace(/\/+$/, '');
  if (!isOrigin(url)) throw failure('GH102', url.replace(/\/\/[^/@]*@/, '//…@').slice(0, 200));
  if (url.startsWith('http:') && !isLoopback(url)) throw failure('GH420', new URL(url).hostname);
  return (await discover(new URL(url).origin)).issuer;
}

function applicationUrl(project: Project, options: InitOptions, variables: Variables): string {
  const redirectUri = variables.get('SCALEKIT_REDIRECT_URI')?.trim() ?? '';
  const stated =
    options['app-url'] ??
    (variables.get('GATEHOUSE_APP_URL')?.trim() ||
      (URL.canParse(redirectUri) ? new URL(redirectUri).origin : ''));
  if (stated === '') return `http://localhost:${project.port}`;
  if (!isOrigin(stated)) throw failure('GH107', stated);
  return new URL(stated).origin;
}

// What the project has in .env, if it is good for this server.
async function knownApplication(
  url: string,
  wish: Wish,
  variables: Variables,
): Promise<{ clientId: string; clientSecret: string; isComplete: boolean }> {
  const value = (ours: string, theirs: string): string =>
    (variables.get(ours) || variables.get(theirs) || '').trim();
  const clientId = value('GATEHOUSE_CLIENT_ID', 'SCALEKIT_CLIENT_ID');
  const clientSecret = value('GATEHOUSE_CLIENT_SECRET', 'SCALEKIT_CLIENT_SECRET');
  const before = value('GATEHOUSE_URL', 'SCALEKIT_ENVIRONMENT_URL').replace(/\/+$/, '');
  const none = { clientId: '', clientSecret: '', isComplete: false };
  if (clientId === '' || before !== url || wish.isPublic !== (clientSecret === '')) return none;
  const redirectUri = wish.appUrl + wish.paths.callback;
  const { state } = await askRegistration({ url, clientId, redirectUri });
  if (state === 'unknown_client') return none;
  const secret = wish.isPublic
    ? 'right'
    : await checkSecret({ url, clientId, clientSecret, redirectUri });
  const isRight = secret === 'right';
  return {
    clientId,
    clientSecret: isRight ? clientSecret : '',
    isComplete: isRight && state === 'registered',
  };
}

async function ensureApplication(
  url: string,
  wish: Wish,
  options: InitOptions,
  variables: Variables,
): Promise<Registered> {
  const known = await knownApplication(url, wish, variables);
  if (known.isComplete) return { ...known, created: false };
  if (isLoopback(url)) {
    const registered = await registerInDevelopment(url, wish);
    if (registered) return registered;
  }
  const env = process.env;
  const clientId = options['client-id'] ?? env['GATEHOUSE_API_CLIENT_ID'];
  const clientSecret = options['client-secret'] ?? env['GATEHOUSE_API_CLIENT_SECRET'];
  if (!clientId || !clientSecret) throw failure('GH414', url);
  return await registerByApi(url, { clientId, clientSecret }, wish, known);
}

function wantedVariables(
  url: string,
  wish: Wish,
  { clientId, clientSecret }: Registered,
  variables: Variables,
): Map<string, string> {
  const wanted = new Map([
    ['GATEHOUSE_URL', url],
    ['GATEHOUSE_CLIENT_ID', clientId],
  ]);
  const hasSecret =
    variables.get('GATEHOUSE_CLIENT_SECRET') || variables.get('SCALEKIT_CLIENT_SECRET');
  if (!wish.isPublic || hasSecret) wanted.set('GATEHOUSE_CLIENT_SECRET', clientSecret);
  wanted.set('GATEHOUSE_APP_URL', wish.appUrl);
  const cookieSecret = variables.get('GATEHOUSE_COOKIE_SECRET')?.trim();
  wanted.set(
    'GATEHOUSE_COOKIE_SECRET',
    cookieSecret || randomBytes(COOKIE_SECRET_BYTES).toString('base64url'),
  );
  // What is right elsewhere, as in .env.local, is not copied.
  return new Map(
    [...wanted].filter(([name, value]) => {
      const origin = variables.origin(name);
      return !origin || origin === '.env' || variables.get(name) !== value;
    }),
  );
}

function nextSteps(project: Project, appUrl: string): string[] {
  const steps: string[] = [];
  if (!project.callsGatehouse) steps.push('npx astro add @gatehouse/astro');
  if (!project.adapter) steps.push('npx astro add node');
  const runner = isLoopback(appUrl) ? 'npm run dev' : 'npm run build';
  steps.push(runner, `open ${appUrl}${project.routes.login}`);
  return steps;
}

interface Result {
  url: string;
  client_id: string;
  redirect_uri: string;
  created: boolean;
  changed_variables: string[];
  gitignore_changed: boolean;
  next: string[];
}

function summary({ paint }: Terminal, wish: Wish, result: Result): string {
  const done = (text: string): string => `${paint.green('✓')} ${text}\n`;
  const changed = result.changed_variables.join(', ');
  const what = result.created ? 'is registered' : 'is known';
  return (
    done(`${paint.bold(wish.name)} ${what} at ${result.url} as ${result.client_id}`) +
    done(`people come back to ${result.redirect_uri}`) +
    done(changed === '' ? '.env was right already' : `.env has ${changed}`) +
    (result.gitignore_changed ? done('.gitignore keeps .env out of version control') : '') +
    `\nNext:\n${result.next.map((step) => `  ${paint.bold(step)}\n`).join('')}`
  );
}

// The app in Astro's developer toolbar, and what answers it. Only `astro dev` has any of it.
import type { AstroIntegration } from 'astro';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { lintOf } from '../lint/index.js';
import { withoutBase } from '../runtime/patterns.js';
import { variablesAtSetup } from '../setup/astro_version.js';
import type { BuiltConfig, GatehouseOptions } from '../types.js';
import { mayUseToolbar } from './guard.js';
import { projectReport, type ProjectFacts } from './project.js';
import { TOOLBAR_PATH } from './protocol.js';

type Hooks = AstroIntegration['hooks'];

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="4 6 24 22" aria-hidden="true"><path ' +
  'fill="#fff" d="M7 25V13.6c0-.5.4-.9.9-.9H10V9.9c0-.5.4-.9.9-.9h1.6c.5 0 .9.4.9.9v1.3h5.2V9.9c' +
  '0-.5.4-.9.9-.9h1.6c.5 0 .9.4.9.9v2.8h2.1c.5 0 .9.4.9.9V25h-5.6v-4.4a3.4 3.4 0 0 0-6.8 0V25Z"/>' +
  '</svg>';

// `built` may be called once astro:config:setup is over.
export function toolbarHooks(options: GatehouseOptions, built: () => BuiltConfig): Hooks {
  if (options.devToolbar === false) return {};
  let variables: Record<string, string | undefined> = {};
  let allowedDomains: ProjectFacts['allowedDomains'];
  let isDev = false;
  const facts = (origin: string): ProjectFacts => ({
    built: built(),
    lint: lintOf(built),
    variable: (name) => variables[name],
    allowedDomains,
    origin,
  });
  return {
    'astro:config:setup': async ({ addDevToolbarApp, command, config, injectRoute }) => {
      isDev = command === 'dev';
      if (!isDev) return;
      variables = await variablesAtSetup(config.root, 'development');
      addDevToolbarApp({
        id: 'gatehouse',
        name: 'Gatehouse',
        icon: ICON,
        entrypoint: '@gatehouse/astro/toolbar',
      });
      const entrypoint = '@gatehouse/astro/toolbar/endpoint';
      injectRoute({ pattern: `${TOOLBAR_PATH}/toolbar/[action]`, entrypoint, prerender: false });
    },
    'astro:config:done': ({ config }) => {
      const security = config.security as Partial<Pick<ProjectFacts, 'allowedDomains'>> | undefined;
      allowedDomains = security?.allowedDomains;
    },
    'astro:server:setup': ({ server }) => {
      if (!isDev) return;
      server.middlewares.use((request, response, next) => {
        // Some versions of Astro take the base off before.
        const path = withoutBase(pathOf(request), built().base);
        if (path !== `${TOOLBAR_PATH}/project`) return next();
        answer(request, response, facts).catch(next);
      });
    },
  };
}

const pathOf = ({ url = '' }: IncomingMessage): string =>
  url.replace(/[?#].*$/, '').replace(/\/$/, '');

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  facts: (origin: string) => ProjectFacts,
): Promise<void> {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(JSON.stringify(body));
  };
  if (!mayUseToolbar({ address: request.socket.remoteAddress, header }, 'read')) {
    return send(403, { error: 'forbidden' });
  }
  if (request.method !== 'GET') return send(405, { error: 'method_not_allowed' });
  const isSecure = 'encrypted' in request.socket && request.socket.encrypted === true;
  const origin = `${isSecure ? 'https' : 'http'}://${header('host')}`;
  send(200, await projectReport(facts(origin)));
}

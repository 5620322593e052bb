// The modules that exist only while Astro builds: they carry the configuration into the code that
// runs.
import type { BuiltConfig } from '../types.js';
import type { SessionStorage } from './session_storage.js';

const STORE = 'virtual:gatehouse/store';

export interface VirtualOptions {
  config: BuiltConfig;
  store: string | undefined;
  // Asked once the whole configuration is known.
  storage: () => SessionStorage | undefined;
  // Whether astro:env can be used without a flag.
  hasAstroEnv: boolean;
  hasActions: boolean;
  // Of .env files, for versions of Astro without astro:env; {} in a build.
  variables: Record<string, string | undefined>;
}

// The part of Vite's Plugin that is used here.
export interface VirtualPlugin {
  name: string;
  enforce: 'pre';
  resolveId(id: string): string | undefined;
  load(this: PluginContext, id: string): Promise<string | undefined>;
}

interface PluginContext {
  resolve(id: string, importer: string): Promise<{ id: string } | null>;
}

export function virtualModules(options: VirtualOptions): VirtualPlugin {
  const modules: Record<string, string> = {
    'virtual:gatehouse/config': `export const config = ${literal(options.config)};`,
    'virtual:gatehouse/routes': `export const routes = ${literal(options.config.routes)};`,
    'virtual:gatehouse/env': environmentModule(options),
    [STORE]: '', // made when it is loaded
    'virtual:gatehouse/actions': actionsModule(options.hasActions),
    'gatehouse:server': "export * from '@gatehouse/astro/server';",
    'gatehouse:client': "export * from '@gatehouse/astro/client';",
  };
  return {
    name: 'gatehouse-virtual-modules',
    enforce: 'pre',
    resolveId: (id) => (Object.hasOwn(modules, id) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith('\0')) return undefined;
      if (id !== `\0${STORE}`) return modules[id.slice(1)];
      return await storeModule(options, (entry, from) => this.resolve(entry, from));
    },
  };
}

function environmentModule({ hasAstroEnv, variables }: VirtualOptions): string {
  if (hasAstroEnv) {
    return `import { getSecret } from 'astro:env/server';
export const variable = (name) => getSecret(name);`;
  }
  return `const read = ${literal(variables)};
export const variable = (name) => globalThis.process?.env?.[name] ?? read[name];`;
}

async function storeModule(
  { config, store, storage }: VirtualOptions,
  resolve: PluginContext['resolve'],
): Promise<string> {
  if (store !== undefined) {
    return `export { default as store } from ${literal(store)};
export const driver = undefined;`;
  }
  const found = config.session.strategy === 'store' ? storage() : undefined;
  const driver = found && (await resolve(found.entrypoint, found.importer));
  if (!found || !driver) return 'export const store = undefined, driver = undefined;';
  return `import createDriver from ${literal(driver.id)};
export const store = undefined;
export const driver = createDriver(${literal(found.options)});`;
}

function actionsModule(hasActions: boolean): string {
  if (hasActions) return "export { ActionError } from 'astro:actions';";
  return `export class ActionError extends Error {
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}`;
}

// JSON that is also a JavaScript expression wherever it stands.
const literal = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');

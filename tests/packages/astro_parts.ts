// The parts of the built @gatehouse/astro that run outside of Astro, and those that run inside it:
// for these, the virtual modules are made by the integration's own plugin.
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../black_box/gatehouse.js';

type Options = typeof import('../../packages/astro/dist/options.js');
type Plugin = typeof import('../../packages/astro/dist/setup/virtual_modules.js');
export type GatehouseOptions = NonNullable<Parameters<Options['checkedOptions']>[0]>;
export type Facts = Parameters<Options['builtConfig']>[1];

export async function part<Module>(file: string): Promise<Module> {
  return (await import(pathToFileURL(join(ROOT, 'packages/astro/dist', file)).href)) as Module;
}

export const FACTS: Facts = {
  base: '/',
  trailingSlash: 'ignore',
  site: '',
  imageRoute: '/_image',
  checkOrigin: true,
  isDev: false,
  devCookieSecret: '',
  version: '5.18.2',
};

// From now on, code of the package that is loaded in this process finds its virtual modules.
export async function provideVirtualModules(
  options: GatehouseOptions,
  facts: Partial<Facts> = {},
): Promise<void> {
  const { builtConfig, checkedOptions } = await part<Options>('options.js');
  const { virtualModules } = await part<Plugin>('setup/virtual_modules.js');
  const plugin = virtualModules({
    config: builtConfig(checkedOptions(options), { ...FACTS, ...facts }),
    store: undefined,
    storage: () => undefined,
    hasAstroEnv: false,
    hasActions: false,
    variables: {},
  });
  const context = { resolve: () => Promise.resolve(null) };
  const modules: Record<string, string> = {};
  for (const name of ['config', 'routes', 'env', 'store', 'actions']) {
    const id = `virtual:gatehouse/${name}`;
    modules[id] = (await plugin.load.call(context, plugin.resolveId(id) ?? '')) ?? '';
  }
  const hooks = `const modules = ${JSON.stringify(modules)};
export async function resolve(id, context, next) {
  return Object.hasOwn(modules, id) ? { url: id, shortCircuit: true } : next(id, context);
}
export async function load(url, context, next) {
  if (!Object.hasOwn(modules, url)) return next(url, context);
  return { format: 'module', source: modules[url], shortCircuit: true };
}`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}

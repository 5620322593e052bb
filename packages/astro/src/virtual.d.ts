// The modules that the integration makes while Astro builds; see setup/virtual_modules.ts.
declare module 'virtual:gatehouse/config' {
  export const config: import('./types.js').BuiltConfig;
}
declare module 'virtual:gatehouse/routes' {
  // All of the configuration that browsers get to see.
  export const routes: import('./types.js').BuiltConfig['routes'];
}
declare module 'virtual:gatehouse/env' {
  // A variable of the environment at run time; undefined if it is not set.
  export function variable(name: string): string | undefined;
}
declare module 'virtual:gatehouse/store' {
  // The store named by `session.store`; undefined without one.
  export const store: import('@gatehouse/sdk/web').SessionStore | undefined;
  // What Astro keeps its own sessions in, where ours are to be kept there too.
  export const driver: import('./runtime/driver_store.js').StorageDriver | undefined;
}
declare module 'virtual:gatehouse/actions' {
  // Astro's own, where its version has actions.
  export class ActionError extends Error {
    constructor(options: {
      code: 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR';
      message: string;
    });
  }
}

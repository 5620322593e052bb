// Modules that the integration makes while Astro builds, for the components beside this file.
declare module 'virtual:gatehouse/config' {
  export const config: import('./dist/types.js').BuiltConfig;
}
declare module 'virtual:gatehouse/env' {
  // A variable of the environment at run time; undefined if it is not set.
  export function variable(name: string): string | undefined;
}

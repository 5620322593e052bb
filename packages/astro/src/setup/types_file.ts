// The declarations that Astro puts into the project, so that nobody writes an env.d.ts.
export const TYPES_FILE = {
  filename: 'gatehouse.d.ts',
  content: `declare namespace App {
  interface Locals {
    user?: import('@gatehouse/astro').LocalsUser;
    auth: import('@gatehouse/astro').LocalsAuth;
  }
}
declare module 'gatehouse:server' {
  export * from '@gatehouse/astro/server';
}
declare module 'gatehouse:client' {
  export * from '@gatehouse/astro/client';
}
`,
};

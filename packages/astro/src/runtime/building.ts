// Whether pages are rendered by a build right now. Astro 4 does not tell the middleware; a build
// renders pages in its own process, and an application that serves never gets to be in one.
const BUILDING = Symbol.for('gatehouse.building');

const shared = globalThis as { [BUILDING]?: boolean };

export const isBuilding = (): boolean => shared[BUILDING] === true;

export function markBuilding(is: boolean): void {
  shared[BUILDING] = is;
}

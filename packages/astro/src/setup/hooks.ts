// Several parts of this integration wait for the same events of Astro.
import type { AstroIntegration } from 'astro';

type Hooks = AstroIntegration['hooks'];
type Hook = (input: unknown) => void | Promise<void>;

// Calls those of one event one after the other, in the order given.
export function combinedHooks(...parts: Hooks[]): Hooks {
  const all = new Map<string, Hook[]>();
  for (const part of parts) {
    for (const [name, hook] of Object.entries(part)) {
      if (typeof hook === 'function') all.set(name, [...(all.get(name) ?? []), hook as Hook]);
    }
  }
  const combined = [...all].map(([name, hooks]): [string, Hook] => [
    name,
    async (input) => {
      for (const hook of hooks) await hook(input);
    },
  ]);
  return Object.fromEntries(combined) as Hooks;
}

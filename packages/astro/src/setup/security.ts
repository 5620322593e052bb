// What Astro's own security options must know of sign-in. Read from the configuration that Astro
// has made, since the options differ from one version to the next.

export interface SecurityFacts {
  security: unknown;
  experimental: unknown;
  appUrl: string; // '' if it is not known while building
  issuer: string;
}

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

// The host that Astro may believe, so that Astro.url has the right scheme and port. Undefined where
// the version has no such option, or the address is not known.
export function allowedDomain({ security, appUrl }: SecurityFacts): Fields | undefined {
  if (!('allowedDomains' in fieldsOf(security)) || appUrl === '') return undefined;
  const { protocol, hostname, port } = new URL(appUrl);
  return { protocol: protocol.slice(0, -1), hostname, ...(port && { port }) };
}

export const checksOrigin = ({ security }: { security: unknown }): boolean =>
  fieldsOf(security)['checkOrigin'] === true;

// A policy with form-action holds the redirect that follows a form against it in Chromium: the
// sign-out form must be let through to Gatehouse, or be answered with a page that goes on alone.
// `open` is where nothing holds it.
export type FormAction = 'open' | 'opened' | 'shut';

// Adds the issuer to form-action where there is one and `mayChange` says so.
export function openFormAction(facts: SecurityFacts, mayChange: boolean): FormAction {
  const place = 'csp' in fieldsOf(facts.security) ? 'security' : 'experimental';
  const { directives } = fieldsOf(fieldsOf(facts[place])['csp']);
  if (!Array.isArray(directives)) return 'open';
  const at = directives.findIndex((entry) => /^\s*form-action\b/.test(String(entry)));
  if (at < 0) return 'open';
  if (facts.issuer === '') return 'shut';
  const origin = new URL(facts.issuer).origin;
  const stated = String(directives[at]).trim();
  if (stated.split(/\s+/).includes(origin)) return 'open';
  if (!mayChange) return 'shut';
  directives[at] = `${stated.replace(/\s+'none'/, '')} ${origin}`;
  return 'opened';
}

// What only the page itself shows: its Content-Security-Policy, and links that the ClientRouter
// takes.
import { routes } from 'virtual:gatehouse/routes';
import { problem } from '../messages.js';
import type { Check, ProjectReport } from './protocol.js';

export async function pageChecks({ url }: ProjectReport): Promise<Check[]> {
  return [await policyCheck(url), routerCheck()];
}

async function policyCheck(url: string): Promise<Check> {
  const title = 'Its policy lets forms lead to Gatehouse';
  if (!URL.canParse(url)) return { title, state: 'skipped' };
  const { origin } = new URL(url);
  const stops = (await policies()).some((policy) => !admits(policy, origin));
  if (!stops) return { title, state: 'ok' };
  return { title, state: 'error', ...problem('GH323', origin) };
}

// [CSP3 §3] A policy comes with the response, or in the page.
async function policies(): Promise<string[]> {
  const inPage = [...document.querySelectorAll('meta[http-equiv]')]
    .filter((meta) => /^content-security-policy$/i.test(meta.getAttribute('http-equiv') ?? ''))
    .map((meta) => meta.getAttribute('content') ?? '');
  try {
    const response = await fetch(location.href, { method: 'HEAD', cache: 'no-store' });
    const sent = response.headers.get('content-security-policy');
    return sent ? [...inPage, ...sent.split(',')] : inPage;
  } catch {
    return inPage;
  }
}

function admits(policy: string, origin: string): boolean {
  const directive = policy.split(';').find((one) => /^\s*form-action\b/i.test(one));
  if (directive === undefined) return true;
  const { protocol } = new URL(origin);
  const sources = directive.trim().split(/\s+/).slice(1);
  return sources.some((source) => source === '*' || source === protocol || source === origin);
}

function routerCheck(): Check {
  const hasRouter = document.querySelector('[name="astro-view-transitions-enabled"]') !== null;
  if (!hasRouter) return { title: 'This page has no ClientRouter', state: 'ok' };
  const caught = [...document.querySelectorAll('a[href]')].filter((link) => {
    const { origin, pathname } = new URL((link as HTMLAnchorElement).href, location.href);
    const leads = origin === location.origin && pathname === routes.login;
    return leads && !link.hasAttribute('data-astro-reload');
  });
  const title = 'Sign-in links get past the ClientRouter';
  if (caught.length === 0) return { title, state: 'ok' };
  return { title, state: 'warn', ...problem('GH324', `${caught.length} links to sign-in`) };
}

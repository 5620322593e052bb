// What is answered instead of a page: a redirect to sign-in, a refusal, or how to put the
// configuration right.
import { config } from 'virtual:gatehouse/config';
import { problem, type MessageCode, type Problem } from '../messages.js';
import type { Verdict } from './protect.js';
import { pathOf, signInUrl } from './urls.js';

const CODES = {
  'signed out': 'GH201',
  unreachable: 'GH204',
  forbidden: 'GH202',
  'no organization': 'GH203',
} as const satisfies Record<Exclude<Verdict, 'admitted'>, MessageCode>;

// A program that reads the answer, rather than a person who is shown it.
export function wantsData(request: Request): boolean {
  const accept = request.headers.get('accept') ?? '';
  const isNavigation = request.headers.get('sec-fetch-mode') === 'navigate';
  if (isNavigation || accept.includes('text/html')) return false;
  return request.headers.get('sec-fetch-dest') === 'empty' || accept !== '';
}

const STATUSES = { 'signed out': 401, unreachable: 503, forbidden: 403, 'no organization': 403 };

const RETRY_SECONDS = '5';

export function refusal(verdict: Verdict, request: Request): Response | undefined {
  if (verdict === 'admitted') return undefined;
  const status = STATUSES[verdict];
  if (wantsData(request)) {
    const error = verdict === 'signed out' ? 'unauthorized' : verdict.replace(' ', '_');
    return noStore(Response.json({ error, code: CODES[verdict] }, { status }));
  }
  if (verdict === 'signed out') return redirectTo(signInUrl(pathOf(request)), request);
  const { title, sentence } = PAGES[verdict];
  const body = `<p>${escaped(sentence)}</p>${linksOf(verdict, request)}`;
  const answer = page(status, title, body);
  if (verdict === 'unreachable') answer.headers.set('retry-after', RETRY_SECONDS);
  return answer;
}

const PAGES = {
  unreachable: {
    title: 'Sign-in cannot be reached',
    sentence: 'It cannot be checked right now who you are. You stay signed in; try again soon.',
  },
  forbidden: {
    title: 'Access denied',
    sentence: 'Your account does not have access to this page.',
  },
  'no organization': {
    title: 'Choose an organization',
    sentence: 'This page belongs to an organization. Choose one to go on.',
  },
} as const;

function noStore(response: Response): Response {
  response.headers.set('cache-control', 'private, no-store');
  return response;
}

function linksOf(verdict: Verdict, request: Request): string {
  if (verdict === 'unreachable') {
    return `<p><a href="${escaped(pathOf(request))}" data-astro-reload>Try again</a></p>`;
  }
  const home = `<a href="${escaped(config.routes.home)}">Back to the start</a>`;
  if (verdict !== 'no organization') return `<p>${home}</p>`;
  const url = signInUrl(pathOf(request), { prompt: 'select_account' });
  return `<p><a href="${escaped(url)}" data-astro-reload>Choose an organization</a> · ${home}</p>`;
}

// The one that loses a form's content is the only one that is right for every method.
// [RFC 9110 §15.4.4]
export function redirectTo(location: string, request: Request): Response {
  const isPage = request.method === 'GET' || request.method === 'HEAD';
  return new Response(null, {
    status: isPage ? 302 : 303,
    headers: { location, 'cache-control': 'private, no-store' },
  });
}

// While developing, all that is wrong and how to correct it; in production the codes alone.
export function fixItAnswer(problems: Problem[], request: Request): Response {
  const shown = problems.length > 0 ? problems : [problem('GH101')];
  if (wantsData(request)) {
    const codes = shown.map(({ code }) => code);
    return noStore(Response.json({ error: 'not_configured', codes }, { status: 503 }));
  }
  const list = shown.map(
    ({ code, what, fix }) =>
      `<li><h2><code>${code}</code> ${escaped(what)}</h2><p>${escaped(fix)}</p></li>`,
  );
  const body = config.isDev
    ? `<p>Sign-in waits for this:</p><ol>${list.join('')}</ol>
       <p>Save <code>.env</code>, start the server again, and reload this page.</p>`
    : `<p>Sign-in is not configured on this site (${shown.map(({ code }) => code).join(', ')}).
       Its log says what to correct.</p>`;
  return page(503, 'Sign-in is not configured', body);
}

const STYLE = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
body{max-width:44rem;margin:4rem auto;padding:0 1.25rem}h1{font-size:1.5rem}
h2{font-size:1rem;margin:1.5rem 0 .25rem}ol{padding-left:1.25rem}
code{font-family:ui-monospace,monospace}p{margin:.25rem 0 1rem}`;

// `body` is HTML. Nothing in it runs.
function page(status: number, title: string, body: string): Response {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`;
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    },
  });
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

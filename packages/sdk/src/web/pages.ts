// The pages of our own: a button to sign out, a page that goes on by itself, and the one of last
// resort. None has a script, and all can do without their style.
import { type Answer, respond } from './http.js';
import type { WebAuthErrorCode } from './types.js';

const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:20vh auto;' +
  'max-width:22rem;padding:0 1rem;text-align:center}button{font:inherit;padding:.5rem 1.5rem;' +
  'cursor:pointer}';

export function signOutPage(action: string, home: string, nonce: string): Response {
  const body =
    `<h1>Sign out?</h1><form method="post" action="${escaped(action)}">` +
    `<button>Sign out</button></form><p><a href="${escaped(home)}">Stay signed in</a></p>`;
  return page({ title: 'Sign out', body, nonce });
}

// In place of a redirect that answers a form: a Content-Security-Policy with form-action holds for
// such redirects too, in some browsers.
export function goOnPage(url: string, nonce: string, setCookies: string[]): Response {
  const head = `<meta http-equiv="refresh" content="0; url=${escaped(url)}">`;
  const body = `<p><a href="${escaped(url)}" rel="noreferrer">Continue</a></p>`;
  return page({ title: 'One moment', head, body, nonce, answer: { setCookies } });
}

const SENTENCES: Record<WebAuthErrorCode, string> = {
  access_denied: 'You were not given access.',
  login_expired: 'This took too long, or your browser does not keep cookies.',
  login_failed: 'Something went wrong.',
  server_unreachable: 'Sign-in cannot be reached just now.',
  not_a_member: 'You do not belong to this organization.',
  misconfigured: 'This application is not set up correctly.',
};

export function notSignedInPage(code: string, again: string, nonce: string): Response {
  const known = Object.hasOwn(SENTENCES, code) ? (code as WebAuthErrorCode) : 'login_failed';
  const body =
    `<h1>You are not signed in</h1><p>${SENTENCES[known]}</p>` +
    `<p><a href="${escaped(again)}" data-astro-reload>Try again</a></p>`;
  return page({ title: 'Not signed in', body, nonce });
}

interface Content {
  title: string;
  head?: string;
  body: string;
  nonce: string;
  answer?: Answer;
}

// Without form-action: where signing out leads to is known to Gatehouse alone.
const POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

function page({ title, head = '', body, nonce, answer }: Content): Response {
  const html =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="robots" content="noindex">${head}<style nonce="${nonce}">${STYLE}</style>` +
    `</head><body><main>${body}</main></body></html>`;
  return respond(html, {
    ...answer,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Under no-referrer, browsers would not say of a form where it comes from.
      'referrer-policy': 'same-origin',
      'content-security-policy': `${POLICY}; style-src 'nonce-${nonce}'`,
    },
  });
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

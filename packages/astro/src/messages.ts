// What this package tells developers: what is wrong, and what to do. Codes stay what they are once
// published; docs/astro/troubleshooting.md explains each. Sorted by code.
// GH1xx environment and options, GH2xx run time, GH3xx build-time checks, GH4xx command line.

export interface Message {
  what: string;
  fix: string;
}

// A message with what it is about put in. `subject` is never a secret.
export interface Problem extends Message {
  code: string;
}

export const MESSAGES = {
  GH101: {
    what: 'GATEHOUSE_URL is not set, so it is not known where Gatehouse is.',
    fix:
      'Set it to the address of your environment, for example http://localhost:8080 in .env, ' +
      'or run `npx gatehouse init`.',
  },
  GH102: {
    what: 'GATEHOUSE_URL is not an http or https address: {}.',
    fix:
      'Write all of the address, for example https://auth.example.com. Plain http is for this ' +
      'machine only.',
  },
  GH103: {
    what: 'GATEHOUSE_CLIENT_ID is not set, so Gatehouse cannot tell which application this is.',
    fix:
      'Copy the client ID from the dashboard (Applications) into .env, or run `npx gatehouse ' +
      'init`.',
  },
  GH104: {
    what:
      'There is nothing to seal session cookies with: neither GATEHOUSE_COOKIE_SECRET nor ' +
      'GATEHOUSE_CLIENT_SECRET is set.',
    fix:
      'Set GATEHOUSE_COOKIE_SECRET to at least 32 random characters: `openssl rand -base64 32` ' +
      'prints some.',
  },
  GH105: {
    what: 'A value in GATEHOUSE_COOKIE_SECRET is shorter than 32 characters.',
    fix:
      'Use at least 32 random characters for each: `openssl rand -base64 32` prints some. ' +
      'Commas separate old secrets from the newest, which is first.',
  },
  GH106: {
    what: 'The address of this application is not known.',
    fix:
      'Set GATEHOUSE_APP_URL to the origin that browsers use, for example ' +
      'https://app.example.com, or `site` in astro.config.mjs.',
  },
  GH107: {
    what: '{} is not an origin such as https://app.example.com.',
    fix: 'Leave out the path, and write http:// or https:// before the name.',
  },
  GH108: {
    what: 'SCALEKIT_REDIRECT_URI says {}, which is not where this application takes people back.',
    fix:
      'Change the variable to the path of the callback route, or the option `routes` ' +
      "(`'scalekit'` stands for /api/auth/*), and register the same address at Gatehouse.",
  },
  GH109: {
    what: "session.strategy is 'store', but there is no store.",
    fix:
      'Name a module in session.store, or use an adapter that brings storage for sessions with ' +
      'Astro 5.7 or newer.',
  },
  GH120: {
    what: 'gatehouse() does not know the option {}.',
    fix: 'Check its spelling; docs/astro lists all options.',
  },
  GH121: {
    what: 'An option of gatehouse() has the wrong type: {}.',
    fix: 'Correct it in astro.config.mjs.',
  },
  GH122: {
    what: 'A route of gatehouse() cannot be used: {}.',
    fix:
      'Give each route a path of its own that begins with one slash and holds letters, digits, ' +
      'dashes, dots and underscores.',
  },
  GH123: {
    what: 'A pattern in `protect` cannot be used: {}.',
    fix:
      'Begin it with a slash; `*` once in a segment is any text, `/**` at the end any rest: ' +
      "'/dashboard/**'.",
  },
  GH124: {
    what: 'Astro {} is too old for this integration.',
    fix: 'Update Astro to 4.14 or newer.',
  },
  GH125: {
    what: 'Astro has no adapter, so nothing can answer sign-in requests once the site is built.',
    fix:
      'Add one, for example `npx astro add node`; pages may stay prerendered (`output: ' +
      "'static'`).",
  },
  GH126: {
    what: 'Sign-in cannot work with this configuration: {}',
    fix: 'Correct the variables in the environment or the options of gatehouse().',
  },
  GH201: {
    what: 'This needs somebody who is signed in.',
    fix: 'Send people to locals.auth.signInUrl(), or list the page in `protect`.',
  },
  GH202: {
    what: 'Whoever is signed in lacks a role or permission that this needs.',
    fix:
      'Give it to them in Gatehouse (Organizations, Members); it is in effect after the next ' +
      'refresh.',
  },
  GH203: {
    what: 'This needs an organization, and the person has chosen none.',
    fix: 'Let them sign in to an organization, or leave out `organization` of the rule.',
  },
  GH204: {
    what: 'Gatehouse cannot be reached, so it cannot be told who is signed in.',
    fix: 'Check GATEHOUSE_URL and the server; sessions are kept, and go on when it answers again.',
  },
  GH205: {
    what:
      'No session was read for this request: the page is prerendered, or the middleware did ' +
      'not run.',
    fix:
      'Add `export const prerender = false` to the page, or use a component as an island ' +
      '(server:defer).',
  },
  GH206: {
    what: 'The client for the management API needs GATEHOUSE_URL and GATEHOUSE_CLIENT_ID.',
    fix: 'Set them in .env, or run `npx gatehouse init`.',
  },
  GH301: {
    what:
      '{} needs somebody who is signed in, but it is prerendered: everybody gets the same ' +
      'file.',
    fix: 'Write `export const prerender = false` into the page, or leave it out of `protect`.',
  },
  GH302: {
    what:
      'This asks for {} by GET, which signs nobody out, or signs out whoever hovers over a ' +
      'link.',
    fix: 'Use <SignOutButton />, or a form with method="post" and that action.',
  },
  GH303: {
    what:
      '{} is an endpoint of Gatehouse; served or passed on by this application it lets codes ' +
      'and assertions leak.',
    fix:
      'Remove it, and let the identity provider or client call Gatehouse itself ' +
      '(GATEHOUSE_URL).',
  },
  GH304: {
    what: '{} is read where the build writes it into files that are served or copied.',
    fix:
      "Read it at run time: `import { getSecret } from 'astro:env/server'`. gatehouse() reads " +
      'its own variables that way already.',
  },
  GH305: {
    what: 'Gatehouse does not send anybody back to {}.',
    fix:
      'Register it as a redirect URI of this application, for example with `npx gatehouse ' +
      'init`, or correct GATEHOUSE_APP_URL and GATEHOUSE_CLIENT_ID.',
  },
  GH306: {
    what:
      'Response.redirect() answers with headers that nobody can add to, so the cookies of this ' +
      'file are lost once it is built.',
    fix: 'Use `redirect()` of the context or Astro.redirect(), or set `repairResponses: true`.',
  },
  GH307: {
    what: '{}, so nothing can answer sign-in requests once the site is built.',
    fix: 'Run `npx astro add node` (or the adapter of your host); pages may stay prerendered.',
  },
  GH308: {
    what:
      'Gatehouse did not answer at {}, so it is not known whether the redirect URI is ' +
      'registered.',
    fix: 'Nothing, if the build cannot reach it; `npx gatehouse doctor` checks it where it can.',
  },
  GH320: {
    what: 'After signing out Gatehouse does not send anybody back to {}.',
    fix:
      'Register it as a post-logout redirect URI of this application; until then people stay ' +
      'on a page of Gatehouse.',
  },
  GH321: {
    what: 'This page was opened at another origin than {}, where sign-in comes back to.',
    fix: 'Open the application there, or set GATEHOUSE_APP_URL to the origin that you use.',
  },
  GH322: {
    what:
      'Astro does not believe that it is reached as {}, so its addresses lose their port or ' +
      'scheme and forms are refused.',
    fix:
      'Add it to security.allowedDomains in astro.config.mjs; with GATEHOUSE_APP_URL set, ' +
      'gatehouse() does.',
  },
  GH323: {
    what:
      'The Content-Security-Policy of this page lets no form lead to {}, so signing out does ' +
      'nothing.',
    fix: 'Add that origin to form-action; with `csp: true`, gatehouse() does for security.csp.',
  },
  GH324: {
    what:
      '{} on this page go through the ClientRouter, which cannot follow sign-in to another ' +
      'origin.',
    fix:
      'Use <SignInButton />, or add data-astro-reload and data-astro-prefetch="false" to the ' +
      'links.',
  },
  GH325: {
    what:
      '{} looks as if it were not for everybody, but no rule protects it and it asks nobody ' +
      'who they are.',
    fix:
      'Add it to `protect` of gatehouse(), or say that it is public: a comment ' +
      '`gatehouse-lint-ignore GH325` in its first line.',
  },
  GH326: {
    what:
      'The cookies of this application have grown to {} bytes; many proxies refuse more than 8 ' +
      'KB.',
    fix: "Keep sessions on the server: `session: { strategy: 'store' }`.",
  },
  GH401: {
    what: 'There is no package.json in {}, so this is not the folder of a project.',
    fix:
      'Change into the folder of your Astro project, name it with --root, or begin one: `npm ' +
      'create astro@latest`.',
  },
  GH402: {
    what: 'There is no astro.config file in {}.',
    fix: 'Change into the folder of your Astro project, or name it with --root.',
  },
  GH403: {
    what: 'Astro is not installed in this project.',
    fix:
      'Install what package.json names: `npm install`. If Astro is not among it: `npm install ' +
      'astro`.',
  },
  GH404: {
    what: '{} does not call gatehouse(), so nothing protects the pages yet.',
    fix: 'Add it: `npx astro add @gatehouse/astro`.',
  },
  GH405: {
    what: 'The command line cannot be understood: {}.',
    fix: '`npx gatehouse help` shows the commands and their options.',
  },
  GH406: {
    what: '{} could not be read or written.',
    fix: 'Check that it is a file of yours, and that its folder can be written to.',
  },
  GH407: {
    what: 'Node {} is too old.',
    fix: 'Use Node 18.17 or newer; Astro 6 and 7 need 22.12.',
  },
  GH410: {
    what: 'No Gatehouse answers at {}.',
    fix:
      'Start one on this machine with `npx gatehouse dev`, or name yours: `npx gatehouse init ' +
      '--url https://auth.example.com`.',
  },
  GH411: {
    what: 'Whatever answers at {} is not Gatehouse.',
    fix: 'Check the address; it is the origin of your environment, without a path.',
  },
  GH412: {
    what: 'Gatehouse calls itself {}, which is not the address it was asked at.',
    fix: 'Set GATEHOUSE_URL to that address: tokens name it as their issuer.',
  },
  GH413: {
    what: 'The certificate of {} is not trusted.',
    fix:
      'Of a development server with --tls: set NODE_EXTRA_CA_CERTS to the root that it prints. ' +
      'Otherwise renew or complete the certificate.',
  },
  GH414: {
    what: 'To register an application at {}, credentials with access to its API are needed.',
    fix:
      'Give --client-id and --client-secret, or GATEHOUSE_API_CLIENT_ID and ' +
      'GATEHOUSE_API_CLIENT_SECRET in the environment.',
  },
  GH415: {
    what: 'Gatehouse refuses the API credentials.',
    fix:
      'Check both values; the client must be allowed to use the API, and its secret must be ' +
      'active.',
  },
  GH416: {
    what: 'Gatehouse did not register the application: {}.',
    fix: 'Correct what it names, or register the application by hand and fill in .env.',
  },
  GH420: {
    what: 'GATEHOUSE_URL is http, and {} is not on this machine.',
    fix: 'Use https: codes, tokens and secrets go over this connection.',
  },
  GH421: {
    what: 'The clock of this machine and that of Gatehouse differ by {} seconds.',
    fix: 'Keep both by a time service; tokens are refused beyond 5 seconds.',
  },
  GH422: {
    what: 'Gatehouse does not know the client ID {}.',
    fix: 'Copy it from the application again, or run `npx gatehouse init`.',
  },
  GH423: {
    what: '{} is not registered as a redirect URI.',
    fix: 'Register it at the application, or run `npx gatehouse init`.',
  },
  GH424: {
    what: 'Gatehouse refuses the client secret.',
    fix:
      'Make a new one at the application and put it into GATEHOUSE_CLIENT_SECRET, or run `npx ' +
      'gatehouse init`.',
  },
  GH425: {
    what: 'Gatehouse answered something unexpected while {} was checked.',
    fix: 'Try again; if it stays, look into the log of the server at this time.',
  },
  GH426: {
    what: 'Access tokens live {}.',
    fix:
      'Set 5 to 60 minutes at the application: shorter ones are renewed all the time, and a ' +
      'person who is blocked stays in until a longer one ends.',
  },
  GH427: {
    what: '{} can be read by other users of this machine.',
    fix: 'Take that away: `chmod 600 .env`.',
  },
  GH428: {
    what: '{} would be committed with its secrets.',
    fix:
      'Add a line `.env` to .gitignore; if it was committed before, `git rm --cached .env` and ' +
      'make new secrets.',
  },
  GH429: {
    what: '{} says something else than its older name beside it.',
    fix: 'Remove one of the two: the name that begins with GATEHOUSE_ is the one that counts.',
  },
  GH430: {
    what: 'GATEHOUSE_COOKIE_SECRET is not set.',
    fix:
      'Without it the cookie secret comes from the client secret, and a new client secret ' +
      'signs everybody out. `npx gatehouse init` makes one up.',
  },
  GH431: {
    what: 'GATEHOUSE_APP_URL is not set.',
    fix: 'On localhost that is fine. Before you deploy, set it to the origin that browsers use.',
  },
  GH440: {
    what: '{} is there already.',
    fix: 'Move it away, or overwrite it with --force.',
  },
  GH441: {
    what: 'The server `gatehouse` is not on this machine.',
    fix:
      'Put the program into PATH, or set GATEHOUSE_BINARY to where it is; the release page of ' +
      'Gatehouse has it for Linux.',
  },
  GH207: {
    what: 'A form from another site was refused.',
    fix:
      'If it came from this application, set GATEHOUSE_APP_URL to the origin that browsers ' +
      'show.',
  },
} as const satisfies Record<string, Message>;

export type MessageCode = keyof typeof MESSAGES;

export const problem = (code: MessageCode, subject = ''): Problem => ({
  code,
  what: MESSAGES[code].what.replace('{}', () => subject),
  fix: MESSAGES[code].fix,
});

export const asText = ({ code, what, fix }: Problem): string => `${code}: ${what} ${fix}`;

// Thrown to developers. Its text says what is wrong and what to do.
export class GatehouseAstroError extends Error {
  override readonly name = 'GatehouseAstroError';
  readonly code: MessageCode;

  constructor(code: MessageCode, subject = '') {
    super(asText(problem(code, subject)));
    this.code = code;
  }
}

// What the toolbar's app and the development server say to each other. No token, no secret.
import type { WebAuthEvent } from '@gatehouse/sdk/web';

// Below Astro's `base`; only `astro dev` has it.
export const TOOLBAR_PATH = '/_gatehouse';

export type CheckState = 'ok' | 'warn' | 'error' | 'skipped';

export interface Check {
  title: string;
  state: CheckState;
  // Where the state is neither ok nor skipped: a message of src/messages.ts.
  code?: string;
  what?: string;
  fix?: string;
  command?: string; // for a terminal
  place?: string; // file:line
}

// Of GET {base}/_gatehouse/project
export interface ProjectReport {
  version: string;
  url: string; // of Gatehouse; '' if it is not known
  appUrl: string;
  // Of a server in development.
  mailboxUrl?: string;
  simulatorUrl?: string;
  people: Person[];
  checks: Check[];
}

export interface Person {
  email: string;
  from: 'simulator' | 'mailbox';
}

export type Claims = Record<string, unknown>;

// Of GET {base}/_gatehouse/toolbar/session and of the actions beside it, which are POST.
export interface SessionReport {
  at: number; // s since 1970, by the server's clock
  // What keeps sign-in from working at all.
  problems: { code: string; what: string; fix: string }[];
  whyNone?: string;
  session?: {
    user: { sub: string; email?: string; name?: string; orgId?: string; orgName?: string };
    roles: string[];
    permissions: string[];
    sessionId?: string;
    signedInAt: number; // s since 1970
    accessExpiresAt: number; // s since 1970
    isRenewable: boolean;
  };
  accessClaims?: Claims;
  idClaims?: Claims;
  organizations: { id: string; name: string }[];
  cookieBytes: number;
  events: WebAuthEvent[]; // the newest is last
}

export type Action = 'expire' | 'refresh';

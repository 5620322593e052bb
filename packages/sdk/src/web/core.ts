// What the routes and authenticate() work with; made once by WebAuth.
import type { AuthClient } from '../auth/client.js';
import type { SingleFlight } from '../auth/single_flight.js';
import type { Exchange } from './callback.js';
import type { EndedSessions } from './ended_sessions.js';
import { type Answer, redirect } from './http.js';
import type { Memory } from './memory.js';
import type { Renewals } from './renewals.js';
import type { SessionKeeper } from './session_keeper.js';
import type { Transactions } from './transaction.js';
import type { Paths, WebAuthErrorCode, WebAuthEvent } from './types.js';

export interface Core {
  client: AuthClient;
  appUrl: string;
  paths: Paths;
  formAnswers: 'redirect' | 'page';
  refreshEarlySeconds: number;
  keeper: SessionKeeper;
  transactions: Transactions;
  renewals: Renewals;
  // One for each code, however often a browser brings it.
  exchanges: SingleFlight<Exchange>;
  ended: EndedSessions;
  // Identifiers of logout tokens that were carried out.
  usedLogoutTokens: Memory<true>;
  now: () => number; // ms
  log: (event: Omit<WebAuthEvent, 'at'>) => void;
}

export function redirectTo(core: Core, path: string, answer: Answer = {}): Response {
  return redirect(core.appUrl + path, answer);
}

// Back to where errors are shown.
export function refuse(
  core: Core,
  code: WebAuthErrorCode,
  detail: string,
  setCookies: string[] = [],
): Response {
  core.log({ what: 'login.refused', code, detail });
  const { home } = core.paths;
  const mark = home.includes('?') ? '&' : '?';
  return redirectTo(core, `${home}${mark}auth_error=${code}`, { setCookies });
}

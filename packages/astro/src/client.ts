// `gatehouse:client`: who is signed in, for scripts in the browser. Tokens stay on the server.
import type { SessionUser } from '@gatehouse/sdk/web';
import { routes } from 'virtual:gatehouse/routes';

// What the `me` route answers.
export interface Me {
  isSignedIn: boolean;
  user?: SessionUser;
  roles: string[];
  permissions: string[];
  expiresAt?: number; // s since 1970
}

const NOBODY: Me = { isSignedIn: false, roles: [], permissions: [] };

export type Listener = (me: Me) => void;

const CHANNEL = 'gatehouse';
const CHANGED = 'changed';
const SIGNED_OUT = 'signed out';
const FRESH_MS = 5_000;

let lastAsked = 0;
let underWay: Promise<Me> | undefined;
let known: Me | undefined;
const listeners = new Set<Listener>();
let channel: BroadcastChannel | undefined;

// Rejects if the server cannot be reached; somebody who is signed out is no error.
export function fetchMe(): Promise<Me> {
  underWay ??= ask().finally(() => {
    underWay = undefined;
  });
  return underWay;
}

async function ask(): Promise<Me> {
  lastAsked = Date.now();
  const response = await fetch(routes.me, {
    headers: { accept: 'application/json' },
    credentials: 'same-origin',
    cache: 'no-store',
  });
  if (!response.ok) throw new Error(`${routes.me} answered ${response.status}`);
  return announce((await response.json()) as Me);
}

// Calls the listener now and whenever something changes: in this tab, in another one, or while
// nobody was looking. Returns what ends it.
export function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  if (listeners.size === 1) listen();
  if (known) listener(known);
  refresh(0);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) stopListening();
  };
}

export function signIn(returnTo = location.pathname + location.search + location.hash): void {
  location.assign(`${routes.login}?returnTo=${encodeURIComponent(returnTo)}`);
}

// A form, because a GET must not sign anybody out.
export function signOut(): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = routes.logout;
  form.dataset['astroReload'] = '';
  form.hidden = true;
  document.body.append(form);
  tell(NOBODY);
  channel?.postMessage(SIGNED_OUT);
  form.submit();
}

function announce(me: Me): Me {
  if (tell(me)) channel?.postMessage(CHANGED);
  return me;
}

// Whether it is news in this tab.
function tell(me: Me): boolean {
  const isNews = JSON.stringify(me) !== JSON.stringify(known);
  known = me;
  if (isNews) for (const listener of listeners) listener(me);
  return isNews;
}

// While another tab is on its way to sign out, the server would still say that somebody is there.
function hear(message: unknown): void {
  if (message === SIGNED_OUT) tell(NOBODY);
  else refresh(0);
}

function refresh(maxAgeMs = FRESH_MS): void {
  if (Date.now() - lastAsked < maxAgeMs) return;
  fetchMe().catch(() => undefined); // what is known stays until the server answers again
}

const onLook = (): void => {
  if (document.visibilityState === 'visible') refresh();
};

function listen(): void {
  addEventListener('focus', onLook);
  document.addEventListener('visibilitychange', onLook);
  channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', ({ data }) => hear(data));
}

function stopListening(): void {
  removeEventListener('focus', onLook);
  document.removeEventListener('visibilitychange', onLook);
  channel?.close();
  channel = undefined;
}

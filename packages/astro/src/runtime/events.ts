// What sign-in does, for logs and for the developer's toolbar. Nothing of it is secret.
import type { WebAuthEvent } from '@gatehouse/sdk/web';
import { config } from 'virtual:gatehouse/config';

const EVENTS_MAX = 20;
const SHARED = Symbol.for('gatehouse.events');

interface Shared {
  [SHARED]?: WebAuthEvent[];
}

const WORTH_A_LINE: WebAuthEvent['what'][] = ['login.refused', 'server.unreachable'];

// The newest is last. In `astro dev`, the process that runs the hooks sees the same list.
export function recentEvents(): WebAuthEvent[] {
  return ((globalThis as Shared)[SHARED] ??= []);
}

export function noteEvent(event: WebAuthEvent): void {
  if (config.isDev) {
    const events = recentEvents();
    events.push(event);
    events.splice(0, events.length - EVENTS_MAX);
  }
  if (!WORTH_A_LINE.includes(event.what)) return;
  const words = [event.what, event.code, event.detail].filter((word) => word !== undefined);
  console.warn(`[gatehouse] ${words.join(' ')}`);
}

// Whom the toolbar's endpoints answer: pages of this application, in a browser on this machine.
// The name in Host counts as well as the address: a foreign name may lead to this machine too.
import { isLoopback } from '../runtime/origin.js';

export interface Asker {
  address: string | undefined; // of the other end of the connection
  header(name: string): string | undefined;
}

export type Purpose = 'read' | 'change';

export function mayUseToolbar({ address, header }: Asker, purpose: Purpose): boolean {
  if (!isLoopbackAddress(address ?? '')) return false;
  const host = header('host') ?? '';
  if (!isLoopback(host.replace(/:\d+$/, ''))) return false;
  const site = header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = header('origin');
  if (origin === undefined) return purpose === 'read' || site === 'same-origin';
  return origin === `http://${host}` || origin === `https://${host}`;
}

const isLoopbackAddress = (address: string): boolean =>
  address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);

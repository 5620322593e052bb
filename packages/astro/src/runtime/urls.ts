// The addresses that people are sent to.
import { config } from 'virtual:gatehouse/config';

export function signInUrl(returnTo?: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...(returnTo && { returnTo }), ...more }).toString();
  return config.routes.login + (query && `?${query}`);
}

// The page that was asked for, to come back to: what a form was sent to is no page to come back to
// with its query.
export function pathOf(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const isPage = request.method === 'GET' || request.method === 'HEAD';
  return pathname + (isPage ? search : '');
}

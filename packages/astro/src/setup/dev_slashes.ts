// With `trailingSlash: 'always'` a built application redirects to the path with its slash, and
// `astro dev` answers 404. Gatehouse sends people back to the path without.
import type { IncomingMessage } from 'node:http';
import type { BuiltConfig } from '../types.js';

type Middleware = (request: IncomingMessage, response: unknown, next: () => void) => void;

export function completedPaths(routes: BuiltConfig['routes']): Middleware {
  const paths = new Set<string>(Object.values(routes));
  return (request, _response, next) => {
    const [, path = '', rest = ''] = /^([^?#]*)(.*)$/.exec(request.url ?? '') ?? [];
    if (!paths.has(path) && paths.has(`${path}/`)) request.url = `${path}/${rest}`;
    next();
  };
}

// One request, however often Astro runs the middleware for it: once more for each rewrite and for
// the page that reports an error. Whoever sent it is found out once, and the outermost run writes
// the cookies.
import type { Authenticated } from '@gatehouse/sdk/web';

export interface Visit {
  found: Authenticated;
  cookie: string | null;
  depth: number;
}

const visits = new WeakMap<object, Visit>();

// Astro hands the same `locals` to each run. A server of one's own may hand the same to everybody,
// who must not become one person by that.
export async function visitOf(
  { locals, request }: { locals: object; request: Request },
  findOut: () => Promise<Authenticated>,
): Promise<Visit> {
  const cookie = request.headers.get('cookie');
  const known = visits.get(locals);
  if (known?.cookie === cookie) return known;
  const visit = { found: await findOut(), cookie, depth: 0 };
  visits.set(locals, visit);
  return visit;
}

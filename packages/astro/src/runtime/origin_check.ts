// Forms and the like must come from this application. Astro checks so too, but against the address
// that it made out of the request: behind a proxy, or in a build that does not know its host, that
// is not where browsers are, and every form is refused. Here the address is the configured one.

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
// What a page of another site can send without asking first. [Fetch §2.2.2]
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

// What Astro made of the request is another name of this application, unless it would let a page
// that came without TLS speak for one that did.
export function trustedOrigins(stated: string | undefined, seen: string): string[] {
  if (stated === undefined) return [seen];
  const isDowngrade = stated.startsWith('https:') && !seen.startsWith('https:');
  return isDowngrade ? [stated] : [stated, seen];
}

export function isFromElsewhere(request: Request, origins: string[]): boolean {
  if (SAFE_METHODS.includes(request.method)) return false;
  const type = request.headers.get('content-type')?.toLowerCase();
  if (type !== undefined && !FORM_TYPES.some((formType) => type.includes(formType))) return false;
  // Only a browser sets it, and no page can change it. [Fetch Metadata §2.4]
  if (request.headers.get('sec-fetch-site') === 'same-origin') return false;
  const origin = request.headers.get('origin');
  return origin === null || origin === 'null' || !origins.includes(origin);
}

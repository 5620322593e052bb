// The origin of this application. It never comes from request.url: behind a proxy, and in some
// versions of Astro everywhere, that has the wrong scheme or no port.

export interface OriginFacts {
  stated: string; // by the configuration or the environment
  site: string;
  isDev: boolean;
}

// Undefined where nothing that can be trusted says it. While developing, the address in use wins
// over `site`, which names where the site is published.
export function knownOrigin(
  request: Request,
  { stated, site, isDev }: OriginFacts,
): string | undefined {
  if (stated) return stated;
  const local = localOrigin(request);
  return isDev ? (local ?? (site || undefined)) : site || local;
}

// From the Host header, where it names this machine.
function localOrigin(request: Request): string | undefined {
  const host = request.headers.get('host') ?? '';
  if (!/^[A-Za-z0-9.[\]:-]{1,255}$/.test(host)) return undefined;
  const scheme = new URL(request.url).protocol === 'https:' ? 'https' : 'http';
  const text = `${scheme}://${host}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return isLoopback(url.hostname) ? url.origin : undefined;
}

export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '127.0.0.1' || name === '[::1]'
  );
}

// The headers of responses: what every one of them should carry, and what keeps one person's page
// out of another's cache. [RFC 9111 §5.2.2]

// A response whose headers can be changed: those of Response.redirect() and fetch() cannot, and
// Astro fails when it sets a cookie on one.
export function repaired(response: Response): Response {
  try {
    response.headers.delete('x-gatehouse-probe');
    return response;
  } catch {
    return new Response(response.body, response);
  }
}

// Only what the application has not said itself.
export function addSecurityHeaders(headers: Headers): void {
  if (!headers.has('x-content-type-options')) headers.set('x-content-type-options', 'nosniff');
  if (!headers.has('referrer-policy')) {
    headers.set('referrer-policy', 'strict-origin-when-cross-origin');
  }
  const policy = headers.get('content-security-policy');
  if (policy && /(?:^|[;,])\s*frame-ancestors\b/i.test(policy)) return;
  if (!headers.has('x-frame-options')) headers.set('x-frame-options', 'SAMEORIGIN');
  // A second policy only narrows the first; framing by X-Frame-Options: DENY stays narrower still.
  if (!policy) headers.set('content-security-policy', "frame-ancestors 'self'");
}

export function keepOutOfSharedCaches(headers: Headers): void {
  const stated = headers.get('cache-control') ?? '';
  if (!/(?:^|,)\s*no-store\b/i.test(stated)) headers.set('cache-control', 'private, no-store');
}

export function varyOnCookie(headers: Headers): void {
  const stated = headers.get('vary') ?? '';
  const names = stated.split(',').map((name) => name.trim().toLowerCase());
  if (!names.includes('cookie') && !names.includes('*')) headers.append('vary', 'Cookie');
}

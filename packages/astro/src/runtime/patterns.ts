// The patterns of `protect`, and the ways to write a path that end at the same page. A page is
// protected if any of its names is: what a router or a proxy makes of odd paths differs from one
// version to the next, and a rule that fits too much refuses, while one that fits too little
// admits.

export interface StoredPattern {
  source: string;
  flags: string;
}

const PATTERN_CHARACTERS_MAX = 500;
const DECODINGS_MAX = 4;

// Undefined if it is not a pattern. `*` is the rest of one segment; `/**` at the end is any rest,
// and nothing at all.
export function compilePattern(pattern: string | RegExp): StoredPattern | undefined {
  if (pattern instanceof RegExp) {
    return { source: pattern.source, flags: pattern.flags.replace(/[gy]/g, '') };
  }
  const hasPath = pattern.startsWith('/') && !pattern.startsWith('//');
  if (!hasPath || pattern.length > PATTERN_CHARACTERS_MAX) return undefined;
  const isOpenEnded = pattern.endsWith('/**');
  const stem = (isOpenEnded ? pattern.slice(0, -3) : pattern).replace(/\/$/, '');
  // Two in one segment would be slow to try on a long path.
  if (stem.split('/').some((segment) => segment.split('*').length > 2)) return undefined;
  const quoted = stem.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replace(/\*/g, '[^/]*');
  return { source: `^${quoted}${isOpenEnded ? '(?:/.*)?' : '/?'}$`, flags: 'is' };
}

// Every name under which Astro, or something in front of it, may know this path: decoded once or
// more, with slashes, dots and endings tidied, with and without `base`.
export function namesOf(pathname: string, base: string): string[] {
  const names = new Set<string>();
  let decoded = pathname;
  for (let count = 0; count < DECODINGS_MAX; ++count) {
    for (const name of [decoded, withoutBase(decoded, base)]) {
      names.add(name);
      names.add(tidied(name));
      names.add(withoutBase(tidied(name), base));
    }
    const further = decodedOnce(decoded);
    if (further === decoded) break;
    decoded = further;
  }
  return [...names];
}

function decodedOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // One bad escape must not shield the good ones beside it.
    return path.replace(/%[0-7][0-9a-f]/gi, (escape) =>
      String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
    );
  }
}

function tidied(path: string): string {
  const kept: string[] = [];
  for (const segment of path.replace(/\\/g, '/').split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`.replace(/\/index\.html$|\.html$/i, '') || '/';
}

export function withoutBase(path: string, base: string): string {
  if (base === '' || !path.toLowerCase().startsWith(base.toLowerCase())) return path;
  const rest = path.slice(base.length);
  if (rest === '') return '/';
  return rest.startsWith('/') ? rest : path;
}

// Cookies as a server sees them [RFC 6265bis §4.1, §5.6], and values that are too long for one of
// them: browsers drop a cookie of more than 4,096 bytes without a word, so a value is cut into
// chunks `name.0`, `name.1`, …, of which the first begins with their number.

const HEADER_CHARACTERS_MAX = 64 * 1024;
const PAIRS_MAX = 300;
export const CHUNKS_MAX = 9;

export class CookieJar {
  // Of all cookies that came, in bytes.
  readonly size: number;
  // Too large to be looked at: reads as if nothing were in it.
  readonly isOversized: boolean;
  private readonly values = new Map<string, string[]>();

  constructor(header: string | null) {
    const text = header ?? '';
    this.size = text.length;
    this.isOversized = text.length > HEADER_CHARACTERS_MAX;
    if (this.isOversized) return;
    for (const pair of text.split(';', PAIRS_MAX)) {
      const at = pair.indexOf('=');
      if (at < 1) continue;
      const name = pair.slice(0, at).trim();
      const known = this.values.get(name);
      const value = pair.slice(at + 1).trim();
      if (known) known.push(value);
      else this.values.set(name, [value]);
    }
  }

  // Undefined too where one name came twice: a neighbour's cookie for the same name may be among
  // them, and which one is ours cannot be told.
  get(name: string): string | undefined {
    const values = this.values.get(name);
    return values?.length === 1 ? values[0] : undefined;
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  namesBehind(prefix: string): string[] {
    return [...this.values.keys()].filter((name) => name.startsWith(prefix));
  }
}

export interface CookieSettings {
  name: string;
  isSecure: boolean;
}

export function setCookie(settings: CookieSettings, value: string, maxAge: number): string {
  const secure = settings.isSecure ? '; Secure' : '';
  const life = Math.floor(maxAge);
  const { name } = settings;
  return `${name}=${value}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Lax${secure}`;
}

export function deleteCookie(settings: CookieSettings): string {
  return setCookie(settings, '', 0);
}

export interface ChunkSettings extends CookieSettings {
  chunkBytes: number;
}

// `whole` says nothing of who wrote it.
export type Chunked = { state: 'none' | 'unreadable' } | { state: 'whole'; value: string };

export function readChunks(jar: CookieJar, name: string): Chunked {
  if (jar.isOversized) return { state: 'unreadable' };
  if (chunkNames(jar, name).length === 0) return { state: 'none' };
  const first = jar.get(`${name}.0`) ?? '';
  const count = /^[1-9]/.test(first) ? Number(first[0]) : 0;
  if (count === 0) return { state: 'unreadable' };
  const parts = [first.slice(1)];
  for (let index = 1; index < count; ++index) parts.push(jar.get(`${name}.${index}`) ?? '');
  const isWhole = parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part));
  return isWhole ? { state: 'whole', value: parts.join('') } : { state: 'unreadable' };
}

// Undefined if more than nine chunks would be needed. Chunks of a longer value that the browser
// still has are deleted.
export function writeChunks(
  jar: CookieJar,
  settings: ChunkSettings,
  value: string,
  maxAge: number,
): string[] | undefined {
  const { chunkBytes } = settings;
  const count = Math.ceil((value.length + 1) / chunkBytes);
  if (count > CHUNKS_MAX) return undefined;
  const text = `${count}${value}`;
  const names = Array.from({ length: count }, (_, index) => `${settings.name}.${index}`);
  const lines = names.map((name, index) => {
    const part = text.slice(index * chunkBytes, (index + 1) * chunkBytes);
    return setCookie({ ...settings, name }, part, maxAge);
  });
  const stale = chunkNames(jar, settings.name).filter((name) => !names.includes(name));
  return [...lines, ...stale.map((name) => deleteCookie({ ...settings, name }))];
}

export function deleteChunks(jar: CookieJar, settings: CookieSettings): string[] {
  const all = Array.from({ length: CHUNKS_MAX }, (_, index) => `${settings.name}.${index}`);
  const names = jar.isOversized ? all : chunkNames(jar, settings.name);
  return names.map((name) => deleteCookie({ ...settings, name }));
}

// What everybody else's cookies take of a request, in bytes.
export function sizeBeside(jar: CookieJar, name: string): number {
  const own = chunkNames(jar, name).map((each) => each.length + (jar.get(each)?.length ?? 0) + 3);
  return jar.size - own.reduce((sum, size) => sum + size, 0);
}

function chunkNames(jar: CookieJar, name: string): string[] {
  const prefix = `${name}.`;
  const names = jar.namesBehind(prefix);
  return names.filter((candidate) => /^\d{1,3}$/.test(candidate.slice(prefix.length)));
}

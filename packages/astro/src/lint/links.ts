// GH302: whatever asks for the sign-out route by GET. A link can be followed by a prefetch, and by
// any page of the world.
import { finding, type Finding } from './finding.js';
import { lineAt, textOf, type Attribute, type Source, type Token } from './source.js';

export interface LogoutRoutes {
  paths: string[]; // '/auth/logout'
  base: string; // of the site, without a slash at its end; ''
}

export function logoutLinks(source: Source, routes: LogoutRoutes): Finding[] {
  const constants = constantsOf(source.tokens);
  const found: Finding[] = [];
  for (const token of targets(source.tokens)) {
    const value = token.kind === 'name' ? constants.get(token.value) : token.value;
    const path = value === undefined ? undefined : logoutPath(value, routes);
    if (path === undefined) continue;
    found.push(finding('GH302', path, { file: source.file, line: lineAt(source.text, token.at) }));
  }
  return found;
}

// The path of a handler in the project that signs people out when it is asked by GET, as Scalekit's
// guide has it; undefined for every other file.
export function ownLogoutPath(source: Source): string | undefined {
  const route = /(?:^|\/)pages(\/.*\/(?:log|sign)-?out)(?:\/index)?\.(?:ts|js|mjs|astro)$/i.exec(
    source.file,
  )?.[1];
  if (route === undefined) return undefined;
  const has = (name: string): boolean =>
    source.tokens.some((token) => token.kind === 'name' && token.value === name);
  const answersGet = source.file.endsWith('.astro') || has('GET') || has('ALL');
  const endsSession =
    has('getLogoutUrl') ||
    source.tokens.some(
      (token, at) => token.value === 'delete' && source.tokens[at - 2]?.value === 'cookies',
    );
  return answersGet && endsSession ? route : undefined;
}

function logoutPath(value: string, { paths, base }: LogoutRoutes): string | undefined {
  const local = value.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^\0+/, '');
  const path = local.replace(/[?#][\s\S]*$/, '').replace(/\/+$/, '');
  const bare = base !== '' && path.startsWith(`${base}/`) ? path.slice(base.length) : path;
  return paths.find((logout) => logout === bare || logout === path);
}

// Everything that a browser asks for by GET.
function* targets(tokens: Token[]): Generator<Token> {
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'tag') yield* targetsOfTag(token);
    else if (token.kind === 'name') yield* targetsOfCode(tokens, at);
  }
}

function* targetsOfTag({ value, attributes = [] }: Token): Generator<Token> {
  const named = (name: string): Attribute | undefined =>
    attributes.find((one) => one.name.toLowerCase().replace(/^(?::|v-bind:)/, '') === name);
  yield* named('href')?.tokens ?? [];
  if (value.toLowerCase() !== 'form') return;
  const method = named('method');
  const text = method ? textOf(method).toLowerCase() : 'get';
  if (text.includes('get') || text === '') yield* named('action')?.tokens ?? [];
}

function* targetsOfCode(tokens: Token[], at: number): Generator<Token> {
  const name = tokens[at]?.value ?? '';
  const next = tokens[at + 1]?.value;
  const owner = tokens[at - 1]?.value === '.' ? tokens[at - 2]?.value : undefined;
  if (name === 'href' || (name === 'location' && (owner === undefined || owner === 'window'))) {
    const isSet = next === '=' && tokens[at + 2]?.value !== '=';
    if (isSet || (name === 'href' && next === ':')) yield* valueFrom(tokens, at + 2);
  } else if (next === '(' && asksByGet(name, owner)) {
    const values = [...argumentsFrom(tokens, at + 2)];
    // 307 and 308 keep the method of the request, which is then a POST.
    if (/^30[78]$/.test(values[1]?.[0]?.value ?? '')) return;
    yield* values[0] ?? [];
  }
}

function asksByGet(name: string, owner: string | undefined): boolean {
  if (name === 'redirect' || name === 'navigate') return true;
  if (name === 'assign' || name === 'replace') return owner === 'location';
  if (name === 'open') return owner === 'window';
  return name === 'push' && owner === 'router';
}

// The tokens of a value, to the end of its expression or, at the latest, 40 on.
function* valueFrom(tokens: Token[], from: number): Generator<Token> {
  let depth = 0;
  for (const token of tokens.slice(from, from + 40)) {
    if (/^[([{]$/.test(token.value)) depth += 1;
    if (/^[)\]}]$/.test(token.value)) depth -= 1;
    if (depth < 0 || (depth === 0 && /^[,;]$/.test(token.value))) return;
    yield token;
    if (token.kind === 'string' && depth === 0 && tokens[from] === token) return;
  }
}

export function argumentsFrom(tokens: Token[], from: number): Token[][] {
  const all: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(from, from + 400)) {
    if (token.kind === 'punctuation') {
      if (/^[([{]$/.test(token.value)) depth += 1;
      if (/^[)\]}]$/.test(token.value)) depth -= 1;
      if (depth < 0) break;
      if (depth === 0 && token.value === ',') {
        all.push([]);
        continue;
      }
    }
    all.at(-1)?.push(token);
  }
  return all;
}

// const name = 'text', of this file.
export function constantsOf(tokens: Token[]): Map<string, string> {
  const all = new Map<string, string>();
  for (const [at, token] of tokens.entries()) {
    const [name, equals, value] = tokens.slice(at + 1, at + 4);
    if (token.value !== 'const' || equals?.value !== '=' || value?.kind !== 'string') continue;
    if (name?.kind === 'name') all.set(name.value, value.value);
  }
  return all;
}

// GH303: endpoints of Gatehouse that the application serves or passes requests on to. An assertion
// is posted to the address that the identity provider was told, and a code is exchanged by whoever
// holds the client's secret: nobody stands in between. [SAML Profiles §4.1.4.5] [RFC 6749 §4.1.3]
// GH306: cookies that go with a response that cannot carry them.
import { finding, type Finding } from './finding.js';
import { argumentsFrom, constantsOf } from './links.js';
import { lineAt, type Source, type Token } from './source.js';

const ENDPOINTS = [
  /(?:^|\/)acs(?:\/|$)/,
  /(?:^|\/)saml\/(?:acs|callback|consume)(?:\/|$)/,
  /(?:^|\/)sso\/v1(?:\/|$)/,
  /(?:^|\/)(?:oauth2?|oidc|connect)\/token\/?$/,
];

export const isServerEndpoint = (path: string): boolean => {
  const bare = path.replace(/[?#][\s\S]*$/, '').replace(/\.json$/, '');
  return ENDPOINTS.some((endpoint) => endpoint.test(bare));
};

// A prefix that takes one of them with it, as a proxy's key: '/oauth', '^/sso/.*'.
export const coversServerEndpoint = (prefix: string): boolean => {
  const path = prefix.replace(/^\^/, '').replace(/[*.()$]+$/, '').replace(/\/+$/, '');
  if (path === '') return false;
  return isServerEndpoint(path) || ['/oauth/token', '/sso/v1/saml'].some((endpoint) =>
    endpoint.startsWith(`${path}/`),
  );
};

// '/sso/v1/[...rest]' of src/pages/sso/v1/[...rest].ts; undefined for what answers no request.
export function routeOfFile(file: string): string | undefined {
  const path = /(?:^|\/)pages\/(.+)\.(?:astro|ts|js|mjs)$/.exec(file)?.[1];
  if (path === undefined || /(?:^|\/)_/.test(path)) return undefined;
  return `/${path.replace(/(?:^|\/)index$/, '')}`;
}

export function servedEndpoints(source: Source): Finding[] {
  const route = routeOfFile(source.file);
  const found: Finding[] = [];
  if (route !== undefined && isServerEndpoint(route)) {
    found.push(finding('GH303', route, { file: source.file, line: 1 }));
  }
  const handed = handedOn(source.tokens);
  const constants = constantsOf(source.tokens);
  const textAt = (token: Token): string | undefined =>
    token.kind === 'name' ? constants.get(token.value) : token.value;
  for (const [at, token] of source.tokens.entries()) {
    if (token.kind !== 'name' || source.tokens[at + 1]?.value !== '(') continue;
    const [first = [], ...others] = argumentsFrom(source.tokens, at + 2);
    const target = first.map(textAt).find((text) => isServerEndpoint(text ?? ''));
    const given = [...first, ...others.flat()];
    if (target === undefined || !passesOn(token.value, target, given, handed)) continue;
    const place = { file: source.file, line: lineAt(source.text, token.at) };
    found.push(finding('GH303', target.replaceAll('\0', ''), place));
  }
  return found;
}

export function lostCookies(source: Source): Finding[] {
  const follows = (at: number, ...values: string[]): boolean =>
    values.every((value, on) => source.tokens[at + on]?.value === value);
  const redirect = source.tokens.find((_, at) => follows(at, 'Response', '.', 'redirect', '('));
  const setsCookies = source.tokens.some(
    (_, at) => follows(at, 'cookies', '.', 'set') || follows(at, 'cookies', '.', 'delete'),
  );
  if (!redirect || !setsCookies) return [];
  const place = { file: source.file, line: lineAt(source.text, redirect.at) };
  return [finding('GH306', '', place)];
}

// Whether the request that came in goes out again.
function passesOn(name: string, target: string, given: Token[], handed: Set<string>): boolean {
  if (name === 'rewrite') return true;
  if (name === 'redirect') return target.startsWith('/');
  if (name !== 'fetch') return false;
  return given.some((token) => token.kind === 'name' && handed.has(token.value));
}

// The names that hold the incoming request, or what was read from it.
function handedOn(tokens: Token[]): Set<string> {
  const names = new Set(['request']);
  for (const [at, token] of tokens.entries()) {
    if (token.value !== 'const' && token.value !== 'let') continue;
    const [name, equals] = tokens.slice(at + 1, at + 3);
    if (name?.kind !== 'name' || equals?.value !== '=') continue;
    const value = tokens.slice(at + 3, at + 11);
    const stop = value.findIndex((one) => one.value === ';' || one.value === 'const');
    const read = stop < 0 ? value : value.slice(0, stop);
    const isContent = read.some(({ value }, on) => {
      const isRequest = read[on - 1]?.value === '.' && read[on - 2]?.value === 'request';
      return isRequest && /^(?:text|formData|json|arrayBuffer|body)$/.test(value);
    });
    if (isContent) names.add(name.value);
  }
  return names;
}

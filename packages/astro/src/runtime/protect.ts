// Who may see what: the rules of `protect`, and the same questions asked by pages.
import type { Authenticated } from '@gatehouse/sdk/web';
import type { AuthQuery, BuiltRule } from '../types.js';
import { namesOf } from './patterns.js';

export type Verdict = 'admitted' | 'signed out' | 'unreachable' | 'forbidden' | 'no organization';

// Who is there as far as it is known.
export type Somebody = Pick<Authenticated, 'session' | 'problem'>;

interface Compiled {
  rule: BuiltRule;
  patterns: RegExp[];
}

const isPlain = (query: AuthQuery): boolean =>
  query.role === undefined && query.permission === undefined && query.organization === undefined;

export class Protection {
  private readonly rules: Compiled[];

  constructor(
    rules: BuiltRule[],
    private readonly base: string,
  ) {
    this.rules = rules.map((rule) => ({
      rule,
      patterns: rule.patterns.map(({ source, flags }) => new RegExp(source, flags)),
    }));
  }

  isOpen(pathname: string): boolean {
    return this.rulesFor(pathname).length === 0;
  }

  // The rules on a page. `routePattern` is Astro's name of what it renders, where it gives one.
  rulesFor(pathname: string, routePattern?: string): BuiltRule[] {
    if (this.rules.length === 0) return [];
    const names = namesOf(pathname, this.base);
    if (routePattern && !routePattern.includes('[')) names.push(routePattern);
    return this.rules
      .filter(({ patterns }) =>
        patterns.some((pattern) => names.some((name) => pattern.test(name))),
      )
      .map(({ rule }) => rule);
  }
}

// All of the rules must admit.
export function verdictOf(rules: BuiltRule[], somebody: Somebody): Verdict {
  if (rules.length === 0) return 'admitted';
  const { session } = somebody;
  if (!session) return verdictOnNobody(somebody);
  if (rules.some((rule) => rule.organization) && !session.user.orgId) return 'no organization';
  const isAdmitted = rules.every(
    ({ roles, permissions }) =>
      (roles.length === 0 || roles.some((role) => session.roles.includes(role))) &&
      permissions.every((permission) => session.permissions.includes(permission)),
  );
  return isAdmitted ? 'admitted' : 'forbidden';
}

export function verdictOfQuery(query: AuthQuery, somebody: Somebody): Verdict {
  const { session } = somebody;
  if (!session) return verdictOnNobody(somebody);
  if (isPlain(query)) return 'admitted';
  const { organization } = query;
  if (organization !== undefined && !session.user.orgId) return 'no organization';
  const isWrong = organization !== undefined && organization !== 'required';
  if (isWrong && organization !== session.user.orgId) return 'forbidden';
  const { role, permission } = query;
  const roles = role === undefined ? undefined : listed(role);
  const permissions = permission === undefined ? [] : listed(permission);
  const hasRole = roles === undefined || roles.some((name) => session.roles.includes(name));
  const hasAll = permissions.every((name) => session.permissions.includes(name));
  return hasRole && hasAll ? 'admitted' : 'forbidden';
}

const verdictOnNobody = ({ problem }: Somebody): Verdict =>
  problem === 'unreachable' ? 'unreachable' : 'signed out';

const listed = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);

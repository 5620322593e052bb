// GH325, for the developer's toolbar: pages that by their name are not for everybody, and that
// neither a rule nor their own code keeps to anybody.
import { Protection } from '../runtime/protect.js';
import type { BuiltConfig } from '../types.js';
import { finding, type Finding } from './finding.js';
import type { PageRoute } from './pages.js';
import type { Project } from './project.js';
import type { Source } from './source.js';

const PRIVATE = new Set(
  'account admin billing console dashboard internal members profile settings team'.split(' '),
);
const ASKING = new Set(['locals', 'getSession', 'requireUser', 'requireOrg', 'withAuth']);

export function unguardedPages(
  routes: PageRoute[],
  project: Project,
  built: BuiltConfig,
): Finding[] {
  const protection = new Protection(built.protect, built.base);
  const sources = new Map(project.sources.map((source) => [source.file, source]));
  const found: Finding[] = [];
  for (const { pattern, file } of routes) {
    const source = sources.get(file);
    if (!source || !isPrivate(pattern) || asks(source)) continue;
    const path = pattern.replace(/\[(?:\.\.\.)?[^\]]*\]/g, 'x');
    if (protection.rulesFor(path).length > 0) continue;
    found.push(finding('GH325', pattern, { file, line: 1 }));
  }
  return found;
}

const isPrivate = (pattern: string): boolean =>
  pattern.split('/').some((segment) => PRIVATE.has(segment.toLowerCase()));

const asks = ({ tokens }: Source): boolean =>
  tokens.some(({ kind, value }) =>
    kind === 'tag' ? value === 'Protect' : kind === 'name' && ASKING.has(value),
  );

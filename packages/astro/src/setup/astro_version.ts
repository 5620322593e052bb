// Which Astro this is, and what of it is found beside it.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import { GatehouseAstroError } from '../messages.js';

export interface AstroVersion {
  major: number;
  minor: number;
  text: string;
}

const OLDEST = { major: 4, minor: 14 };

// Throws if it is older than this integration can work with. One that cannot be found is taken for
// a new one.
export function astroVersion(root: URL): AstroVersion {
  const found = foundVersion(root);
  const { major, minor } = found;
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    throw new GatehouseAstroError('GH124', found.text);
  }
  return found;
}

function foundVersion(root: URL): AstroVersion {
  try {
    const file = createRequire(new URL('package.json', root)).resolve('astro/package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return { major, minor, text: version };
  } catch {
    return { major: 5, minor: 0, text: 'unknown' };
  }
}

interface Vite {
  loadEnv(mode: string, folder: string, prefixes: string[]): Record<string, string>;
}

// The variables of .env files and of this process that sign-in is configured by. They are read
// while Astro is set up, and never become part of a build.
export async function variablesAtSetup(
  root: URL,
  mode: string,
): Promise<Record<string, string | undefined>> {
  const prefixes = ['GATEHOUSE_', 'SCALEKIT_'];
  try {
    const astro = createRequire(new URL('package.json', root)).resolve('astro/package.json');
    const vite = createRequire(astro).resolve('vite');
    const { loadEnv } = (await import(pathToFileURL(vite).href)) as Vite;
    return loadEnv(mode, fileURLToPath(root), prefixes);
  } catch {
    return process.env;
  }
}

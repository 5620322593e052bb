// Where Astro keeps its own sessions, as its configuration says once adapters have had their say.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface SessionStorage {
  entrypoint: string; // of an unstorage driver
  options: unknown; // plain JSON
  importer: string; // the file from which the entrypoint is resolved
}

interface Unstorage {
  builtinDrivers: Record<string, string>;
}

const FILES = ['fs', 'fs-lite', 'fsLite'];
const FOLDER = '.astro/session';

// Astro 5 names drivers, and 6 and 7 say where they are.
export async function sessionStorage(
  root: URL,
  session: unknown,
): Promise<SessionStorage | undefined> {
  if (typeof session !== 'object' || session === null) return undefined;
  const { driver, options } = session as { driver?: unknown; options?: object };
  const importer = astroFile(root);
  if (typeof driver === 'string') {
    if (FILES.includes(driver)) {
      const entrypoint = await builtinDriver(importer, 'fsLite');
      return { entrypoint, options: { base: FOLDER, ...options }, importer };
    }
    return { entrypoint: await builtinDriver(importer, driver), options, importer };
  }
  if (typeof driver !== 'object' || driver === null) return undefined;
  const { config, entrypoint } = driver as { config?: unknown; entrypoint?: unknown };
  if (entrypoint instanceof URL) {
    return { entrypoint: fileURLToPath(entrypoint), options: config, importer };
  }
  return typeof entrypoint === 'string' ? { entrypoint, options: config, importer } : undefined;
}

function astroFile(root: URL): string {
  const file = fileURLToPath(new URL('package.json', root));
  try {
    return createRequire(file).resolve('astro/package.json');
  } catch {
    return file;
  }
}

// A name that unstorage does not know is a module already.
async function builtinDriver(importer: string, name: string): Promise<string> {
  try {
    const file = createRequire(importer).resolve('unstorage');
    const { builtinDrivers } = (await import(pathToFileURL(file).href)) as Unstorage;
    return builtinDrivers[name] ?? name;
  } catch {
    return name;
  }
}

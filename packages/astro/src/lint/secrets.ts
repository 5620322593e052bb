// GH304: secrets that the build would write into its output. `import.meta.env.X` is replaced by the
// value of X, in server files too; a PUBLIC_ name even goes to browsers.
import { finding, type Finding } from './finding.js';
import { lineAt, type Source, type Token } from './source.js';

const SECRET = /^(?:GATEHOUSE|SCALEKIT)_(?:CLIENT|COOKIE)_SECRET$/;
const PUBLIC_SECRET = /^PUBLIC_(?:GATEHOUSE|SCALEKIT)_(?:CLIENT|COOKIE)_SECRET$/;

export function builtInSecrets(source: Source): Finding[] {
  const found: Finding[] = [];
  const tell = (token: Token, subject: string): void => {
    const place = { file: source.file, line: lineAt(source.text, token.at) };
    found.push(finding('GH304', subject, place));
  };
  const { tokens } = source;
  for (const [at, token] of tokens.entries()) {
    if (isMetaEnv(tokens, at)) {
      const read = tokens[at + 2];
      const isRead = tokens[at + 1]?.value === '.' || tokens[at + 1]?.value === '[';
      if (read && isRead && SECRET.test(read.value)) tell(read, `import.meta.env.${read.value}`);
      for (const name of unpacked(tokens, at - 4)) tell(name, `import.meta.env.${name.value}`);
    } else if (PUBLIC_SECRET.test(token.value) && token.kind !== 'tag') {
      tell(token, token.value);
    }
  }
  return found;
}

// Lines of .env files.
export function publicSecrets(file: string, text: string): Finding[] {
  const found: Finding[] = [];
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? '';
    const isExcused = /#.*gatehouse-lint-ignore/.test(lines[at - 1] ?? '');
    if (PUBLIC_SECRET.test(name) && !isExcused) {
      found.push(finding('GH304', name, { file, line: at + 1 }));
    }
  }
  return found;
}

export const isSecret = (name: string): boolean => SECRET.test(name) || PUBLIC_SECRET.test(name);

// `env` at this place, of import.meta.env
const isMetaEnv = (tokens: Token[], at: number): boolean =>
  tokens[at]?.value === 'env' &&
  ['.', 'meta', '.', 'import'].every((value, back) => tokens[at - 1 - back]?.value === value);

// The secrets in `{ A, B } =`, read backwards from `import`.
function unpacked(tokens: Token[], importAt: number): Token[] {
  if (tokens[importAt - 1]?.value !== '=' || tokens[importAt - 2]?.value !== '}') return [];
  const names: Token[] = [];
  for (let at = importAt - 3; at >= 0 && tokens[at]?.value !== '{'; at -= 1) {
    const token = tokens[at];
    if (token && SECRET.test(token.value)) names.push(token);
  }
  return names.reverse();
}

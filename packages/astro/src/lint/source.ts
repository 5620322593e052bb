// A source file as the lint sees it: names, strings, tags and comments, each with its place. Reads
// JavaScript, TypeScript, JSX, and the markup of Astro, MDX, Vue and Svelte, well enough to tell
// code from comments and text. It never fails: what it cannot read, it takes for text.

export interface Token {
  // In a `string`, each hole of a template is a NUL.
  kind: 'name' | 'string' | 'punctuation' | 'other' | 'tag';
  value: string;
  at: number; // offset in the file
  attributes?: Attribute[]; // of a tag
}

export interface Attribute {
  name: string;
  at: number;
  tokens: Token[]; // of its value; one string where it is plain text
}

export interface Comment {
  text: string;
  at: number;
  end: number;
}

export interface Source {
  file: string; // as findings show it
  text: string;
  tokens: Token[];
  comments: Comment[];
}

type Language = 'script' | 'jsx' | 'astro' | 'mdx' | 'vue' | 'svelte';

const LANGUAGES: Record<string, Language> = {
  ts: 'script',
  mts: 'script',
  js: 'jsx',
  mjs: 'jsx',
  jsx: 'jsx',
  tsx: 'jsx',
  astro: 'astro',
  mdx: 'mdx',
  vue: 'vue',
  svelte: 'svelte',
};

export const EXTENSIONS = Object.keys(LANGUAGES);

export function readSource(file: string, text: string): Source {
  const extension = file.slice(file.lastIndexOf('.') + 1);
  const scanner = new Scanner(text, LANGUAGES[extension] ?? 'script');
  scanner.scan();
  return { file, text, tokens: scanner.tokens, comments: scanner.comments };
}

export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let from = text.indexOf('\n'); from >= 0 && from < at; from = text.indexOf('\n', from + 1)) {
    line += 1;
  }
  return line;
}

// The numbers, from 1, of the lines that a comment excuses from a code: its own and the next.
export function excusedLines(source: Source, code: string): Set<number> {
  const excused = new Set<number>();
  for (const comment of source.comments) {
    const match = /gatehouse-lint-ignore((?:[\s,]+GH\d{3})*)/.exec(comment.text);
    if (!match) continue;
    const codes = match[1] ?? '';
    if (codes.trim() !== '' && !codes.includes(code)) continue;
    const line = lineAt(source.text, comment.end);
    excused.add(line).add(line + 1);
  }
  return excused;
}

// HTML elements without an end tag. [HTML §13.1.2]
const VOID = new Set(
  'area base br col embed hr img input link meta source track wbr'.split(' '),
);
// After these words an expression begins.
const BEFORE_EXPRESSION = new Set(
  'return typeof case in of delete void throw new else do await yield default'.split(' '),
);
const NAME_START = /[A-Za-z_$\u0080-\uffff]/;
const NAME = /[A-Za-z0-9_$\u0080-\uffff]*/y;
const TAG_NAME = /[A-Za-z][\w.:-]*/y;
const ATTRIBUTE_NAME = /[^\s=>/{"'`]+/y;
const DEPTH_MAX = 200;

class Scanner {
  readonly tokens: Token[] = [];
  readonly comments: Comment[] = [];
  private at = 0;
  private depth = 0;
  private readonly text: string;

  constructor(
    text: string,
    private readonly language: Language,
  ) {
    this.text = language === 'mdx' ? withoutCode(text) : text;
  }

  scan(): void {
    const end = this.text.length;
    if (this.language === 'script' || this.language === 'jsx') {
      while (this.at < end) this.script(end, 'file');
      return;
    }
    if (this.language === 'astro') this.frontmatter();
    if (this.language === 'mdx') this.links();
    while (this.at < end) this.markup(end, 'file');
  }

  // What stands between two lines of dashes.
  private frontmatter(): void {
    const opening = /^\s*---/.exec(this.text);
    if (!opening) return;
    this.at = opening[0].length;
    const closing = /^---/gm;
    closing.lastIndex = this.at;
    const end = closing.exec(this.text)?.index ?? this.text.length;
    while (this.at < end) this.script(end, 'file');
    this.at = end + 3;
  }

  // [text](target) of Markdown, as if it were a tag.
  private links(): void {
    for (const match of this.text.matchAll(/\]\(\s*<?([^\s)>]+)/g)) {
      const at = match.index;
      const tokens: Token[] = [{ kind: 'string', value: match[1] ?? '', at }];
      this.tokens.push({
        kind: 'tag',
        value: 'a',
        at,
        attributes: [{ name: 'href', at, tokens }],
      });
    }
  }

  private get hasJsx(): boolean {
    return this.language !== 'script' && this.language !== 'vue' && this.language !== 'svelte';
  }

  // Statements up to `end`, or an expression up to and with the brace that closes it.
  private script(end: number, what: 'file' | 'expression'): void {
    if (this.depth >= DEPTH_MAX) {
      this.at = end;
      return;
    }
    this.depth += 1;
    let braces = 0;
    let previous: Token | undefined;
    while (this.at < end) {
      const character = this.text.charAt(this.at);
      if (/\s/.test(character)) {
        this.at += 1;
      } else if (this.skipComment(end)) {
        continue;
      } else if (character === '}' && what === 'expression' && braces === 0) {
        this.at += 1;
        break;
      } else if (character === '<' && this.hasJsx && beginsExpression(previous) && this.isTag()) {
        previous = { kind: 'other', value: '', at: this.at };
        this.markup(end, 'element');
      } else {
        if (character === '{') braces += 1;
        if (character === '}') braces -= 1;
        previous = this.token(previous, end);
      }
    }
    this.depth -= 1;
  }

  private isTag(): boolean {
    return /^<(?:[A-Za-z]|>)/.test(this.text.slice(this.at, this.at + 2));
  }

  private skipComment(end: number): boolean {
    const two = this.text.slice(this.at, this.at + 2);
    if (two !== '//' && two !== '/*') return false;
    const closing = two === '//' ? '\n' : '*/';
    const found = this.text.indexOf(closing, this.at + 2);
    const stop = found < 0 || found > end ? end : found;
    this.comments.push({ text: this.text.slice(this.at, stop), at: this.at, end: stop });
    this.at = Math.min(end, two === '//' ? stop : stop + 2);
    return true;
  }

  // One token other than a comment or JSX; it is put into the list.
  private token(previous: Token | undefined, end: number): Token {
    const at = this.at;
    const character = this.text.charAt(at);
    if (character === '"' || character === "'") return this.quoted(character, end);
    if (character === '`') return this.template(end);
    if (NAME_START.test(character)) return this.push('name', this.match(NAME), at);
    if (/[0-9]/.test(character)) return this.push('other', this.match(/[\w.]+/y), at);
    if (character === '/' && beginsExpression(previous)) {
      const pattern = this.match(/\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y);
      if (pattern !== '') return this.push('other', pattern, at);
    }
    const value = this.text.startsWith('=>', at) ? '=>' : character;
    this.at += value.length;
    return this.push('punctuation', value, at);
  }

  private push(kind: Token['kind'], value: string, at: number): Token {
    const token: Token = { kind, value, at };
    this.tokens.push(token);
    return token;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private quoted(quote: string, end: number): Token {
    const at = this.at;
    let value = '';
    for (this.at += 1; this.at < end; this.at += 1) {
      const character = this.text.charAt(this.at);
      if (character === '\n') break; // not a string after all
      if (character === quote) {
        this.at += 1;
        break;
      }
      if (character === '\\') this.at += 1;
      value += this.text.charAt(this.at);
    }
    return this.push('string', value, at);
  }

  private template(end: number): Token {
    const token = this.push('string', '', this.at);
    for (this.at += 1; this.at < end; ) {
      const character = this.text.charAt(this.at);
      if (character === '`') {
        this.at += 1;
        break;
      }
      if (character === '$' && this.text.charAt(this.at + 1) === '{') {
        this.at += 2;
        token.value += '\0';
        this.script(end, 'expression');
      } else {
        if (character === '\\') this.at += 1;
        token.value += this.text.charAt(this.at);
        this.at += 1;
      }
    }
    return token;
  }

  // Text and tags up to `end`, or one element with all that is in it.
  private markup(end: number, what: 'file' | 'element'): void {
    let open = 0;
    while (this.at < end) {
      const character = this.text.charAt(this.at);
      if (this.text.startsWith('<!--', this.at)) {
        this.skipMarkupComment(end);
      } else if (character === '<' && this.isTag()) {
        if (this.text.charAt(this.at + 1) === '>') {
          this.at += 2;
          open += 1;
        } else if (this.tag(end) === 'open') {
          open += 1;
        }
        if (what === 'element' && open === 0) return;
      } else if (this.text.startsWith('</', this.at)) {
        this.skipTo('>', end);
        open -= 1;
        if (what === 'element' && open <= 0) return;
      } else if (character === '{' && this.language !== 'vue') {
        this.braces(end);
      } else {
        this.at += 1;
      }
    }
  }

  private skipMarkupComment(end: number): void {
    const at = this.at;
    this.skipTo('-->', end);
    this.comments.push({ text: this.text.slice(at, this.at), at, end: this.at });
  }

  private skipTo(closing: string, end: number): void {
    const found = this.text.indexOf(closing, this.at);
    this.at = found < 0 ? end : Math.min(end, found + closing.length);
  }

  private braces(end: number): void {
    this.at += 1;
    // {/if} and its like, of Svelte
    if (this.language === 'svelte' && this.text.charAt(this.at) === '/') this.skipTo('}', end);
    else this.script(end, 'expression');
  }

  // A start tag; with the content of what holds no markup.
  private tag(end: number): 'open' | 'closed' {
    const at = this.at;
    this.at += 1;
    const name = this.match(TAG_NAME);
    const attributes: Attribute[] = [];
    const token: Token = { kind: 'tag', value: name, at, attributes };
    this.tokens.push(token);
    const isClosed = this.attributes(attributes, end) === 'closed';
    if (isClosed || VOID.has(name)) return 'closed';
    if (name !== 'script' && name !== 'style') return 'open';
    const found = this.text.indexOf(`</${name}`, this.at);
    const stop = found < 0 ? end : Math.min(found, end);
    const isData = attributes.some((one) => one.name === 'type' && /json/.test(textOf(one)));
    if (name === 'script' && !isData) while (this.at < stop) this.script(stop, 'file');
    this.at = stop;
    this.skipTo('>', end);
    return 'closed';
  }

  private attributes(attributes: Attribute[], end: number): 'open' | 'closed' {
    while (this.at < end) {
      const character = this.text.charAt(this.at);
      if (character === '>') {
        this.at += 1;
        return 'open';
      }
      if (this.text.startsWith('/>', this.at)) {
        this.at += 2;
        return 'closed';
      }
      if (character === '{') {
        this.braces(end);
      } else if (/\s/.test(character) || this.skipComment(end)) {
        this.at += /\s/.test(character) ? 1 : 0;
      } else {
        this.attribute(attributes, end);
      }
    }
    return 'closed';
  }

  private attribute(attributes: Attribute[], end: number): void {
    const at = this.at;
    const name = this.match(ATTRIBUTE_NAME);
    if (name === '') {
      this.at += 1; // nothing that a tag may hold
      return;
    }
    const attribute: Attribute = { name, at, tokens: [] };
    attributes.push(attribute);
    if (this.match(/\s*=\s*/y) === '') return;
    const first = this.tokens.length;
    const character = this.text.charAt(this.at);
    if (character === '{') {
      this.braces(end);
    } else if (character === '`') {
      this.template(end);
    } else if (character === '"' || character === "'") {
      this.quotedAttribute(attribute, character, end);
    } else {
      attribute.tokens = [{ kind: 'string', at: this.at, value: this.match(/[^\s>]+/y) }];
    }
    attribute.tokens.push(...this.tokens.slice(first));
  }

  private quotedAttribute(attribute: Attribute, quote: string, end: number): void {
    const from = this.at + 1;
    const found = this.text.indexOf(quote, from);
    const stop = found < 0 ? end : Math.min(found, end);
    this.at = from;
    if (this.language === 'vue' && /^(?::|v-|@)/.test(attribute.name)) {
      while (this.at < stop) this.script(stop, 'file');
    } else {
      attribute.tokens = [{ kind: 'string', value: this.text.slice(from, stop), at: from }];
    }
    this.at = Math.min(end, stop + 1);
  }
}

export function textOf(attribute: Attribute): string {
  return attribute.tokens.map((token) => (token.kind === 'string' ? token.value : '\0')).join('');
}

function beginsExpression(previous: Token | undefined): boolean {
  if (!previous) return true;
  if (previous.kind === 'punctuation') return !/^[)\]}]$/.test(previous.value);
  return previous.kind === 'name' && BEFORE_EXPRESSION.has(previous.value);
}

// Markdown with its code blanked out, each character where it was.
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ');
  return text
    .replace(/^([ \t]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^[ \t]*\2[ \t]*$/gm, blank)
    .replace(/(`+)[^`\n]+\1/g, blank);
}

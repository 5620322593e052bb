// As much of PostgreSQL's protocol (version 3) as it takes to see a COMMIT go by, and its answer.

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;

interface Message {
  type: string; // '' before the connection has begun
  body: Buffer;
}

// Cuts a stream into messages; what is not whole yet is kept.
class Splitter {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private isTyped: boolean) {}

  *feed(chunk: Buffer): Generator<Message> {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    for (;;) {
      const head = this.isTyped ? 1 : 0;
      if (this.rest.length < head + 4) return;
      const length = this.rest.readInt32BE(head);
      if (this.rest.length < head + length) return;
      const type = this.isTyped ? String.fromCharCode(this.rest[0] ?? 0) : '';
      const body = this.rest.subarray(head + 4, head + length);
      this.rest = this.rest.subarray(head + length);
      if (!this.isTyped) {
        const code = body.readInt32BE(0);
        this.isTyped = code !== SSL_REQUEST && code !== GSS_REQUEST;
      }
      yield { type, body };
    }
  }
}

const isCommit = (text: string): boolean => /(^|;)\s*(commit|end)\b/i.test(text);

function* strings(body: Buffer): Generator<string> {
  for (let from = 0; from < body.length;) {
    const end = body.indexOf(0, from);
    if (end < 0) return;
    yield body.toString('utf8', from, end);
    from = end + 1;
  }
}

// What a client sends: tells which chunks carry out a COMMIT, sent as text or as a prepared
// statement through a portal.
export class ClientStream {
  private readonly splitter = new Splitter(false);
  private readonly statements = new Set<string>(); // that were parsed as COMMIT
  private readonly portals = new Set<string>(); // bound to one of those

  hasCommit(chunk: Buffer): boolean {
    let found = false;
    for (const { type, body } of this.splitter.feed(chunk)) {
      const [first = '', second = ''] = strings(body);
      if (type === 'Q') found ||= isCommit(first);
      if (type === 'P') mark(this.statements, first, isCommit(second));
      if (type === 'B') mark(this.portals, first, this.statements.has(second));
      if (type === 'E') found ||= this.portals.has(first);
    }
    return found;
  }
}

function mark(names: Set<string>, name: string, isMember: boolean): void {
  if (isMember) names.add(name);
  else names.delete(name);
}

// What a server sends: tells whether a COMMIT was carried out, or came to its end without.
export class ServerStream {
  private readonly splitter = new Splitter(true);
  private isBegun = false;

  // The answer to a request for TLS is a single letter, before all messages.
  feed(chunk: Buffer): { isCommitted: boolean; isReady: boolean } {
    const isLetter = !this.isBegun && chunk.length === 1;
    if (isLetter) return { isCommitted: false, isReady: false };
    this.isBegun = true;
    let isCommitted = false;
    let isReady = false;
    for (const { type, body } of this.splitter.feed(chunk)) {
      if (type === 'C') isCommitted ||= body.toString('latin1').startsWith('COMMIT\0');
      if (type === 'Z') isReady = true;
    }
    return { isCommitted, isReady };
  }
}

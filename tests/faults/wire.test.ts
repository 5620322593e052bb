// The proxy's reading of PostgreSQL's protocol, byte by byte.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientStream, ServerStream } from './wire.js';

const message = (type: string, ...parts: (string | Buffer)[]): Buffer => {
  const texts = parts.map((part) => (typeof part === 'string' ? Buffer.from(part + '\0') : part));
  const body = Buffer.concat(texts);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const numbers = (...values: number[]): Buffer => Buffer.from(values);
const startup = message('', Buffer.from([0, 3, 0, 0]), 'user', 'ada', numbers(0));
const tls = message('', Buffer.from([4, 210, 22, 47]));

const begun = (): ClientStream => {
  const stream = new ClientStream();
  assert.equal(stream.hasCommit(Buffer.concat([tls, startup])), false);
  return stream;
};

describe('a COMMIT is seen', () => {
  test('as text', () => {
    assert.equal(begun().hasCommit(message('Q', 'COMMIT')), true);
    assert.equal(begun().hasCommit(message('Q', 'UPDATE a SET b = 1; commit;')), true);
    assert.equal(begun().hasCommit(message('Q', "SELECT 'commit'")), false);
    assert.equal(begun().hasCommit(message('Q', 'ROLLBACK')), false);
  });

  test('as a statement without a name', () => {
    const all = [message('P', '', 'COMMIT', numbers(0, 0)), message('B', '', '', numbers(0, 0))];
    const execute = message('E', '', numbers(0, 0, 0, 0));
    assert.equal(begun().hasCommit(Buffer.concat([...all, execute, message('S')])), true);
    assert.equal(begun().hasCommit(Buffer.concat(all)), false);
  });

  test('as a prepared statement, and no longer once another is bound', () => {
    const stream = begun();
    stream.hasCommit(message('P', 'c', 'COMMIT', numbers(0, 0)));
    stream.hasCommit(message('P', 's', 'SELECT 1', numbers(0, 0)));
    const execute = message('E', '', numbers(0, 0, 0, 0));
    stream.hasCommit(message('B', '', 'c', numbers(0, 0)));
    assert.equal(stream.hasCommit(execute), true);
    stream.hasCommit(message('B', '', 's', numbers(0, 0)));
    assert.equal(stream.hasCommit(execute), false);
  });

  test('in pieces of one byte', () => {
    const stream = begun();
    const seen = [...message('Q', 'COMMIT')].map((byte) => stream.hasCommit(Buffer.from([byte])));
    assert.deepEqual([seen.at(-1), seen.filter(Boolean).length], [true, 1]);
  });
});

test('what the server says of a COMMIT is told apart', () => {
  const stream = new ServerStream();
  assert.deepEqual(stream.feed(Buffer.from('N')), { isCommitted: false, isReady: false });
  const rest = message('Z', numbers(73));
  const done = Buffer.concat([message('C', 'COMMIT'), rest]);
  assert.deepEqual(stream.feed(done), { isCommitted: true, isReady: true });
  const undone = Buffer.concat([message('C', 'ROLLBACK'), rest]);
  assert.deepEqual(stream.feed(undone), { isCommitted: false, isReady: true });
});

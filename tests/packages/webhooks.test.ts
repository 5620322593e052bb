// Webhooks and interceptor calls: what Gatehouse signed is taken, and nothing else.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AuthClient, WebhookVerificationError, type MessageHeaders } from '@gatehouse/sdk/auth';
import { ROOT } from '../black_box/gatehouse.js';
import { NOW_MS, NOW_S, withCode } from './auth_issuer.js';

const KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const SECRET = `whsec_${KEY.toString('base64')}`;
const BODY = '{"type":"user.created","data":{"name":"Zoë 🦊"}}';

const signature = (id: string, time: number | string, body: string | Buffer, key = KEY): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64')}`;

const client = new AuthClient('https://id.acme.test', 'skc_1', 's', { now: () => NOW_MS });

type Call = [secret: string, headers: MessageHeaders, payload: string | Uint8Array];

for (const [kind, verify] of [
  ['webhook', client.verifyWebhookPayload.bind(client)],
  ['interceptor', client.verifyInterceptorPayload.bind(client)],
] as const) {
  describe(`a call of a ${kind}`, () => {
    const headers = (time: number | string = NOW_S, body: string | Buffer = BODY) => ({
      [`${kind}-id`]: 'msg_1',
      [`${kind}-timestamp`]: String(time),
      [`${kind}-signature`]: signature('msg_1', time, body),
    });
    const refused = (code: string, ...call: Call): void => {
      assert.throws(
        () => verify(...call),
        (error) => error instanceof WebhookVerificationError && withCode(code)(error),
      );
    };

    test('is taken as text, as bytes, and with headers of any kind', () => {
      assert.equal(verify(SECRET, headers(), BODY), true);
      assert.equal(verify(SECRET, headers(), Buffer.from(BODY)), true);
      assert.equal(verify(SECRET, new Headers(headers()), BODY), true);
      const written = Object.entries(headers()).map(([name, value]) => [name.toUpperCase(), value]);
      assert.equal(verify(SECRET, Object.fromEntries(written), BODY), true);
      assert.equal(verify(SECRET, headers(NOW_S, ''), ''), true);
      const bytes = randomBytes(1000);
      assert.equal(verify(SECRET, headers(NOW_S, bytes), bytes), true);
    });

    test('is not taken with anything changed', () => {
      const name = `${kind}-signature`;
      refused('webhook_signature', SECRET, headers(), `${BODY} `);
      refused('webhook_signature', SECRET, headers(), BODY.replace('created', 'deleted'));
      refused('webhook_signature', SECRET, { ...headers(), [`${kind}-id`]: 'msg_2' }, BODY);
      const later = { ...headers(), [`${kind}-timestamp`]: String(NOW_S + 1) };
      refused('webhook_signature', SECRET, later, BODY);
      const other = `whsec_${randomBytes(32).toString('base64')}`;
      refused('webhook_signature', other, headers(), BODY);
      const right = headers()[name] ?? '';
      for (const wrong of [
        right.replace('v1,', 'v2,'),
        right.replace('v1,', 'V1,'),
        right.replace('v1,', ''),
        right.slice(0, -2),
        `v1,${Buffer.from(right.slice(3), 'base64').subarray(0, 31).toString('base64')}`,
        `v1,${Buffer.concat([Buffer.from(right.slice(3), 'base64'), KEY]).toString('base64')}`,
        'v1,',
        'v1',
        ',',
        ' ',
        `v1,${'A'.repeat(43)}=`,
      ]) {
        refused('webhook_signature', SECRET, { ...headers(), [name]: wrong }, BODY);
      }
    });

    test('may carry several signatures, of which one must be right', () => {
      const name = `${kind}-signature`;
      const right = headers()[name] ?? '';
      const old = signature('msg_1', NOW_S, BODY, randomBytes(32));
      const short = 'v1,AAAA';
      for (const several of [
        `${old} ${right}`,
        `${right} ${old}`,
        `${short} ${right}`,
        `v1a,${right.slice(3)} ${right}`,
        `  ${right}  `,
      ]) {
        assert.equal(verify(SECRET, { ...headers(), [name]: several }, BODY), true, several);
      }
      refused('webhook_signature', SECRET, { ...headers(), [name]: `${old} ${short}` }, BODY);
    });

    test('is at most five minutes old, and not from further in the future', () => {
      for (const time of [NOW_S - 300, NOW_S + 300]) {
        assert.equal(verify(SECRET, headers(time), BODY), true);
      }
      for (const time of [NOW_S - 301, NOW_S + 301, 0, 999_999_999_999]) {
        refused('webhook_timestamp', SECRET, headers(time), BODY);
      }
    });

    test('has digits for its time and nothing more', () => {
      for (const time of [`${NOW_S}s`, ` ${NOW_S}`, `${NOW_S}.5`, `-${NOW_S}`, '1e9', 'NaN']) {
        refused('webhook_timestamp', SECRET, headers(time), BODY);
      }
    });

    test('needs all three headers, each once and not too long', () => {
      for (const name of Object.keys(headers())) {
        for (const value of ['', undefined, ['a', 'b'], 7, 'x'.repeat(4097)]) {
          const changed = { ...headers(), [name]: value } as MessageHeaders;
          refused('webhook_headers', SECRET, changed, BODY);
        }
        const twice = { ...headers(), [name.toUpperCase()]: 'x' };
        refused('webhook_headers', SECRET, twice, BODY);
      }
      refused('webhook_headers', SECRET, {}, BODY);
      refused('webhook_headers', SECRET, null as unknown as Headers, BODY);
      const otherKind = kind === 'webhook' ? 'interceptor' : 'webhook';
      const moved = Object.entries(headers()).map(([name, value]) => [
        name.replace(kind, otherKind),
        value,
      ]);
      refused('webhook_headers', SECRET, Object.fromEntries(moved), BODY);
    });

    test('needs a secret that is one', () => {
      for (const secret of ['', 'whsec', 'whsec_', 'whsec_?', 'whsec_A', KEY.toString('base64')]) {
        refused('webhook_secret', secret, headers(), BODY);
      }
      refused('webhook_secret', undefined as unknown as string, headers(), BODY);
    });

    test('is the body as it came, not what was read from it', () => {
      const parsed = JSON.parse(BODY) as string;
      refused('webhook_payload', SECRET, headers(), parsed);
      refused('webhook_payload', SECRET, headers(), undefined as unknown as string);
      refused('webhook_payload', SECRET, headers(), new Uint8Array(16 * 1024 * 1024 + 1));
    });
  });
}

test('no error of a webhook shows the secret or the signature that would have been right', () => {
  const right = signature('msg_1', NOW_S, BODY);
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(NOW_S),
    'webhook-signature': `v1,${'B'.repeat(43)}=`,
  };
  assert.throws(
    () => client.verifyWebhookPayload(SECRET, headers, BODY),
    (error) => {
      const shown = `${(error as Error).stack} ${JSON.stringify(error)}`;
      return ![SECRET, SECRET.slice(6), right.slice(3)].some((kept) => shown.includes(kept));
    },
  );
});

test('our SHA-256 and HMAC are everybody’s', async () => {
  const path = join(ROOT, 'packages/sdk/dist/esm/auth/hmac.js');
  const { sha256, hmacSha256 } = (await import(pathToFileURL(path).href)) as {
    sha256(message: Uint8Array): Uint8Array;
    hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
  };
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  for (let length = 0; length < 260; ++length) {
    const message = randomBytes(length);
    const key = randomBytes(length % 131);
    assert.equal(hex(sha256(message)), createHash('sha256').update(message).digest('hex'));
    const expected = createHmac('sha256', key).update(message).digest('hex');
    assert.equal(hex(hmacSha256(key, message)), expected);
  }
  const big = randomBytes(1_000_003);
  assert.equal(hex(sha256(big)), createHash('sha256').update(big).digest('hex'));
});

// Which tokens AuthClient believes: every algorithm that signs by a private key, and nothing that
// an attacker could make of them. The issuer is the test’s own: it signs what Gatehouse never does.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { AuthClient, TokenError, type ClientOptions } from '@gatehouse/sdk/auth';
import {
  ACCESS,
  assemble,
  CLIENT_ID,
  ISSUER,
  KeyServer,
  NOW_MS,
  NOW_S,
  signer,
  signWithSecret,
  withCode,
  type Claims,
  type Signer,
} from './auth_issuer.js';

const rsa = signer('RS256', 'rsa');
const ec = signer('ES256', 'ec');
const ed = signer('EdDSA', 'ed');
const keys = new KeyServer(rsa, ec, ed);

const clientWith = (options: ClientOptions = {}, { fetch } = keys): AuthClient =>
  new AuthClient(ISSUER, CLIENT_ID, 'secret', { fetch, now: () => NOW_MS, ...options });
const client = clientWith();

const assertRefused = async (token: string, code: string, by = client): Promise<void> => {
  await assert.rejects(by.validateToken(token), (error) => {
    assert.ok(error instanceof TokenError, String(error));
    withCode(code)(error);
    for (const part of String(token).split('.')) {
      assert.ok(part.length < 8 || !`${error.stack}`.includes(part), 'the error shows the token');
    }
    return true;
  });
};

const signed = (header: Claims = {}, claims: Claims = {}, by: Signer = rsa): string =>
  by.sign(header, { ...ACCESS, ...claims });

describe('a good token', () => {
  for (const alg of [
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    ...['ES256', 'ES384', 'ES512', 'EdDSA'],
  ]) {
    test(`by ${alg} is believed, and with one bit changed it is not`, async () => {
      const one = signer(alg, 'k');
      const by = clientWith({}, new KeyServer(one));
      const token = one.sign({}, ACCESS);
      assert.equal((await by.validateToken(token)).sub, 'usr_1');
      const [head = '', body = '', tail = ''] = token.split('.');
      const bytes = Buffer.from(tail, 'base64url');
      bytes[7] = (bytes[7] ?? 0) ^ 1;
      const changed = `${head}.${body}.${bytes.toString('base64url')}`;
      await assertRefused(changed, 'token_signature', by);
    });
  }

  test('may name no key where only one can be meant', async () => {
    const token = signed({ kid: undefined }, {}, ec);
    assert.ok(await client.validateToken(token));
    const two = clientWith({}, new KeyServer(ec, signer('ES256', 'ec2')));
    await assertRefused(token, 'token_key_unknown', two);
  });

  test('may write its type in full', async () => {
    assert.ok(await client.validateToken(signed({ typ: 'application/AT+JWT' })));
  });
});

describe('a key', () => {
  const refusedWith = async (jwk: Claims, alg = 'RS256', bits = 2048): Promise<void> => {
    const one = signer(alg, 'k', bits);
    const server = new KeyServer(rsa);
    server.jwks = [rsa.jwk, { ...one.jwk, ...jwk }];
    const by = clientWith({}, server);
    assert.ok(await by.validateToken(signed()));
    await assertRefused(one.sign({}, ACCESS), 'token_key_unknown', by);
  };

  test('of 1024 bits is none', async () => await refusedWith({}, 'RS256', 1024));
  test('for encryption is none', async () => await refusedWith({ use: 'enc' }));
  test('of an unknown algorithm is none', async () => await refusedWith({ alg: 'RS1' }));
  test('without its numbers is none', async () => await refusedWith({ n: 7 }));
  test('off its curve is none', async () => await refusedWith({ x: ec.jwk['y'] }, 'ES256'));

  test('without alg is for one algorithm all the same', async () => {
    const other = signer('RS512', 'rsa');
    const server = new KeyServer();
    const { alg: _, ...bare } = other.jwk;
    server.jwks = [bare];
    await assertRefused(other.sign({}, ACCESS), 'token_algorithm', clientWith({}, server));
  });

  test('that is no object does not keep the others from being used', async () => {
    const server = new KeyServer(rsa);
    server.jwks = [null, 7, 'key', [], { kty: 'oct', k: 'AAAA', kid: 'x' }, ...server.jwks];
    assert.ok(await clientWith({}, server).validateToken(signed()));
  });
});

describe('a token is refused', () => {
  const CLAIMS: [string, Claims, string][] = [
    ['from another issuer', { iss: 'https://id.evil.test' }, 'token_issuer'],
    ['from an issuer that only begins like ours', { iss: `${ISSUER}/` }, 'token_issuer'],
    ['without an issuer', { iss: undefined }, 'token_issuer'],
    ['for another client', { aud: ['skc_2'] }, 'token_audience'],
    ['for nobody', { aud: undefined }, 'token_audience'],
    ['for a list in a list', { aud: [[CLIENT_ID]] }, 'token_audience'],
    ['that is over', { exp: NOW_S - 5 }, 'token_expired'],
    ['that never ends', { exp: undefined }, 'token_claims'],
    ['whose end is a text', { exp: String(NOW_S + 900) }, 'token_claims'],
    ['whose end is null', { exp: null }, 'token_claims'],
    ['that is not valid yet', { nbf: NOW_S + 6 }, 'token_not_yet_valid'],
    ['whose beginning is a text', { nbf: 'soon' }, 'token_claims'],
    ['of nobody', { sub: undefined }, 'token_type'],
    ['of an empty somebody', { sub: '' }, 'token_type'],
    ['of somebody with an endless name', { sub: 'x'.repeat(256) }, 'token_type'],
    ['that tells of a logout', { events: {} }, 'token_type'],
  ];
  for (const [what, claims, code] of CLAIMS) {
    test(what, async () => await assertRefused(signed({}, claims), code));
  }

  const HEADERS: [string, Claims, string][] = [
    ['that is an ID token', { typ: 'JWT' }, 'token_type'],
    ['without a type', { typ: undefined }, 'token_type'],
    ['with a critical extension', { crit: ['b64'], b64: false }, 'token_malformed'],
    ['with an empty list of extensions', { crit: [] }, 'token_malformed'],
    ['whose algorithm is that of another key', { alg: 'ES256' }, 'token_algorithm'],
    ['whose algorithm is another one of the same kind', { alg: 'PS256' }, 'token_algorithm'],
    ['whose algorithm is written otherwise', { alg: 'rs256' }, 'token_algorithm'],
    ['whose algorithm is a list', { alg: ['RS256'] }, 'token_malformed'],
    ['whose key is a number', { kid: 7 }, 'token_malformed'],
    ['whose type is an object', { typ: {} }, 'token_malformed'],
    ['by a key that is not published', { kid: 'else' }, 'token_key_unknown'],
    ['that names another one’s key', { kid: 'ec' }, 'token_algorithm'],
  ];
  for (const [what, header, code] of HEADERS) {
    test(what, async () => await assertRefused(signed(header), code));
  }

  test('that says none of its signature', async () => {
    for (const alg of ['none', 'None', 'nOnE', '']) {
      const header = { alg, typ: 'at+jwt', kid: 'rsa' };
      await assertRefused(assemble(header, ACCESS, Buffer.alloc(0)), 'token_algorithm');
      await assertRefused(assemble(header, ACCESS, Buffer.alloc(256)), 'token_algorithm');
    }
  });

  test('by no algorithm of ours, before anybody is asked for its key', async () => {
    const server = new KeyServer(rsa);
    for (const alg of ['none', 'HS256', 'RS1', 'ES256K', 'RSA-OAEP']) {
      const token = assemble({ alg, typ: 'at+jwt', kid: 'else' }, ACCESS, Buffer.alloc(32));
      await assertRefused(token, 'token_algorithm', clientWith({}, server));
    }
    assert.equal(server.asked, 0);
  });

  test('whose secret is our public key', async () => {
    const key = createPublicKey({ key: rsa.jwk, format: 'jwk' });
    const pem = key.export({ type: 'spki', format: 'pem' });
    const der = key.export({ type: 'spki', format: 'der' });
    for (const secret of [pem, der, String(rsa.jwk['n']), JSON.stringify(rsa.jwk), '']) {
      const token = signWithSecret({ kid: 'rsa' }, ACCESS, secret);
      await assertRefused(token, 'token_algorithm');
    }
  });

  test('that is signed by another key under our key’s name', async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
      const ours = { RS256: 'rsa', ES256: 'ec', EdDSA: 'ed' }[alg];
      await assertRefused(signer(alg, ours).sign({}, ACCESS), 'token_signature');
    }
  });

  test('that brings its key along', async () => {
    const own = signer('RS256', 'rsa');
    const urls = { jku: 'https://id.evil.test/keys', x5u: 'https://id.evil.test/cert' };
    const before = keys.asked;
    await assertRefused(own.sign({ jwk: own.jwk, ...urls }, ACCESS), 'token_signature');
    assert.equal(keys.asked, before);
  });

  test('that is cut off anywhere, or has something more', async () => {
    const token = signed({}, {}, ed);
    for (let length = 0; length < token.length; ++length) {
      await assert.rejects(client.validateToken(token.slice(0, length)), TokenError);
    }
    for (const more of ['.', '=', ' ', '\n', 'A', '.AAAA']) {
      await assert.rejects(client.validateToken(token + more), TokenError, more);
      await assert.rejects(client.validateToken(more + token), TokenError, more);
    }
  });

  test('that has any one character changed', async () => {
    const token = signed({}, {}, ec);
    for (let at = 0; at < token.length; ++at) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      await assert.rejects(client.validateToken(changed), TokenError, `character ${at}`);
    }
  });

  test('that is written in a second way', async () => {
    // The last character of 64 bytes has four bits that mean nothing.
    const token = signed({}, {}, ed);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1) ?? '');
    for (let bits = 1; bits < 16; ++bits) {
      const other = token.slice(0, -1) + (alphabet[last ^ bits] ?? '');
      await assertRefused(other, 'token_malformed');
    }
  });

  test('that is not one at all', async () => {
    const texts = ['', '.', '..', '...', 'a.b.c', 'null', '{}', 'ё.ё.ё', '\u0000', 'e30.e30.'];
    for (const text of [...texts, undefined, null, 7, {}, []] as string[]) {
      await assert.rejects(client.validateToken(text), withCode('token_malformed'), String(text));
      assert.equal(await client.validateAccessToken(text), false);
    }
    const notUtf8 = `${Buffer.from([0xff, 0xfe]).toString('base64url')}.e30.AAAA`;
    await assertRefused(notUtf8, 'token_malformed');
    for (const body of ['null', '[]', '"text"', '7', '{', '{"a":1}x', '['.repeat(20_000)]) {
      await assertRefused(rsa.sign({}, body), 'token_malformed');
    }
  });

  test('that is huge, before anybody is asked', async () => {
    const server = new KeyServer(rsa);
    const by = clientWith({}, server);
    const huge = signed({}, { roles: Array.from({ length: 20_000 }, (_, at) => `role-${at}`) });
    await assertRefused(huge, 'token_too_large', by);
    await assertRefused(signed({ more: 'x'.repeat(4096) }), 'token_malformed', by);
    assert.equal(server.asked, 0);
    const groups = Array.from({ length: 40 }, (_, at) => `cn=group-${at},${'ou=x,'.repeat(40)}`);
    assert.ok(await by.validateToken(signed({}, { groups })));
  });

  test('whose claims hide behind a prototype', async () => {
    const body = JSON.stringify({ ...ACCESS, sub: undefined }).replace(
      '{',
      '{"__proto__":{"sub":"usr_1"},',
    );
    await assertRefused(rsa.sign({}, body), 'token_type');
  });
});

describe('an ID token', () => {
  const ID: Claims = { ...ACCESS, azp: CLIENT_ID, nonce: 'n-1', email: 'ada@acme.test' };
  const id = (claims: Claims = {}, header: Claims = {}): string =>
    rsa.sign({ typ: 'JWT', ...header }, { ...ID, ...claims });

  test('is believed with its nonce, and without asking for one', async () => {
    assert.equal((await client.verifyIdToken(id(), { nonce: 'n-1' })).email, 'ada@acme.test');
    assert.ok(await client.verifyIdToken(id()));
    assert.ok(await client.verifyIdToken(id({}, { typ: undefined })));
  });

  const REFUSED: [string, Claims, string][] = [
    ['of another request', { nonce: 'n-2' }, 'token_nonce'],
    ['of no request', { nonce: undefined }, 'token_nonce'],
    ['for another client', { aud: 'skc_2' }, 'token_audience'],
    ['that another client asked for', { azp: 'skc_2' }, 'token_audience'],
    ['for two, of whom none asked', { aud: [CLIENT_ID, 'x'], azp: undefined }, 'token_audience'],
    ['that is over', { exp: NOW_S - 6 }, 'token_expired'],
  ];
  for (const [what, claims, code] of REFUSED) {
    test(`is refused: ${what}`, async () => {
      await assert.rejects(client.verifyIdToken(id(claims), { nonce: 'n-1' }), withCode(code));
    });
  }
});

describe('a logout token', () => {
  const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
  const { nbf: _, ...rest } = ACCESS;
  const LOGOUT: Claims = { ...rest, sid: 'ses_1', jti: 'tkn_1', events: { [EVENT]: {} } };
  const verify = (claims: Claims, header: Claims = {}): Promise<unknown> =>
    client.verifyLogoutToken(rsa.sign({ typ: 'logout+jwt', ...header }, { ...LOGOUT, ...claims }));

  test('names a session, a person, or both', async () => {
    assert.ok(await verify({}));
    assert.ok(await verify({ sub: undefined }));
    assert.ok(await verify({ sid: undefined }));
  });

  const REFUSED: [string, Claims, string][] = [
    ['that names nobody', { sub: undefined, sid: undefined }, 'token_type'],
    ['with a nonce', { nonce: 'n-1' }, 'token_type'],
    ['without events', { events: undefined }, 'token_type'],
    ['of another event', { events: { other: {} } }, 'token_type'],
    ['whose event is true', { events: { [EVENT]: true } }, 'token_type'],
    ['whose event is null', { events: { [EVENT]: null } }, 'token_type'],
    ['for another client', { aud: ['skc_2'] }, 'token_audience'],
    ['of another issuer', { iss: 'https://id.evil.test' }, 'token_issuer'],
  ];
  for (const [what, claims, code] of REFUSED) {
    test(`is refused: ${what}`, async () => {
      await assert.rejects(verify(claims), withCode(code));
    });
  }
  test('is refused under another token’s type', async () => {
    for (const typ of ['JWT', 'at+jwt', undefined]) {
      await assert.rejects(verify({}, { typ }), withCode('token_type'));
    }
  });
});

describe('what a tile of an identity provider brings', () => {
  const TILE: Claims = {
    iss: ISSUER,
    connection_id: 'conn_1',
    iat: NOW_S,
    nbf: NOW_S - 60,
    exp: NOW_S + 300,
  };
  const read = (claims: Claims, header: Claims = {}): Promise<unknown> =>
    client.getIdpInitiatedLoginClaims(rsa.sign({ typ: 'JWT', ...header }, { ...TILE, ...claims }));

  test('is for whoever may begin a sign-in, or for us by name', async () => {
    assert.ok(await read({}));
    assert.ok(await read({ aud: CLIENT_ID }));
    assert.ok(await read({}, { typ: undefined }));
  });

  const REFUSED: [string, Claims, string][] = [
    ['for another client', { aud: 'skc_2' }, 'token_audience'],
    ['of another issuer', { iss: 'https://id.evil.test' }, 'token_issuer'],
    ['that is over', { exp: NOW_S - 5 }, 'token_expired'],
    ['without a connection', { connection_id: undefined }, 'token_type'],
    ['with a connection that is none', { connection_id: {} }, 'token_type'],
    ['that is an ID token with a claim of that name', { sub: 'usr_1' }, 'token_type'],
  ];
  for (const [what, claims, code] of REFUSED) {
    test(`is refused: ${what}`, async () => {
      await assert.rejects(read(claims), withCode(code));
    });
  }
  test('is refused under another token’s type', async () => {
    for (const typ of ['at+jwt', 'logout+jwt']) {
      await assert.rejects(read({}, { typ }), withCode('token_type'));
    }
  });
});

describe('strict: false', () => {
  const lax = clientWith({ strict: false });
  test('leaves out issuer, audience and type', async () => {
    const other = { iss: 'https://else.test', aud: 'skc_2' };
    assert.ok(await lax.validateToken(signed({ typ: 'JWT' }, other)));
    const options = { issuer: 'https://else.test', audience: 'skc_2' };
    assert.ok(await lax.validateToken(signed({}, other), options));
    const bad = lax.validateToken(signed({}, other), { ...options, audience: ['skc_3'] });
    await assert.rejects(bad, withCode('token_audience'));
  });
  test('leaves out neither signature nor time', async () => {
    await assertRefused(signer('RS256', 'rsa').sign({}, ACCESS), 'token_signature', lax);
    await assertRefused(signed({}, { exp: NOW_S - 6 }), 'token_expired', lax);
    const unsigned = assemble({ alg: 'none', kid: 'rsa' }, ACCESS, Buffer.alloc(0));
    await assertRefused(unsigned, 'token_algorithm', lax);
  });
});

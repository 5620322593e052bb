// `gatehouse dev --tls`: https on localhost, for clients that accept nothing less.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { connect, type ClientHttp2Session } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { ADA, authorizeUrl, REDIRECT_URI, SEED } from './clients.js';
import { Gatehouse, ROOT } from './gatehouse.js';
import { send } from './http.js';
import { Person } from './person.js';

const run = promisify(execFile);

async function handshake(options: ConnectionOptions): Promise<TLSSocket> {
  return await new Promise((settle, fail) => {
    const socket = connectTls(options, () => settle(socket));
    socket.once('error', fail);
  });
}

async function getOverHttp2(session: ClientHttp2Session, path: string): Promise<string> {
  const stream = session.request({ ':path': path });
  stream.setEncoding('utf8');
  let body = '';
  for await (const part of stream) body += String(part);
  return body;
}

// A program of its own, as people write them: Node reads NODE_EXTRA_CA_CERTS only at its start.
async function program(
  gatehouse: Gatehouse,
  source: string,
  trusted: Record<string, string>,
): Promise<string> {
  const { environment_url, client_id, client_secret } = gatehouse.ready;
  const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: ROOT,
    timeout: 30_000,
    env: { ...environment, ...trusted, URL: environment_url, ID: client_id, SECRET: client_secret },
  });
  return stdout.trim();
}

const SDK_PROGRAM = `
  import { ScalekitClient } from '@scalekit-sdk/node';
  const { URL, ID, SECRET } = process.env;
  const client = new ScalekitClient(URL, ID, SECRET);
  try {
    const { organizations } = await client.organization.listOrganization({ pageSize: 10 });
    console.log(organizations.map((organization) => organization.displayName).join());
  } catch (error) {
    console.log('refused: ' + error.message);
    process.exit(0);
  }`;

describe('gatehouse dev --tls', () => {
  let gatehouse: Gatehouse;
  let port: number;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED, tls: true });
    port = gatehouse.port;
  });
  after(async () => await gatehouse?.stop());

  test('the issuer is https; HTTP/1.1 and HTTP/2 are served to who trusts the root', async () => {
    assert.equal(gatehouse.url, `https://localhost:${port}`);
    const path = '/.well-known/openid-configuration';
    const answer = await send(gatehouse.url + path, { ca: gatehouse.ca });
    assert.equal(answer.status, 200);
    assert.equal((JSON.parse(answer.body) as { issuer: string }).issuer, gatehouse.url);

    const session = connect(gatehouse.url, gatehouse.ca ? { ca: gatehouse.ca } : {});
    try {
      assert.equal(await getOverHttp2(session, path), answer.body);
      assert.equal(session.alpnProtocol, 'h2');
    } finally {
      session.close();
    }
  });

  test('whoever does not trust the root, or asks for another name, is not connected', async () => {
    await assert.rejects(send(`${gatehouse.url}/readyz`), {
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    const ca = gatehouse.ca ?? '';
    const names: Record<string, string> = {};
    for (const host of ['localhost', '127.0.0.1']) {
      const named = host === 'localhost' ? { servername: host } : {};
      const socket = await handshake({ host, port, ca, ...named });
      assert.equal(socket.authorized, true, host);
      names[host] = socket.getPeerCertificate().subjectaltname ?? '';
      socket.destroy();
    }
    // BoringSSL refuses addresses under a root that constrains them, so hosts are shown none.
    assert.equal(names['localhost'], 'DNS:localhost, DNS:*.localhost');
    assert.match(names['127.0.0.1'] ?? '', /IP Address:127\.0\.0\.1/);
    await assert.rejects(
      handshake({ host: 'localhost', port, ca, servername: 'gatehouse.example' }),
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    );
  });

  test('plain http on that port gets no answer', async () => {
    await assert.rejects(send(`http://localhost:${port}/readyz`));
  });

  test('cookies are bound to the host, and browsers are not told to insist on https', async () => {
    const page = await send(authorizeUrl(gatehouse, { state: 's' }), { ca: gatehouse.ca });
    const cookies = page.headers['set-cookie'] ?? [];
    assert.ok(cookies.length > 0);
    for (const cookie of cookies) {
      assert.match(cookie, /^__Host-/);
      assert.match(cookie, /; Secure/);
      assert.match(cookie, /; Path=\//);
    }
    assert.equal(page.headers['strict-transport-security'], undefined);
  });

  test('a person signs in', async () => {
    const person = new Person(gatehouse, ADA);
    const callback = await person.authorize(authorizeUrl(gatehouse, { state: 's' }));
    assert.ok(callback.href.startsWith(REDIRECT_URI));
    assert.ok(callback.searchParams.get('code'));
    assert.equal(callback.searchParams.get('iss'), gatehouse.url);
    assert.ok(person.cookieNames().includes('__Host-gh_session'));
  });

  test('the SDK works once NODE_EXTRA_CA_CERTS names the root, and not before', async () => {
    const ca = gatehouse.ready.ca_file ?? '';
    assert.equal(await program(gatehouse, SDK_PROGRAM, { NODE_EXTRA_CA_CERTS: ca }), 'Acme');
    assert.match(await program(gatehouse, SDK_PROGRAM, {}), /^refused: .*certificate/);
  });

  test('it says where the root is and how each kind of client is told to trust it', () => {
    const ca = gatehouse.ready.ca_file ?? '';
    const variables = [
      'NODE_EXTRA_CA_CERTS',
      'SSL_CERT_FILE',
      'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
      'REQUESTS_CA_BUNDLE',
    ];
    for (const name of variables) assert.ok(gatehouse.log.includes(`export ${name}=${ca}\n`), name);
    assert.match(gatehouse.log, /keytool -importcert .*truststore/s);
  });
});

describe('gatehouse dev, with and without --tls on the same data', () => {
  let gatehouse: Gatehouse;
  before(async () => void (gatehouse = await Gatehouse.start({ seed: SEED })));
  after(async () => await gatehouse?.stop());

  test('the environment follows, says so, and keeps its root and its data', async () => {
    const before = gatehouse.ready;
    assert.equal(before.ca_file, undefined);
    await gatehouse.restart({ tls: true });
    const root = gatehouse.ca;
    assert.equal(gatehouse.url, before.environment_url.replace('http:', 'https:'));
    assert.equal(gatehouse.ready.client_id, before.client_id);
    assert.equal(gatehouse.ready.client_secret, before.client_secret);
    assert.ok(gatehouse.log.includes(`It was at ${before.environment_url} before`));

    await gatehouse.restart({ tls: false });
    assert.equal(gatehouse.url, before.environment_url);
    await gatehouse.restart({ tls: true });
    assert.equal(gatehouse.ca, root);
    const token = await send(`${gatehouse.url}/oauth/token`, {
      ca: root,
      form: {
        grant_type: 'client_credentials',
        client_id: before.client_id,
        client_secret: before.client_secret,
      },
    });
    assert.equal(token.status, 200);
  });
});

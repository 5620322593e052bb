// The load balancers of deploy/ in front of two real nodes: both are used, nobody can pretend to be
// somebody else, and nobody notices when a node goes. On PostgreSQL, which the nodes share.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { HOST, Installation, type Node } from '../faults/nodes.js';
import { PrivateDatabase } from './database.js';
import { freePort, ROOT } from './gatehouse.js';

const PATH = `${process.env['PATH']}:/usr/sbin`;

interface Balancer {
  name: string;
  // Writes its configuration, from the file in deploy/; returns the command line.
  prepare: (folder: string, port: number, nodes: Node[]) => Promise<string[]>;
  // Repeats what a killed node has left unanswered, where that is safe.
  repeats: boolean;
}

const BALANCERS: Balancer[] = [
  {
    name: 'haproxy',
    repeats: true,
    prepare: async (folder, port, nodes) => {
      const file = join(folder, 'haproxy.cfg');
      const text = readFileSync(join(ROOT, 'deploy/haproxy/haproxy.cfg'), 'utf8')
        .replace('bind :80\n', `bind 127.0.0.1:${await freePort()}\n`)
        .replace('bind :443 ssl crt /etc/haproxy/', `bind 127.0.0.1:${port} ssl crt ${folder}/`)
        .replaceAll('10.0.0.11:8080', `127.0.0.1:${nodes[0]?.port}`)
        .replaceAll('10.0.0.12:8080', `127.0.0.1:${nodes[1]?.port}`);
      writeFileSync(file, text);
      return ['haproxy', '-f', file];
    },
  },
  {
    name: 'nginx',
    repeats: false,
    prepare: async (folder, port, nodes) => {
      const site = readFileSync(join(ROOT, 'deploy/nginx/gatehouse.conf'), 'utf8')
        .replaceAll(/^ *listen \[::\].*\n/gm, '')
        .replace('listen 80;', `listen 127.0.0.1:${await freePort()};`)
        .replace('listen 443 ', `listen 127.0.0.1:${port} `)
        .replaceAll('/etc/nginx/', `${folder}/`)
        .replaceAll('10.0.0.11:8080', `127.0.0.1:${nodes[0]?.port}`)
        .replaceAll('10.0.0.12:8080', `127.0.0.1:${nodes[1]?.port}`);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${folder}/${name};`)
        .join(' ');
      const file = join(folder, 'nginx.conf');
      writeFileSync(
        file,
        `daemon off; pid ${folder}/pid; error_log stderr; events {}\n` +
          `http { access_log off; ${temporary}\n${site} }\n`,
      );
      return ['nginx', '-c', file];
    },
  },
];

for (const balancer of BALANCERS) {
  const missing = reasonToSkip(balancer.name);
  describe(`two nodes behind ${balancer.name}`, { skip: missing ?? false }, () => {
    test('are both used, are told the truth about clients, and are not missed', async () => {
      const database = PrivateDatabase.create();
      assert.ok(database);
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
      let proxy: ChildProcess | undefined;
      let installation: Installation | undefined;
      try {
        installation = await Installation.start({ nodes: 2, database: () => database.url });
        const port = await freePort();
        const ca = makeCertificate(folder);
        const [program = '', ...words] = await balancer.prepare(folder, port, installation.nodes);
        proxy = spawn(program, words, { stdio: 'ignore', env: { ...process.env, PATH } });
        const site = new Site(port, ca, installation);
        await site.isUp();
        await bothAreUsed(site, installation);
        await clientsCannotPretend(site, installation);
        await grpcPasses(port, ca);
        await nobodyNotices(site, installation, balancer.repeats);
        await installation.stop();
        installation = undefined;
      } finally {
        proxy?.kill();
        await installation?.discard();
        rmSync(folder, { recursive: true });
        database.drop();
      }
    });
  });
}

// What is different: where it listens, and that its nodes have names.
test('the HAProxy of compose is the one that is tried here', () => {
  const rules = (file: string): string[] =>
    readFileSync(join(ROOT, file), 'utf8')
      .replace(/^resolvers .*?\n\n/ms, '')
      .replaceAll(/ resolvers docker init-addr libc,none/g, '')
      .split('\n')
      .filter((line) => !/^(#| +(bind|server) )/.test(line));
  assert.deepEqual(rules('deploy/compose/haproxy.cfg'), rules('deploy/haproxy/haproxy.cfg'));
});

class Site {
  constructor(
    private readonly port: number,
    private readonly ca: string,
    private readonly installation: Installation,
  ) {}

  ask(path: string, headers: Record<string, string> = {}, form?: string): Promise<number> {
    const type = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    return new Promise((settle, fail) => {
      const asked = httpsRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          servername: HOST,
          ca: this.ca,
          path,
          agent: false,
          method: form ? 'POST' : 'GET',
          headers: { host: HOST, ...type, ...headers },
        },
        (answer) => {
          answer.resume();
          answer.on('end', () => settle(answer.statusCode ?? 0));
          answer.on('error', fail);
        },
      );
      asked.on('error', fail);
      asked.setTimeout(10_000, () => asked.destroy(new Error('no answer within 10 s')));
      asked.end(form);
    });
  }

  token(secret = this.installation.clientSecret, headers = {}): Promise<number> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: this.installation.clientId,
      client_secret: secret,
    });
    return this.ask('/oauth/token', headers, form.toString());
  }

  async isUp(): Promise<void> {
    for (const until = Date.now() + 10_000; Date.now() < until; await pause(50)) {
      const status = await this.ask('/keys').catch(() => 0);
      if (status === 200) return;
    }
    throw new Error('the balancer does not serve the nodes');
  }
}

const answered = async (node: Node, route: string): Promise<number> => {
  const line = new RegExp(`requests_total\\{route="${route}",status="2xx"\\} (\\d+)`);
  return Number(line.exec((await node.ask('/metrics')).body)?.[1] ?? 0);
};

async function bothAreUsed(site: Site, installation: Installation): Promise<void> {
  for (let i = 0; i < 20; ++i) assert.equal(await site.ask('/keys'), 200);
  for (const node of installation.nodes) assert.ok((await answered(node, 'GET /keys')) >= 5);
  for (const path of ['/metrics', '/livez', '/readyz']) assert.equal(await site.ask(path), 404);
}

// A refusal is in the audit log with the address that it came from.
async function clientsCannotPretend(site: Site, installation: Installation): Promise<void> {
  const forged = '203.0.113.9';
  assert.equal(await site.token('wrong', { 'x-forwarded-for': forged, forwarded: forged }), 401);
  for (const until = Date.now() + 5000; ; await pause(50)) {
    const log = JSON.stringify(await installation.admin('audit', 'list'));
    assert.ok(!log.includes(forged), 'what a client says of itself is not believed');
    if (log.includes('127.0.0.1')) return;
    assert.ok(Date.now() < until, log.slice(0, 2000));
  }
}

// Without a token it is refused, by Gatehouse, in the words of gRPC.
async function grpcPasses(port: number, ca: string): Promise<void> {
  const session = connect(`https://127.0.0.1:${port}`, { ca, servername: HOST });
  try {
    const stream = session.request({
      ':method': 'POST',
      ':authority': HOST,
      ':path': '/scalekit.v1.organizations.OrganizationService/ListOrganization',
      'content-type': 'application/grpc+proto',
      te: 'trailers',
    });
    stream.end(Buffer.alloc(5));
    const status = await new Promise((settle, fail) => {
      stream.on('response', (headers) => headers['grpc-status'] && settle(headers['grpc-status']));
      stream.on('trailers', (headers) => settle(headers['grpc-status']));
      stream.on('error', fail);
      stream.on('end', () => settle('none'));
      stream.resume();
    });
    assert.equal(status, '16');
  } finally {
    session.destroy();
  }
}

// Tokens are asked for all the while; every answer is a token.
async function nobodyNotices(
  site: Site,
  installation: Installation,
  repeats: boolean,
): Promise<void> {
  const answers: (number | string)[] = [];
  let isOver = false;
  const asking = Array.from({ length: 4 }, async () => {
    while (!isOver) answers.push(await site.token().catch(String));
  });
  const ways = ['terminate', ...(repeats ? (['kill', 'kill'] as const) : [])] as const;
  for (const [turn, way] of ways.entries()) {
    const node = installation.node(turn % 2);
    await pause(200);
    await node[way]();
    const before = answers.length;
    while (answers.length < before + 20) await pause(20);
    await node.start();
    await pause(1500); // until a health check has seen it
  }
  isOver = true;
  await Promise.all(asking);
  const wrong = answers.filter((answer) => answer !== 200);
  assert.deepEqual(wrong, [], `${wrong.length} of ${answers.length}`);
  assert.ok(answers.length > 50);
}

function makeCertificate(folder: string): string {
  const key = join(folder, 'tls.key');
  const certificate = join(folder, 'certificate');
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync(
    'openssl',
    ['req', ...kind, '-keyout', key, '-out', certificate, '-days', '2', ...subject],
    { stdio: 'ignore' },
  );
  const pem = readFileSync(certificate, 'utf8');
  writeFileSync(join(folder, 'tls.pem'), pem + readFileSync(key, 'utf8'), { mode: 0o600 });
  return pem;
}

function reasonToSkip(program: string): string | undefined {
  if (!process.env['GATEHOUSE_TEST_POSTGRES']) return 'runs on PostgreSQL only';
  const found = spawnSync(program, ['-v'], { env: { ...process.env, PATH } });
  return found.status === 0 ? undefined : `${program} is not installed`;
}

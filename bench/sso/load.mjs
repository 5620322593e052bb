// load.mjs saml|oidc|hanging ORDER: drives sign-ins at a Gatehouse that runs already, and prints
// what was found as JSON. ORDER is a JSON file that bench/sso/run writes. Every answer is checked:
// the application must have got a code for each sign-in.
import { createServer } from 'node:http';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { each, processorSeconds, quantile, requestIdOf, Site } from './flows.mjs';
import { Signer } from './saml.mjs';

const [kind, file] = process.argv.slice(2);
const order = JSON.parse(readFileSync(file, 'utf8'));
const site = new Site(order);
const USERS = 200;

const uidOf = (index) => `person-${index % USERS}`;
const mailOf = (index) => `${uidOf(index)}@${order.domain}`;

// ---- SAML

async function samlFlows(count) {
  const signer = new Signer(order);
  const flows = Array.from({ length: count }, (_, index) => ({ index }));
  await each(flows, 16, async (flow) => {
    Object.assign(flow, await site.begin(order.samlConnection));
  });
  for (const flow of flows) {
    flow.response = signer.response({
      entityId: order.entityId,
      audience: order.spEntityId,
      acs: order.acs,
      request: requestIdOf(flow.asked),
      uid: uidOf(flow.index),
      email: mailOf(flow.index),
    });
  }
  return flows;
}

// The response, and the step behind it in which the session begins.
async function deliver(flow) {
  const acs = new URL(order.acs).pathname;
  const RelayState = flow.asked.get('RelayState') ?? '';
  const taken = await site.send('POST', acs, {
    form: { SAMLResponse: flow.response, RelayState },
    origin: 'http://127.0.0.1',
  });
  if (taken.status !== 303) throw new Error(`${acs}: ${taken.status} ${taken.text.slice(0, 600)}`);
  const to = new URL(taken.location, site.origin);
  const begun = await site.send('GET', to.pathname + to.search, { cookies: flow.cookies });
  if (begun.status !== 303) throw new Error(`${to.pathname}: ${begun.status} ${begun.text}`);
  flow.location = begun.location;
}

async function saml() {
  const warm = await samlFlows(USERS);
  await each(warm, 8, deliver);
  const flows = await samlFlows(order.count);
  const found = await measured(flows, 16, deliver);
  const bytes = Buffer.from(flows[0].response, 'base64').length;
  writeFileSync(order.responses, JSON.stringify(flows.map(({ response }) => response)));
  return { ...found, bytes };
}

async function measured(flows, atOnce, act) {
  const before = processorSeconds(order.pid);
  const began = performance.now();
  const took = await each(flows, atOnce, act);
  const seconds = (performance.now() - began) / 1000;
  const used = processorSeconds(order.pid) - before;
  await each(flows, 8, async ({ location, cookies }) => await site.finish(location, cookies));
  return {
    count: flows.length,
    per_cpu_s: flows.length / used,
    per_s: flows.length / seconds,
    p50_ms: quantile(took, 0.5),
    p99_ms: quantile(took, 0.99),
  };
}

// ---- OIDC, by a provider that has every answer ready

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const answers = new Map(); // a code's answer of the token endpoint

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function tokenFor(clientId, nonce, index) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: order.issuer,
    aud: clientId,
    sub: uidOf(index),
    email: mailOf(index),
    email_verified: true,
    given_name: 'Ada',
    family_name: 'Lovelace',
    nonce,
    iat: now,
    exp: now + 3600,
  };
  const text = `${encoded({ alg: 'ES256', kid: 'bench', typ: 'JWT' })}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(text), {
    key: keys.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  const id_token = `${text}.${signature.toString('base64url')}`;
  return JSON.stringify({ access_token: 'a', token_type: 'Bearer', expires_in: 300, id_token });
}

function startProvider() {
  const { issuer } = order;
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256' };
  const documents = {
    '/.well-known/openid-configuration': JSON.stringify({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    }),
    '/keys': JSON.stringify({ keys: [{ ...jwk, use: 'sig' }] }),
  };
  const server = createServer((incoming, answer) => {
    const path = new URL(incoming.url, issuer).pathname;
    if (path === '/hanging-token') return; // and never says a word
    let body = '';
    incoming.on('data', (part) => (body += part));
    incoming.on('end', () => {
      const text =
        path === '/token' ? answers.get(new URLSearchParams(body).get('code')) : documents[path];
      answer.writeHead(text ? 200 : 404, { 'content-type': 'application/json' });
      answer.end(text ?? '{}');
    });
  });
  return new Promise((settle) =>
    server.listen(Number(new URL(issuer).port), '127.0.0.1', () => settle(server)),
  );
}

async function oidcFlows(count, connection, clientId) {
  const flows = Array.from({ length: count }, (_, index) => ({ index }));
  await each(flows, 16, async (flow) => {
    Object.assign(flow, await site.begin(connection));
    flow.code = `code-${connection}-${flow.index}-${flow.asked.get('state')}`;
    answers.set(flow.code, tokenFor(clientId, flow.asked.get('nonce'), flow.index));
    const query = { code: flow.code, state: flow.asked.get('state'), iss: order.issuer };
    flow.path = `/sso/v1/oidc/${connection}/callback?${new URLSearchParams(query)}`;
  });
  return flows;
}

async function comeBack(flow) {
  const begun = await site.send('GET', flow.path, { cookies: flow.cookies });
  if (begun.status !== 303 || begun.location.includes('error=')) {
    throw new Error(`callback: ${begun.status} ${begun.location} ${begun.text.slice(0, 600)}`);
  }
  flow.location = begun.location;
}

async function oidc() {
  const server = await startProvider();
  await each(await oidcFlows(USERS, order.oidcConnection, 'good'), 8, comeBack);
  const flows = await oidcFlows(order.count, order.oidcConnection, 'good');
  const found = await measured(flows, 8, comeBack);
  server.closeAllConnections();
  server.close();
  return found;
}

// ---- Sign-ins while as many as `order.hanging` wait for a provider that does not answer

async function hanging() {
  const server = await startProvider();
  const stuck = new Site({ ...order, connections: order.hanging });
  await each(await oidcFlows(USERS, order.oidcConnection, 'good'), 8, comeBack);
  const rounds = [];
  for (let round = 0; round < order.rounds; ++round) {
    const found = {};
    for (const name of round % 2 ? ['with', 'without'] : ['without', 'with']) {
      const flows = await oidcFlows(order.count, order.oidcConnection, 'good');
      const waiting = [];
      let over = 0;
      if (name === 'with') {
        for (const { path, cookies } of await oidcFlows(order.hanging, order.stuck, 'stuck')) {
          const sent = stuck.send('GET', path, { cookies });
          waiting.push(sent.finally(() => (over += 1)));
        }
        await new Promise((settle) => setTimeout(settle, 300));
      }
      const took = await each(flows, 2, comeBack);
      if (name === 'with' && over === order.hanging) throw new Error('none was left hanging');
      found[name] = { p50_ms: quantile(took, 0.5), p99_ms: quantile(took, 0.99) };
      await each(flows, 8, async ({ location, cookies }) => await site.finish(location, cookies));
      if (name === 'with') {
        server.closeAllConnections();
        const ends = await Promise.all(waiting);
        if (ends.some(({ location }) => location.includes('code='))) {
          throw new Error('a provider that said nothing signed somebody in');
        }
      }
    }
    rounds.push(found);
  }
  server.closeAllConnections();
  server.close();
  return { rounds };
}

const found = await { saml, oidc, hanging }[kind]();
process.stdout.write(`${JSON.stringify(found)}\n`);
process.exit(0);

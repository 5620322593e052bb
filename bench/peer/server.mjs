// The peer: oidc-provider in its fastest honest setting. Everything is kept in memory, refresh
// tokens do not rotate, access tokens of people are opaque; whoever comes to sign in is Ada.
//
//   node server.mjs PORT
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://localhost:${port}`;
const scopes = 'openid email profile offline_access';

class Memory {
  static kept = new Map();

  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    Memory.kept.set(this.key(id), payload);
    if (payload.uid) Memory.kept.set(`${this.model}:uid:${payload.uid}`, payload);
  }

  async find(id) {
    return Memory.kept.get(this.key(id));
  }

  async findByUid(uid) {
    return Memory.kept.get(`${this.model}:uid:${uid}`);
  }

  async findByUserCode() {
    return undefined;
  }

  async consume(id) {
    const payload = Memory.kept.get(this.key(id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    Memory.kept.delete(this.key(id));
  }

  async revokeByGrantId() {}
}

const privateJwk = (type, options, extra) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  ...extra,
});

const machine = (algorithm) => ({
  client_id: `machine-${algorithm}`,
  client_secret: 'a-secret-of-the-machine-for-the-bench',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_post',
});

const provider = new Provider(issuer, {
  adapter: Memory,
  clients: [
    machine('ES256'),
    machine('RS256'),
    {
      client_id: 'web',
      client_secret: 'a-secret-of-the-web-for-the-bench',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['http://localhost:4321/callback'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: {
    keys: [
      privateJwk('ec', { namedCurve: 'P-256' }, { kid: 'es', alg: 'ES256', use: 'sig' }),
      privateJwk('rsa', { modulusLength: 2048 }, { kid: 'rs', alg: 'RS256', use: 'sig' }),
    ],
  },
  cookies: { keys: ['a key of the cookies for the bench'] },
  claims: { email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'] },
  conformIdTokenClaims: false,
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: 'ada@acme.test',
      email_verified: true,
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
    }),
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, client) =>
        client.clientId.startsWith('machine-') ? 'urn:bench:api' : undefined,
      getResourceServerInfo: (_ctx, _resource, client) => ({
        scope: 'todo:read',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 86400,
        jwt: { sign: { alg: client.clientId.slice('machine-'.length) } },
      }),
    },
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: () => true,
  rotateRefreshToken: false,
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const existing = session.grantIdFor(client.clientId);
    if (existing) return ctx.oidc.provider.Grant.find(existing);
    const grant = new ctx.oidc.provider.Grant({
      clientId: client.clientId,
      accountId: session.accountId,
    });
    grant.addOIDCScope(scopes);
    await grant.save();
    return grant;
  },
  scopes: ['openid', 'email', 'profile', 'offline_access', 'todo:read'],
  ttl: { Session: 86400, Grant: 86400, AccessToken: 86400, RefreshToken: 86400, Interaction: 600 },
});

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response);
  return provider.interactionFinished(request, response, { login: { accountId: 'ada' } });
}).listen(port, '127.0.0.1');

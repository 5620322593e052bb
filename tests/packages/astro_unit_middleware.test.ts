// The middleware of @gatehouse/astro as Astro calls it: with its own configuration, the SDK's real
// sessions, and nobody who answers at the address of Gatehouse.
import { AuthClient } from '@gatehouse/sdk/auth';
import { WebAuth, type Session } from '@gatehouse/sdk/web';
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { freePort } from '../black_box/gatehouse.js';
import { part, provideVirtualModules } from './astro_parts.js';

type Middleware = typeof import('../../packages/astro/dist/middleware.js');
type LocalsModule = typeof import('../../packages/astro/dist/runtime/locals.js');
type Server = typeof import('../../packages/astro/dist/server.js');
type Locals = Parameters<LocalsModule['fillLocals']>[0] &
  Partial<import('../../packages/astro/dist/runtime/locals.js').Locals>;
type Context = Parameters<Middleware['onRequest']>[0];
type Next = () => Promise<Response>;

const APP = 'http://localhost:4321';
const SECRET = 'a secret of thirty-two characters';
const NAVIGATION = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

let onRequest: Middleware['onRequest'];
let server: Server;
let auth: WebAuth;

before(async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  Object.assign(process.env, {
    GATEHOUSE_URL: url,
    GATEHOUSE_CLIENT_ID: 'skc_1',
    GATEHOUSE_CLIENT_SECRET: 'secret',
    GATEHOUSE_COOKIE_SECRET: SECRET,
    GATEHOUSE_APP_URL: APP,
  });
  await provideVirtualModules({
    protect: [
      '/dashboard/**',
      { pages: '/admin', roles: ['admin'] },
      { pages: '/team', organization: 'required' },
    ],
  });
  ({ onRequest } = await part<Middleware>('middleware.js'));
  server = await part<Server>('server.js');
  auth = new WebAuth({
    client: new AuthClient(url, 'skc_1', 'secret'),
    appUrl: APP,
    cookieSecrets: [SECRET],
  });
});

interface Asked {
  headers?: Record<string, string>;
  method?: string;
  routePattern?: string;
  isPrerendered?: boolean;
  rewrite?: (to: string) => Promise<Response>;
}

function contextOf(path: string, asked: Asked = {}): Context & { locals: Locals } {
  const { headers = NAVIGATION, method = 'GET', ...more } = asked;
  const request = new Request(APP + path, {
    method,
    headers: { host: 'localhost:4321', ...headers },
  });
  const rewrite = (): Promise<Response> => Promise.reject(new Error('no such page'));
  const context = { request, url: new URL(request.url), locals: {}, rewrite, ...more };
  return context as unknown as Context & { locals: Locals };
}

const session = (more: Partial<Session> = {}): Session => ({
  user: { sub: 'usr_1', email: 'ada@acme.test', name: 'Ada', orgId: 'org_1', orgName: 'Acme' },
  roles: ['editor'],
  permissions: ['posts:read'],
  accessToken: 'an access token',
  accessExpiresAt: Math.floor(Date.now() / 1000) + 3600,
  refreshToken: 'a refresh token',
  signedInAt: Math.floor(Date.now() / 1000) - 10,
  ...more,
});

async function signedIn(more: Partial<Session> = {}): Promise<Record<string, string>> {
  const lines = await auth.keep(new Request(APP), session(more));
  return { ...NAVIGATION, cookie: lines.map((line) => line.split(';', 1)[0]).join('; ') };
}

const page: Next = () => Promise.resolve(new Response('<p>page</p>'));
const never: Next = () => {
  throw new assert.AssertionError({ message: 'the page was rendered' });
};

describe('for somebody who is signed in', () => {
  it('locals hold what the guide promises, as plain JSON', async () => {
    const context = contextOf('/', { headers: await signedIn() });
    const response = await onRequest(context, page);
    const { user, auth: found } = context.locals;
    assert.deepEqual(user, { sub: 'usr_1', email: 'ada@acme.test', name: 'Ada', orgId: 'org_1' });
    assert.equal(found?.isSignedIn, true);
    assert.equal(found.has({ role: 'editor', permission: 'posts:read' }), true);
    assert.equal(found.has({ role: 'admin' }), false);
    assert.equal(found.protect(), undefined);
    assert.equal(found.protect({ role: 'admin' })?.status, 403);
    assert.equal(await found.getToken(), 'an access token');
    const carried = JSON.stringify(context.locals);
    assert.deepEqual(JSON.parse(carried), structuredClone(JSON.parse(carried)));
    assert.ok(!carried.includes('token'), carried);
    assert.equal(response.headers.get('cache-control'), 'private, no-store');
    assert.match(response.headers.get('vary') ?? '', /Cookie/);
  });

  it('rules are held', async () => {
    const headers = await signedIn();
    assert.equal((await onRequest(contextOf('/dashboard', { headers }), page)).status, 200);
    assert.equal((await onRequest(contextOf('/team', { headers }), page)).status, 200);
    assert.equal((await onRequest(contextOf('/admin', { headers }), never)).status, 403);
    const homeless = await signedIn({ user: { sub: 'usr_1' } });
    const refused = await onRequest(contextOf('/team', { headers: homeless }), never);
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /returnTo=%2Fteam&amp;prompt=select_account/);
  });

  it('nobody else becomes them, even by way of the same locals', async () => {
    const context = contextOf('/', { headers: await signedIn() });
    await onRequest(context, page);
    const next = Object.assign(contextOf('/dashboard'), { locals: context.locals });
    assert.equal((await onRequest(next, never)).status, 302);
    assert.equal(context.locals.user, undefined);
  });

  it('gatehouse:server knows them', async () => {
    const context = contextOf('/', { headers: await signedIn() });
    await onRequest(context, page);
    assert.equal((await server.getSession(context))?.accessToken, 'an access token');
    assert.equal((await server.getSession(context.request))?.user.sub, 'usr_1');
    assert.equal(server.requireUser(context, { permission: 'posts:read' }).sub, 'usr_1');
    assert.equal(server.requireOrg(context), 'org_1');
    assert.throws(
      () => server.requireUser(context, { role: 'admin' }),
      (thrown) => thrown instanceof Response && thrown.status === 403,
    );
    const action = server.withAuth((name: string, { user }: { user: { sub: string } }) => {
      return `${name} ${user.sub}`;
    });
    assert.equal(await action('Ada', context as never), 'Ada usr_1');
  });

  it('a cookie that was tampered with is nobody’s', async () => {
    const { cookie = '' } = await signedIn();
    const last = cookie.at(-5) === 'A' ? 'B' : 'A';
    const tampered = cookie.slice(0, -5) + last + cookie.slice(-4);
    const context = contextOf('/dashboard', { headers: { ...NAVIGATION, cookie: tampered } });
    const response = await onRequest(context, never);
    assert.equal(response.status, 302);
    assert.equal(context.locals.user, undefined);
  });
});

describe('for somebody who is signed out', () => {
  it('a protected page leads to sign-in and back', async () => {
    const response = await onRequest(contextOf('/dashboard?tab=2'), never);
    const location = response.headers.get('location');
    assert.deepEqual(
      [response.status, location],
      [302, '/auth/login?returnTo=%2Fdashboard%3Ftab%3D2'],
    );
    const form = contextOf('/dashboard?_action=x', {
      method: 'POST',
      headers: { ...NAVIGATION, origin: APP },
    });
    const answer = await onRequest(form, never);
    const to = answer.headers.get('location');
    assert.deepEqual([answer.status, to], [303, '/auth/login?returnTo=%2Fdashboard']);
  });

  it('a program is told so in JSON', async () => {
    for (const headers of [
      { accept: 'application/json' },
      { accept: '*/*', 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' },
    ]) {
      const response = await onRequest(contextOf('/dashboard', { headers }), never);
      assert.equal(response.status, 401);
      assert.deepEqual(await response.json(), { error: 'unauthorized', code: 'GH201' });
    }
  });

  it('a public page is left to caches, with safe headers', async () => {
    const context = contextOf('/');
    const response = await onRequest(context, page);
    assert.equal(response.headers.get('cache-control'), null);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(context.locals.auth?.isSignedIn, false);
    await assert.rejects(async () => await context.locals.auth?.getToken(), /GH201/);
    assert.equal(context.locals.auth?.signInUrl(), '/auth/login?returnTo=%2F');
    assert.equal(context.locals.auth?.signUpUrl('/a'), '/auth/login?returnTo=%2Fa&screen=sign-up');
  });

  it('what is not found is not protected', async () => {
    const response = await onRequest(contextOf('/dashboard/x', { routePattern: '/404' }), page);
    assert.equal(response.status, 200);
  });

  it('what a page throws by requireUser is the answer', async () => {
    const context = contextOf('/open');
    const response = await onRequest(context, () => {
      return Promise.resolve(Response.json(server.requireUser(context)));
    });
    assert.equal(response.status, 302);
  });

  it('a form of another site is refused, ours is not', async () => {
    const post = (origin: string): Context =>
      contextOf('/form', {
        method: 'POST',
        headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
      });
    assert.equal((await onRequest(post('https://evil.example'), never)).status, 403);
    assert.equal((await onRequest(post(APP), page)).status, 200);
  });
});

describe('a prerendered page', () => {
  it('gets an empty visitor, without a look at the request', async () => {
    const context = contextOf('/dashboard', { isPrerendered: true });
    Object.defineProperty(context, 'request', { get: never });
    const response = await onRequest(context, page);
    assert.equal(response.headers.get('x-content-type-options'), null);
    const { auth: found, user } = context.locals;
    assert.deepEqual([user, found?.isSignedIn, found?.roles], [undefined, false, []]);
    assert.equal(found?.has({}), false);
    assert.throws(() => found?.protect(), /GH205/);
  });
});

describe('while Gatehouse does not answer', () => {
  it('nobody notices as long as the token is good, and no cookie is lost after that', async () => {
    const expired = { accessExpiresAt: Math.floor(Date.now() / 1000) - 10 };
    const headers = await signedIn(expired);
    const open = contextOf('/', { headers });
    const response = await onRequest(open, page);
    assert.deepEqual(response.headers.getSetCookie(), []);
    assert.deepEqual(
      [open.locals.auth?.isSignedIn, open.locals.auth?.isUnreachable],
      [false, true],
    );
    const shut = await onRequest(contextOf('/dashboard', { headers }), never);
    assert.deepEqual([shut.status, shut.headers.get('retry-after')], [503, '5']);
    const asData = { ...headers, accept: 'application/json', 'sec-fetch-mode': 'cors' };
    const data = await onRequest(contextOf('/dashboard', { headers: asData }), never);
    assert.deepEqual(
      [data.status, await data.json()],
      [503, { error: 'unreachable', code: 'GH204' }],
    );
  });
});

// A cookie that cannot be read is deleted: the response carries cookies.
describe('cookies that the middleware writes', () => {
  const broken = async (): Promise<Record<string, string>> => {
    const { cookie = '' } = await signedIn();
    return { ...NAVIGATION, cookie: cookie.replace(/=.*/, '=broken') };
  };
  const count = (response: Response): number => response.headers.getSetCookie().length;

  it('are on the page once, also after rewrites, and keep it out of caches', async () => {
    const headers = await broken();
    const context = contextOf('/', { headers });
    const response = await onRequest(context, async () => {
      const inner = contextOf('/other', { headers });
      Object.assign(inner, { locals: context.locals });
      return await onRequest(inner, page);
    });
    assert.equal(count(response), 1);
    assert.equal(response.headers.get('cache-control'), 'private, no-store');
  });

  it('survive immutable headers', async () => {
    const response = await onRequest(contextOf('/', { headers: await broken() }), () =>
      // tidy: allow typescript: this is what is repaired
      Promise.resolve(Response.redirect(`${APP}/x`)),
    );
    assert.deepEqual([response.status, count(response)], [302, 1]);
  });

  it('survive an error of the page, with the application’s page for it', async (test) => {
    test.mock.method(console, 'error', () => undefined);
    const fails: Next = () => Promise.reject(new Error('boom'));
    const plain = await onRequest(contextOf('/', { headers: await broken() }), fails);
    assert.deepEqual([plain.status, count(plain)], [500, 1]);
    assert.equal(plain.headers.get('x-astro-reroute'), 'no');
    assert.ok(!(await plain.text()).includes('boom'));
    const rewrite = (to: string): Promise<Response> =>
      Promise.resolve(new Response(`own ${to}`, { headers: { 'content-type': 'text/html' } }));
    const own = await onRequest(contextOf('/', { headers: await broken(), rewrite }), fails);
    assert.deepEqual([own.status, count(own), await own.text()], [500, 1, 'own /500']);
    const notFound = await onRequest(contextOf('/', { headers: await broken(), rewrite }), () =>
      Promise.resolve(new Response(null, { status: 404 })),
    );
    assert.deepEqual(
      [notFound.status, count(notFound), await notFound.text()],
      [404, 1, 'own /404'],
    );
  });

  it('are not what an error without any waits for', async () => {
    await assert.rejects(
      onRequest(contextOf('/'), () => Promise.reject(new Error('boom'))),
      /boom/,
    );
  });
});

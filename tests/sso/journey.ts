// A person who signs in to the application by way of an identity provider, and what comes of it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ScalekitClient } from '@scalekit-sdk/node';
import {
  authorizeUrl,
  claimsOf,
  codeOf,
  POST_LOGOUT_URI,
  REDIRECT_URI,
  sdk,
} from '../black_box/clients.js';
import type { Gatehouse } from '../black_box/gatehouse.js';
import { forms } from '../black_box/person.js';
import { Browser, filledIn, type End, type Hand, type Page, type Step } from './browser.js';
import type { Account } from './saml_provider.js';
import type { Connection, Tenant } from './tenant.js';

const run = promisify(execFile);
const APPLICATION = new URL(POST_LOGOUT_URI).origin;
export const INITIATE_LOGIN_URI = `${APPLICATION}/api/auth/login`;

export const SEED = `
[[applications]]
name = "Acme Console"
type = "ENV"
redirect_uris = ["${REDIRECT_URI}"]
post_logout_redirect_uris = ["${POST_LOGOUT_URI}"]
initiate_login_uri = "${INITIATE_LOGIN_URI}"
`;

export type SignedIn = Awaited<ReturnType<ScalekitClient['authenticateWithCode']>>;

let made = 0;
// Somebody whom nobody has seen before.
export function account(domain: string): Account {
  const uid = `ada${(made += 1)}`;
  return { uid, email: `${uid}@${domain}`, givenName: 'Ada', familyName: `Lovelace${made}` };
}

export class Visitor {
  readonly browser = new Browser();
  codesAsked = 0;

  constructor(
    readonly gatehouse: Gatehouse,
    readonly person: Account,
  ) {}

  // Goes as far as the application, or to a page on which there is nothing to do.
  async go(start: string | Step, hands: Hand[] = [], until: (step: Step) => boolean = never) {
    const isOver = (step: Step): boolean => until(step) || new URL(step.url).origin === APPLICATION;
    return await this.browser.travel(start, isOver, [...hands, (page) => this.answer(page)]);
  }

  // Signs in to the application; `selectors` are parameters of the authorization request.
  async signIn(selectors: Record<string, string>, ...hands: Hand[]): Promise<SignedIn> {
    const end = await this.go(authorizeUrl(this.gatehouse, selectors), hands);
    return await this.redeem(this.callbackOf(end));
  }

  // Stops before the step by which the provider's answer would come.
  async answerOf(selectors: Record<string, string>, ...hands: Hand[]): Promise<Step> {
    const start = authorizeUrl(this.gatehouse, selectors);
    const end = await this.go(start, hands, ({ url }) => isAnswer(url));
    assert.ok(end.step && isAnswer(end.step.url), this.described(end));
    return end.step;
  }

  async redeem(callback: URL): Promise<SignedIn> {
    return await sdk(this.gatehouse).authenticateWithCode(codeOf(callback), REDIRECT_URI);
  }

  callbackOf(end: End): URL {
    const url = end.step?.url;
    assert.ok(url !== undefined && url.startsWith(REDIRECT_URI), this.described(end));
    return new URL(url);
  }

  // Whether the application would find this browser signed in, without asking anything.
  async hasSession(): Promise<boolean> {
    const end = await this.go(authorizeUrl(this.gatehouse, { prompt: 'none' }));
    const callback = this.callbackOf(end);
    if (callback.searchParams.has('code')) return true;
    assert.equal(callback.searchParams.get('error'), 'login_required');
    return false;
  }

  // The outcome must be a refusal, and nobody may be signed in by it. With an error it must be that
  // one, which the application is told, at once or by the link on our page; with a diagnosis, the
  // doctor must give that one for the reference on the page.
  async assertRefused(end: End, error?: string, diagnosis?: string): Promise<void> {
    const callback = end.step ? new URL(end.step.url) : undefined;
    assert.equal(callback?.searchParams.get('code') ?? null, null, this.described(end));
    assert.equal(await this.hasSession(), false, 'somebody is signed in');
    const html = end.page?.body ?? '';
    if (end.page) assert.ok(end.page.status >= 400, this.described(end));
    if (error === undefined) return;
    const shown = /id="error-code">([^<]*)</.exec(html)?.[1];
    assert.equal(callback?.searchParams.get('error') ?? shown, error, this.described(end));
    const back = /id="back" href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    if (back !== undefined) {
      const told = await this.go(new URL(back, this.gatehouse.url).href);
      if (told.step) assert.equal(new URL(told.step.url).searchParams.get('error'), error);
      else assert.ok(told.page && told.page.status >= 400, 'the link is of another browser');
    }
    if (diagnosis === undefined) return;
    const [program = '', ...words] = (/id="doctor">([^<]*)</.exec(html)?.[1] ?? '').split(' ');
    const { stdout } = await run(program, words);
    assert.equal(/^[a-z_]+$/m.exec(stdout)?.[0], diagnosis, stdout);
  }

  described(end: End): string {
    const way = this.browser.visited.join('\n');
    const log = this.gatehouse.log.split('\n').slice(-8).join('\n');
    const page = end.page ? `${end.page.status}: ${end.page.body}` : (end.step?.url ?? '');
    return `unexpected:\n${way}\n${page}\n${log}`;
  }

  // Types the code that was sent by mail, and sends forms that only wait for a click.
  private async answer(page: Page): Promise<Step | undefined> {
    if (!page.url.startsWith(this.gatehouse.url)) return undefined;
    for (const form of forms(page.body)) {
      if (form.fields.some((field) => field.autocomplete === 'one-time-code')) {
        this.codesAsked += 1;
        const { code } = await this.gatehouse.mailTo(this.person.email);
        return filledIn(page, form, { code });
      }
      const choice = form.buttons.find(({ name }) => name === 'organization');
      if (choice) return filledIn(page, form, { organization: choice.value });
      const isEmpty = (name: string): boolean =>
        form.fields.some((field) => field.name === name && field.value === '');
      if (isEmpty('email')) return filledIn(page, form, { email: this.person.email });
    }
    return undefined;
  }
}

const never = (): boolean => false;

// Where answers of providers arrive.
export const isAnswer = (url: string): boolean =>
  /^\/sso\/v1\/(saml|oidc|oauth)\/conn_\d+\/callback$/.test(new URL(url).pathname);

// What must hold of everybody who came by that connection.
export function assertIs(signedIn: SignedIn, who: Account, tenant: Tenant, by: Connection): void {
  const { user, idToken, accessToken } = signedIn;
  assert.equal(user.email, who.email);
  assert.equal(user.givenName, who.givenName);
  assert.equal(user.familyName, who.familyName);
  const claims = claimsOf(idToken);
  assert.match(String(claims['sub']), /^usr_\d+$/);
  assert.deepEqual(claims['amr'], [by.id]);
  assert.equal(claims['oid'], tenant.id);
  assert.equal(claims['email_verified'], true);
  const granted = claimsOf(accessToken);
  assert.equal(granted['sub'], claims['sub']);
  assert.equal(granted['oid'], tenant.id);
}

// An application and its users, as they meet the nodes: whatever is not answered is asked again, of
// another node. Everything goes into the history.
import { setTimeout as pause } from 'node:timers/promises';
import { Person, type Site } from '../black_box/person.js';
import { send, type Answer, type Sent } from '../black_box/http.js';
import { authorizeUrl, type Family, type History } from './history.js';
import { HOST, ISSUER, REDIRECT_URI, type Installation, type Node } from './nodes.js';

export type Json = Record<string, unknown>;

export interface Settled {
  status: number;
  json: Json;
  headers: Answer['headers'];
  unknowns: number; // tries before that may have been carried out
  isLate: boolean; // one of them may still be
}

export interface Grant {
  family: Family;
  accessToken: string;
}

export interface Patience {
  answerMs: number; // for one answer
  totalMs: number; // until a request is settled
}

export const PATIENT: Patience = { answerMs: 12_000, totalMs: 40_000 };

// How long a person waits for a mail before they ask for another one.
const MAIL_MS_MAX = 3000;

export class Client {
  private turn = 0;
  private token = '';
  private readonly site: Site;

  constructor(
    readonly installation: Installation,
    readonly history: History,
    private readonly patience: Patience = PATIENT,
    balancerUrl?: string,
  ) {
    this.site = {
      url: ISSUER,
      mailTo: async (address) => ({ code: await installation.mail.codeTo(address, MAIL_MS_MAX) }),
      send: async (url, sent) => await this.browse(url, sent, balancerUrl),
    };
  }

  person(email: string): Person {
    return new Person(this.site, email);
  }

  // One request to one node; nothing if it did not answer.
  async once(node: Node, path: string, sent: Sent): Promise<Answer | 'cut' | 'late'> {
    this.history.operations += 1;
    try {
      const answer = await node.ask(path, { timeoutMs: this.patience.answerMs, ...sent });
      this.look(answer, path);
      return answer;
    } catch (error) {
      return String(error).includes('no answer from') ? 'late' : 'cut';
    }
  }

  // Asks one node after the other until one settles it.
  async settle(path: string, make: () => Sent): Promise<Settled> {
    let unknowns = 0;
    let isLate = false;
    let renewals = 0;
    for (const end = Date.now() + this.patience.totalMs; Date.now() < end; await pause(20)) {
      const answer = await this.once(this.nextNode(), path, make());
      if (typeof answer === 'object' && isSettled(answer)) {
        if (answer.status === 401 && path.startsWith('/api/') && ++renewals < 3) {
          await this.renewToken();
          continue;
        }
        const { status, headers } = answer;
        return { status, headers, json: jsonOf(answer), unknowns, isLate };
      }
      unknowns += 1;
      this.history.unknowns += 1;
      isLate ||= answer === 'late';
    }
    throw new Error(`${path} was not settled within ${this.patience.totalMs} ms`);
  }

  // A call of the management API.
  async call(method: string, path: string, message?: Json): Promise<Settled> {
    if (!this.token) await this.renewToken();
    const body = message === undefined ? {} : { body: JSON.stringify(message) };
    return await this.settle(path, () => ({ method, headers: this.headersNow(), ...body }));
  }

  async apiHeaders(): Promise<{ authorization: string; 'content-type': string }> {
    if (!this.token) await this.renewToken();
    return this.headersNow();
  }

  async tokenRequest(form: Record<string, string>): Promise<Settled> {
    return await this.settle('/oauth/token', () => this.tokenForm(form));
  }

  tokenForm(form: Record<string, string>): Sent {
    const { clientId, clientSecret } = this.installation;
    return { form: { ...form, client_id: clientId, client_secret: clientSecret } };
  }

  // From the application to the application, and again from there where it went wrong on the way.
  // The code; nothing if it could not be done.
  async authorize(person: Person): Promise<string | undefined> {
    const began = performance.now();
    const url = authorizeUrl(this.installation.clientId);
    for (const end = Date.now() + this.patience.totalMs; Date.now() < end; await pause(50)) {
      try {
        const code = (await person.authorize(url)).searchParams.get('code');
        if (!code) throw new Error('no code');
        this.history.signIns += 1;
        this.history.signInMs.push(performance.now() - began);
        return code;
      } catch (error) {
        if (process.env['GATEHOUSE_FAULTS_VERBOSE']) console.error(person.email, error);
        this.history.signInsBegunAgain += 1;
      }
    }
    this.history.signInsFailed += 1;
    return undefined;
  }

  // Redeems a code. Nothing if an earlier try may have used it up; to show it again ends what hangs
  // on its session then.
  async exchange(code: string, owner: string): Promise<Grant | undefined> {
    const redirect = { code, redirect_uri: REDIRECT_URI };
    const answer = await this.tokenRequest({ grant_type: 'authorization_code', ...redirect });
    if (answer.status !== 200) {
      const problem = `${answer.status} ${String(answer.json['error'])}`;
      if (answer.unknowns === 0) this.history.violation(`I3: a fresh code was refused: ${problem}`);
      this.history.mayEnd(this.history.familiesOf(owner));
      return undefined;
    }
    this.history.redeemed(code);
    const accessToken = String(answer.json['access_token']);
    const session = String(this.history.issued(accessToken)['sid']);
    // A try that was late may come to its node yet, with a used code: that ends what hangs on the
    // session.
    if (answer.isLate) this.history.mayEnd(this.history.familiesOf(owner));
    const family: Family = {
      tokens: [String(answer.json['refresh_token'])],
      session,
      owner,
      ended: answer.isLate ? 'maybe' : 'no',
    };
    this.history.families.push(family);
    return { family, accessToken };
  }

  // Rotates the family's token and returns an access token; nothing if the family is over.
  async refresh(family: Family): Promise<string | undefined> {
    const form = { grant_type: 'refresh_token', refresh_token: family.tokens.at(-1) ?? '' };
    const answer = await this.tokenRequest(form);
    if (answer.status !== 200) {
      if (family.ended === 'no') {
        const problem = `${answer.status} ${String(answer.json['error'])}`;
        const which = `token ${family.tokens.length} of ${family.owner}`;
        this.history.violation(`I3: a live refresh token was refused: ${problem}, ${which}`);
      }
      family.ended = 'yes';
      return undefined;
    }
    if (family.ended === 'yes') this.history.violation('I4: an ended refresh token came back');
    family.tokens.push(String(answer.json['refresh_token']));
    if (answer.isLate) family.ended = 'maybe';
    const accessToken = String(answer.json['access_token']);
    this.history.issued(accessToken);
    return accessToken;
  }

  nextNode(): Node {
    return this.installation.node(this.turn++ % this.installation.nodes.length);
  }

  private headersNow() {
    return { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
  }

  private async renewToken(): Promise<void> {
    const answer = await this.tokenRequest({ grant_type: 'client_credentials' });
    if (answer.status !== 200) throw new Error(`no API token: ${JSON.stringify(answer.json)}`);
    this.token = String(answer.json['access_token']);
    this.history.issued(this.token);
  }

  // What a browser does for a person who presses reload where nothing came. Without a balancer it
  // goes from node to node itself.
  private async browse(url: string, sent: Sent, balancerUrl?: string): Promise<Answer> {
    const path = url.slice(ISSUER.length);
    const headers = { ...sent.headers, host: HOST };
    const timeoutMs = this.patience.answerMs;
    for (const end = Date.now() + this.patience.totalMs; Date.now() < end; await pause(50)) {
      this.history.operations += 1;
      try {
        const base = balancerUrl ?? this.nextNode().url;
        const answer = await send(base + path, { ...sent, headers, timeoutMs });
        this.look(answer, path);
        if (isSettled(answer)) return answer;
      } catch {
        // counted below
      }
      this.history.unknowns += 1;
    }
    throw new Error(`${path} was not answered within ${this.patience.totalMs} ms`);
  }

  private look(answer: Answer, path: string): void {
    const { history } = this;
    const where = path.replace(/\?.*/, '').replace(/\d{6,}/g, '…');
    if (answer.status === 500) history.violation(`${where} was answered 500: ${answer.body}`);
    if (answer.status !== 503) return;
    history.refused503 += 1;
    if (!answer.headers['retry-after']) history.withoutRetryAfter += 1;
  }
}

// Anything below 500 is the server's decision, but for a lost race, which is to be tried again.
function isSettled(answer: Answer): boolean {
  return answer.status < 500 && !(answer.status === 409 && /ABORTED|aborted/.test(answer.body));
}

export function jsonOf(answer: Answer): Json {
  const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false;
  return isJson ? (JSON.parse(answer.body) as Json) : {};
}

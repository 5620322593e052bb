// Mixed load: workers that sign people in, refresh, read and write through the management API, each
// with people and organizations of its own, so that each knows what has to be true of them.
import type { Person } from '../black_box/person.js';
import { type Client } from './client.js';
import type { Family, Organization, User } from './history.js';

const FAMILIES_MAX = 6;

interface Signed {
  person: Person;
  family: Family;
  accessToken: string;
}

export class Load {
  private readonly stopped: Promise<unknown>;
  private isRunning = true;

  // `name` keeps several loads on one installation apart.
  constructor(
    readonly client: Client,
    options: { workers: number; name?: string },
  ) {
    const { workers, name = 'load' } = options;
    const all = Array.from({ length: workers }, (_, index) =>
      new Worker(client, `${name}-${index}`).run(() => this.isRunning),
    );
    this.stopped = Promise.all(all);
    this.stopped.catch(() => {}); // stop() tells of it
  }

  // Lets every worker settle what it has under way.
  async stop(): Promise<void> {
    this.isRunning = false;
    await this.stopped;
  }
}

class Worker {
  private count = 0;
  private state: number;
  private readonly signed: Signed[] = [];
  private readonly organizations: Organization[] = [];
  private readonly users: User[] = [];

  constructor(
    private readonly client: Client,
    private readonly name: string,
  ) {
    this.state = [...name].reduce((hash, letter) => hash * 31 + letter.charCodeAt(0), 7) >>> 0;
  }

  async run(goOn: () => boolean): Promise<void> {
    await this.signIn();
    while (goOn()) await this.act();
  }

  private random(below: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * below);
  }

  private pick<T>(all: T[]): T | undefined {
    return all[this.random(all.length)];
  }

  private async act(): Promise<void> {
    const acts: [number, () => Promise<void>][] = [
      [4, () => this.signIn()],
      [10, () => this.signInAgain()],
      [30, () => this.refresh()],
      [8, () => this.raceOfTwo()],
      [15, () => this.userinfo()],
      [10, () => this.createOrganization()],
      [8, () => this.rename()],
      [3, () => this.deleteOrganization()],
      [8, () => this.createUser()],
      [3, () => this.deleteUser()],
      [3, () => this.revoke()],
    ];
    let left = this.random(acts.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, act] of acts) {
      left -= weight;
      if (left < 0) return await act();
    }
  }

  // A new person, through every page.
  private async signIn(): Promise<void> {
    const email = `${this.name}-${this.count++}@faults.test`;
    this.client.history.people.add(email);
    await this.redeem(this.client.person(email));
  }

  // A person whose browser is signed in already.
  private async signInAgain(): Promise<void> {
    const found = this.pick(this.signed);
    if (!found || found.family.ended !== 'no') return await this.signIn();
    await this.redeem(found.person);
  }

  private async redeem(person: Person): Promise<void> {
    const code = await this.client.authorize(person);
    const exchanged = code && (await this.client.exchange(code, person.email));
    if (!exchanged) return;
    this.signed.push({ person, ...exchanged });
    if (this.signed.length > FAMILIES_MAX) this.signed.shift();
  }

  private async refresh(): Promise<void> {
    const found = this.pick(this.signed);
    if (!found || found.family.ended === 'yes') return;
    const accessToken = await this.client.refresh(found.family);
    if (accessToken) found.accessToken = accessToken;
  }

  // The same token shown twice at the same moment: both get the same successor, or no answer.
  private async raceOfTwo(): Promise<void> {
    const { client } = this;
    const family = this.pick(this.signed)?.family;
    if (!family || family.ended !== 'no') return;
    const form = { grant_type: 'refresh_token', refresh_token: family.tokens.at(-1) ?? '' };
    const ask = () => client.once(client.nextNode(), '/oauth/token', client.tokenForm(form));
    const answers = await Promise.all([ask(), ask()]);
    const tokens = new Set<string>();
    for (const answer of answers) {
      if (answer === 'late') family.ended = 'maybe';
      if (typeof answer === 'string') continue;
      if (answer.status === 200) tokens.add(String(JSON.parse(answer.body)['refresh_token']));
      if (answer.status === 400) {
        client.history.violation(`I2: one of two was refused: ${answer.body}`);
        family.ended = 'maybe';
      }
    }
    if (tokens.size > 1) client.history.violation('I2: one token has two successors');
    family.tokens.push(...tokens);
  }

  private async userinfo(): Promise<void> {
    const found = this.pick(this.signed);
    if (!found || found.family.ended !== 'no') return;
    const headers = { authorization: `Bearer ${found.accessToken}` };
    const { status } = await this.client.settle('/userinfo', () => ({ headers }));
    if (status !== 200) this.client.history.violation(`userinfo of a live session: ${status}`);
  }

  private async createOrganization(): Promise<void> {
    const externalId = `${this.name}-org-${this.count++}`;
    const made: Organization = {
      ...{ externalId, id: '', presence: 'unknown' as const },
      ...{ names: [`${externalId} v0`], acknowledged: 0 },
    };
    this.client.history.organizations.push(made);
    const message = { external_id: externalId, display_name: made.names[0] };
    const answer = await this.client.call('POST', '/api/v1/organizations', message);
    made.id = await this.idOf(answer, 'organization', `organizations:external/${externalId}`);
    made.presence = 'present';
    if (!answer.isLate) this.organizations.push(made);
  }

  private async rename(): Promise<void> {
    const found = this.pick(this.organizations);
    if (!found) return;
    const name = `${found.externalId} v${found.names.length}`;
    found.names.push(name);
    const path = `/api/v1/organizations/${found.id}`;
    const answer = await this.client.call('PATCH', path, { display_name: name });
    if (answer.isLate) this.leave(found);
    if (answer.status === 200) found.acknowledged = found.names.length - 1;
    else this.client.history.violation(`I3: renaming ${found.externalId}: ${answer.status}`);
  }

  // A try that was late may come to its node yet, whatever was done since: nothing more is.
  private leave(organization: Organization): void {
    this.organizations.splice(this.organizations.indexOf(organization), 1);
  }

  private async deleteOrganization(): Promise<void> {
    const found = this.organizations.shift();
    if (!found) return;
    // Users who belong to nothing else go with it.
    const members = this.users.filter((user) => user.organization === found);
    for (const user of members) this.users.splice(this.users.indexOf(user), 1);
    for (const one of [found, ...members]) one.presence = 'unknown';
    const answer = await this.client.call('DELETE', `/api/v1/organizations/${found.id}`);
    this.gone(answer, found.externalId);
    for (const one of [found, ...members]) one.presence = 'deleted';
  }

  private async createUser(): Promise<void> {
    const organization = this.pick(this.organizations);
    if (!organization) return await this.createOrganization();
    const externalId = `${this.name}-user-${this.count++}`;
    const email = `${externalId}@faults.test`;
    const made: User = { externalId, email, id: '', organization, presence: 'unknown' };
    this.client.history.users.push(made);
    const path = `/api/v1/organizations/${organization.id}/users?send_invitation_email=false`;
    const answer = await this.client.call('POST', path, { email, external_id: externalId });
    made.id = await this.idOf(answer, 'user', `users:external/${externalId}`);
    made.presence = 'present';
    if (answer.isLate) this.leave(organization);
    else this.users.push(made);
  }

  private async deleteUser(): Promise<void> {
    const found = this.users.shift();
    if (!found) return;
    found.presence = 'unknown';
    const answer = await this.client.call('DELETE', `/api/v1/users/${found.id}`);
    this.gone(answer, found.externalId);
    found.presence = 'deleted';
  }

  private async revoke(): Promise<void> {
    const at = this.random(this.signed.length);
    const found = this.signed[at];
    if (!found || found.family.ended === 'yes') return;
    const { session } = found.family;
    const all = this.client.history.families.filter((family) => family.session === session);
    this.client.history.mayEnd(all);
    const answer = await this.client.call('POST', `/api/v1/sessions/${session}/revoke`);
    const isDone = answer.status === 200 || (answer.unknowns > 0 && answer.status === 400);
    if (!isDone) this.client.history.violation(`I3: a session cannot be ended: ${answer.status}`);
    for (const family of all) family.ended = 'yes';
  }

  // The id of what was made: now, or by an earlier try whose answer was lost.
  private async idOf(
    answer: { status: number; json: Record<string, unknown>; unknowns: number },
    field: string,
    lookup: string,
  ): Promise<string> {
    let json = answer.json;
    if (answer.status === 409 && answer.unknowns > 0) {
      json = (await this.client.call('GET', `/api/v1/${lookup}`)).json;
    } else if (answer.status >= 300) {
      const text = JSON.stringify(json);
      this.client.history.violation(`I3: ${lookup} cannot be made: ${answer.status} ${text}`);
    }
    return String((json[field] as { id?: string } | undefined)?.id ?? '');
  }

  private gone(answer: { status: number; unknowns: number }, what: string): void {
    if (answer.status < 300 || (answer.status === 404 && answer.unknowns > 0)) return;
    this.client.history.violation(`I3: ${what} cannot be deleted: ${answer.status}`);
  }
}

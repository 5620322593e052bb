// The organizations of a person, asked of Gatehouse with the person's own access token.
/// <reference path="../virtual.d.ts" />
import { variable } from 'virtual:gatehouse/env';
import type { LocalsAuth } from '../dist/types.js';

export interface OrganizationChoice {
  id: string;
  name: string;
}

const ANSWER_MS_MAX = 2000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const KEPT_MS = 60_000;
const KEPT_COUNT_MAX = 1000;
const PAUSE_MS = 10_000;

const kept = new Map<string, { organizations: OrganizationChoice[]; until: number }>();
let pausedUntil = 0;

export function environmentUrl(): string {
  const given = variable('GATEHOUSE_URL') || variable('SCALEKIT_ENVIRONMENT_URL') || '';
  return URL.canParse(given) ? given.replace(/\/+$/, '') : '';
}

// Undefined if they cannot be told; the chooser of Gatehouse knows them all the same.
export async function organizationsOf(
  auth: LocalsAuth,
  now = Date.now(),
): Promise<OrganizationChoice[] | undefined> {
  const key = `${auth.userId} ${auth.sessionId}`;
  const known = kept.get(key);
  if (known && known.until > now) return known.organizations;
  if (pausedUntil > now) return undefined;
  try {
    const organizations = await ask(await auth.getToken());
    keep(key, organizations, now);
    return organizations;
  } catch {
    // A server that does not answer must not hold up every page.
    pausedUntil = now + PAUSE_MS;
    return undefined;
  }
}

function keep(key: string, organizations: OrganizationChoice[], now: number): void {
  kept.delete(key);
  const oldest = kept.keys().next();
  if (kept.size >= KEPT_COUNT_MAX && !oldest.done) kept.delete(oldest.value);
  kept.set(key, { organizations, until: now + KEPT_MS });
}

async function ask(accessToken: string): Promise<OrganizationChoice[]> {
  const response = await fetch(`${environmentUrl()}/api/v1/users/me`, {
    headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return read(JSON.parse(await boundedText(response)));
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) return text + decoder.decode();
    bytes += part.value.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      await reader?.cancel();
      throw new Error('the answer is too long');
    }
    text += decoder.decode(part.value, { stream: true });
  }
}

interface Membership {
  organization_id?: unknown;
  display_name?: unknown;
  name?: unknown;
  membership_status?: unknown;
}

function read(answer: unknown): OrganizationChoice[] {
  const { user } = (answer ?? {}) as { user?: { memberships?: Membership[] } };
  const choices = (user?.memberships ?? [])
    .filter(({ membership_status }) => membership_status === 'ACTIVE')
    .map(({ organization_id: id, display_name, name }) => ({
      id: String(id ?? ''),
      name: String(display_name || name || id),
    }))
    .filter(({ id }) => id !== '');
  return choices.sort((one, other) => one.name.localeCompare(other.name));
}

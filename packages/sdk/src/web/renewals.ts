// New tokens for a session whose access token ends [RFC 6749 §6]. Browsers send requests in flocks:
// of all that carry the same refresh token one asks, the others share its answer.
import type { AuthClient } from '../auth/client.js';
import { GatehouseError, OAuthError, ServerUnreachableError } from '../auth/errors.js';
import { SingleFlight } from '../auth/single_flight.js';
import type { AccessTokenClaims } from '../auth/types.js';
import { Memory } from './memory.js';
import type { VerifiedTokens } from './session.js';

const RACERS_MS = 10_000;
// For how long a refresh token is known to have been replaced.
const REPLACED_MS = 10 * 60_000;
const REPLACED_MAX = 10_000;
// After an answer that did not come in time, nobody else waits for one.
const PAUSE_MS = 5_000;

export type Renewal =
  | { outcome: 'renewed'; tokens: VerifiedTokens }
  // The grant is over.
  | { outcome: 'ended' }
  // Somebody else has its successor.
  | { outcome: 'replaced' }
  // Nothing is known; `reason` is an error code.
  | { outcome: 'unreachable'; reason: string };

export class Renewals {
  private readonly flights: SingleFlight<Renewal>;
  private readonly successors: Memory<string>;
  private pausedUntil = 0; // ms

  constructor(
    private readonly client: AuthClient,
    private readonly now: () => number, // ms
  ) {
    this.flights = new SingleFlight(now, (renewal) =>
      renewal.outcome === 'renewed' ? Math.min(RACERS_MS, renewal.tokens.expiresIn * 500) : 0,
    );
    this.successors = new Memory({ keepMs: REPLACED_MS, entriesMax: REPLACED_MAX, now });
  }

  async renew(refreshToken: string): Promise<Renewal> {
    return this.flights.run(refreshToken, async () => {
      if (this.isReplaced(refreshToken)) return { outcome: 'replaced' };
      if (this.now() < this.pausedUntil) return { outcome: 'unreachable', reason: 'timeout' };
      return this.ask(refreshToken);
    });
  }

  // Whether asking with it again would look like a theft. Until the successor has been used, the
  // answer may just have been lost, and Gatehouse gives it to a client with a secret once more.
  private isReplaced(refreshToken: string): boolean {
    const successor = this.successors.get(refreshToken);
    if (successor === undefined) return false;
    return this.client.isPublic || this.successors.get(successor) !== undefined;
  }

  private async ask(refreshToken: string): Promise<Renewal> {
    try {
      const answer = await this.client.refreshAccessToken(refreshToken);
      const access = await this.client.validateToken<AccessTokenClaims>(answer.accessToken);
      const id = answer.idToken && (await this.client.verifyIdToken(answer.idToken));
      const { idToken, ...others } = answer;
      if (answer.refreshToken !== refreshToken) {
        this.successors.set(refreshToken, answer.refreshToken);
      }
      const tokens = id ? { ...others, access, idToken, id } : { ...others, access };
      return { outcome: 'renewed', tokens };
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'invalid_grant') {
        return { outcome: 'ended' };
      }
      const isLate = error instanceof ServerUnreachableError && error.reason === 'timeout';
      if (isLate) this.pausedUntil = this.now() + PAUSE_MS;
      return { outcome: 'unreachable', reason: codeOf(error) };
    }
  }
}

// For logs: says what went wrong without anything that came from outside.
export function codeOf(error: unknown): string {
  if (error instanceof GatehouseError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

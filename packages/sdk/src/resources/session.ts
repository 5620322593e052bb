// Sessions of people at Gatehouse, which all applications share.
import type * as sessions from '../types/sessions.js';
import { eachOf, required, Resource, timestamp, type PageOptions, type Walk } from './resource.js';

const SERVICE = 'scalekit.v1.sessions.SessionService';

export interface UserSessionsOptions extends PageOptions {
  filter?:
    | {
        /** Any of active, expired, revoked and logout. */
        status?: string[] | undefined;
        /** Sessions that began at this time or later. */
        startTime?: Date | string | undefined;
        /** Sessions that began before this time. */
        endTime?: Date | string | undefined;
      }
    | undefined;
}

export class SessionResource extends Resource {
  async getSession(sessionId: string): Promise<sessions.SessionDetails> {
    required({ sessionId });
    return await this.transport.call(SERVICE, 'GetSession', { sessionId });
  }

  /** One page of a person's sessions, newest first, ended ones included. */
  async getUserSessions(
    userId: string,
    options: UserSessionsOptions = {},
  ): Promise<sessions.UserSessionDetails> {
    required({ userId });
    const { filter, pageSize, pageToken } = options;
    const times = filter && {
      ...filter,
      startTime: timestamp('filter.startTime', filter.startTime),
      endTime: timestamp('filter.endTime', filter.endTime),
    };
    const request = { userId, pageSize, pageToken, filter: times };
    return await this.transport.call(SERVICE, 'GetUserSessions', request);
  }

  listAllUserSessions(
    userId: string,
    options: Omit<UserSessionsOptions, 'pageToken'> = {},
  ): Walk<sessions.SessionDetails> {
    return eachOf(
      (pageToken) => this.getUserSessions(userId, { ...options, pageToken }),
      (page) => page.sessions,
    );
  }

  /** Signs the person out everywhere; access tokens work until they expire. */
  async revokeSession(sessionId: string): Promise<sessions.RevokeSessionResponse> {
    required({ sessionId });
    return await this.transport.call(SERVICE, 'RevokeSession', { sessionId });
  }

  async revokeAllUserSessions(userId: string): Promise<sessions.RevokeAllUserSessionsResponse> {
    required({ userId });
    return await this.transport.call(SERVICE, 'RevokeAllUserSessions', { userId });
  }
}

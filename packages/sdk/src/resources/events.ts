// What happened in the environment, as webhooks tell it.
import type * as events from '../types/events.js';
import { eachOf, Resource, timestamp, type ListAllOptions, type Walk } from './resource.js';

const SERVICE = 'scalekit.v1.events.EventsService';

export interface EventFilter extends Omit<events.EventFilter, 'startTime' | 'endTime'> {
  startTime?: Date | string | undefined;
  endTime?: Date | string | undefined;
}

export class EventsResource extends Resource {
  /** One page, newest first. */
  async listEventsPaginated(
    pageSize?: number,
    pageToken?: string,
    filter?: EventFilter,
  ): Promise<events.ListEventsPaginatedResponse> {
    const times = filter && {
      ...filter,
      startTime: timestamp('filter.startTime', filter.startTime),
      endTime: timestamp('filter.endTime', filter.endTime),
    };
    const request = { pageSize, pageToken, filter: times };
    return await this.transport.call(SERVICE, 'ListEventsPaginated', request);
  }

  listAllEvents(
    filter?: EventFilter,
    { pageSize }: ListAllOptions = {},
  ): Walk<events.ScalekitEvent> {
    return eachOf(
      (pageToken) => this.listEventsPaginated(pageSize, pageToken, filter),
      (page) => page.events,
    );
  }
}

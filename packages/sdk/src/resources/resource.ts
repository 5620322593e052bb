// What the resources of the management API share: checks of arguments, times, and lists that come
// in pages.
import { invalidArgument } from './errors.js';
import type { ConnectTransport } from './transport.js';

export abstract class Resource {
  protected readonly transport: ConnectTransport;

  constructor(transport: ConnectTransport) {
    this.transport = transport;
  }
}

export interface PageOptions {
  pageSize?: number | undefined;
  pageToken?: string | undefined;
}

// For iterators over a whole list: how many to ask for at a time.
export interface ListAllOptions {
  pageSize?: number | undefined;
}

// Refuses what is missing before it is sent: without an id, some calls would mean something else.
export function required(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string' || !value.trim()) throw invalidArgument(`${name} is required`);
  }
}

// As the API wants it, from a Date or whatever text Date reads.
export function timestamp(name: string, value: Date | string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) throw invalidArgument(`${name} is not a time`);
  return time.toISOString();
}

// What walks a list to its end.
export type Walk<Item> = AsyncGenerator<Item, void, undefined>;

// The elements of page after page, each page fetched when it is reached.
export async function* eachOf<Page extends { nextPageToken: string }, Item>(
  fetchPage: (pageToken: string | undefined) => Promise<Page>,
  itemsOf: (page: Page) => Item[],
): Walk<Item> {
  let pageToken: string | undefined;
  for (;;) {
    const page = await fetchPage(pageToken);
    yield* itemsOf(page);
    // A token that comes again would go round for ever.
    if (!page.nextPageToken || page.nextPageToken === pageToken) return;
    pageToken = page.nextPageToken;
  }
}

// Nodes on one PostgreSQL, or on a primary and its standby. Each server is reached through a proxy,
// so that its address stays when another server takes its place.
import { Installation, type Wanted } from './nodes.js';
import { hasPostgres, PostgresServer } from './postgres.js';
import { Proxy } from './proxy.js';

// For `skip` of a test.
export const withoutPostgres = !hasPostgres && 'PostgreSQL 15 is not installed';

export class Cluster {
  private constructor(
    readonly postgres: PostgresServer, // the first one
    readonly standby: PostgresServer | undefined,
    readonly proxies: Proxy[],
    readonly installation: Installation,
  ) {}

  static async start(wanted: Wanted & { standby?: 'standby' } = {}): Promise<Cluster> {
    const postgres = await PostgresServer.start();
    try {
      const proxies = [await Proxy.start(postgres.port)];
      const standby = wanted.standby && (await postgres.standby('s0'));
      if (standby) proxies.push(await Proxy.start(standby.port));
      // The standby comes first: nodes have to find out which one takes writes.
      const url = await postgres.url(...proxies.map(({ port }) => port).reverse());
      const installation = await Installation.start({ nodes: 2, database: () => url, ...wanted });
      return new Cluster(postgres, standby, proxies, installation);
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  get proxy(): Proxy {
    return this.proxies[0] as Proxy;
  }

  async stop(): Promise<void> {
    try {
      for (const proxy of this.proxies) proxy.pass();
      await this.installation.stop();
    } finally {
      for (const proxy of this.proxies) await proxy.stop();
      await this.postgres.stop();
    }
  }
}

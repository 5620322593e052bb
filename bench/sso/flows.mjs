// Sign-ins that have come as far as the identity provider, and the last steps of each, timed.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { inflateRawSync } from 'node:zlib';

const CALLBACK = 'http://localhost:4321/callback';
const HERTZ = 100; // of /proc/PID/stat, on every Linux

// Seconds of processor time that the process has used.
export function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / HERTZ;
}

export class Site {
  constructor({ port, clientId, connections }) {
    this.port = port;
    this.clientId = clientId;
    this.origin = `http://localhost:${port}`;
    this.agent = new Agent({ keepAlive: true, maxSockets: connections ?? 32 });
  }

  async send(method, path, { cookies = {}, form, origin } = {}) {
    const body = form && new URLSearchParams(form).toString();
    const headers = {
      host: `localhost:${this.port}`,
      accept: 'text/html',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': origin ? 'cross-site' : 'none',
      cookie: Object.entries(cookies)
        .map(([name, value]) => `${name}=${value}`)
        .join('; '),
      ...(body && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      }),
      ...(origin && { origin }),
    };
    const options = { host: '127.0.0.1', port: this.port, method, path, headers };
    return await new Promise((settle, fail) => {
      const sent = request({ ...options, agent: this.agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => (text += part));
        answer.on('end', () => {
          const { statusCode: status, headers: got } = answer;
          for (const line of got['set-cookie'] ?? []) {
            const [name, value] = line.split(';', 1)[0].split(/=(.*)/s);
            if (value) cookies[name] = value;
            else delete cookies[name];
          }
          settle({ status, headers: got, location: got.location ?? '', text });
        });
      });
      sent.on('error', fail);
      sent.end(body);
    });
  }

  // Goes on through redirects of our own; returns the first address that is elsewhere.
  async follow(path, cookies) {
    for (let hop = 0; hop < 8; ++hop) {
      const answer = await this.send('GET', path, { cookies });
      const to = answer.location && new URL(answer.location, this.origin);
      if (!to) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 400)}`);
      if (to.origin !== this.origin) return to;
      path = to.pathname + to.search;
    }
    throw new Error(`too many redirects, at ${path}`);
  }

  // A browser of its own at the door of the provider.
  async begin(connection) {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid email profile',
      state: 's',
      connection_id: connection,
    });
    const cookies = {};
    const to = await this.follow(`/oauth/authorize?${query}`, cookies);
    return { cookies, asked: to.searchParams };
  }

  // What the application gets in the end; the sign-in has to have succeeded.
  async finish(location, cookies) {
    const first = new URL(location, this.origin);
    const end =
      first.origin === this.origin
        ? await this.follow(first.pathname + first.search, cookies)
        : first;
    if (!end.href.startsWith(CALLBACK) || !end.searchParams.get('code')) {
      throw new Error(`nobody was signed in: ${end.href}`);
    }
  }
}

export function requestIdOf(asked) {
  const xml = inflateRawSync(Buffer.from(asked.get('SAMLRequest') ?? '', 'base64')).toString();
  const found = /\bID="([^"]+)"/.exec(xml);
  if (!found) throw new Error(`no ID in ${xml}`);
  return found[1];
}

// Runs `act` on each, so many at a time; returns how long each took, in ms.
export async function each(items, atOnce, act) {
  const took = [];
  let next = 0;
  const line = async () => {
    while (next < items.length) {
      const item = items[next++];
      const began = performance.now();
      await act(item);
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, line));
  return took;
}

export function quantile(values, part) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

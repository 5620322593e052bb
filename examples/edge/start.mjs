// Runs the worker on this machine: HTTP in, Request and Response in between.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import worker from './dist/worker.js';

const port = Number(process.env.PORT ?? 4323);

createServer(async (incoming, outgoing) => {
  const hasBody = !['GET', 'HEAD'].includes(incoming.method);
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one]),
    ),
    ...(hasBody && { body: Readable.toWeb(incoming), duplex: 'half' }),
  });
  const response = await worker.fetch(request, process.env);
  const cookies = response.headers.getSetCookie();
  const headers = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, {
    ...headers,
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  });
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}).listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}`));

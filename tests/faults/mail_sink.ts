// A mail server that takes everything and hands the sign-in codes to the people in the tests.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export class MailSink {
  taken = 0;
  private readonly codes = new Map<string, string[]>(); // by address, oldest first
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MailSink> {
    const server = createServer();
    const sink = new MailSink(server);
    server.on('connection', (socket) => sink.serve(socket));
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    return sink;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  // The code of the newest mail to this address, unless it was handed out before; waits for one.
  async codeTo(address: string, waitMs: number): Promise<string> {
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; await pause(5)) {
      const code = this.codes.get(address)?.at(-1);
      this.codes.delete(address);
      if (code) return code;
    }
    throw new Error(`no mail to ${address} within ${waitMs} ms`);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((settle) => this.server.close(settle));
  }

  // One conversation: commands a line each, and a letter up to the line that is a single dot.
  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('latin1');
    const state = { rest: '', to: '', isLetter: false };
    socket.write('220 sink\r\n');
    socket.on('data', (chunk: string) => {
      state.rest += chunk;
      for (;;) {
        const end = state.isLetter ? '\r\n.\r\n' : '\r\n';
        const at = state.rest.indexOf(end);
        if (at < 0) return;
        const text = state.rest.slice(0, at);
        state.rest = state.rest.slice(at + end.length);
        socket.write(state.isLetter ? this.take(state, text) : this.obey(state, text));
        if (/^QUIT/i.test(text) && !state.isLetter) socket.end();
      }
    });
  }

  private obey(state: { to: string; isLetter: boolean }, line: string): string {
    const address = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1];
    if (address) state.to = address.toLowerCase();
    if (!/^DATA/i.test(line)) return '250 fine\r\n';
    state.isLetter = true;
    return '354 go on\r\n';
  }

  private take(state: { to: string; isLetter: boolean }, letter: string): string {
    state.isLetter = false;
    this.taken += 1;
    const code = /^ {4}(\d{6})\s*$/m.exec(letter)?.[1];
    if (code) this.codes.set(state.to, [...(this.codes.get(state.to) ?? []), code]);
    return '250 taken\r\n';
  }
}

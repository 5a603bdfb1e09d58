// A connection by a socket of Node's: tcp: as it is, and what TLS and WebSocket are made over.
import type { Socket } from 'node:net';
import { Inbox } from '../inbox.js';
import { lost, patience, room, type Connection } from '../transport.js';

// Not imports: bundlers for browsers would look for them.
const net = () => process.getBuiltinModule('node:net');
const tls = () => process.getBuiltinModule('node:tls');

/** How long the other side may take for the rest when this one has closed, in milliseconds. */
const farewell = 2000;

/** tcp://host:port */
export async function openTcp(url: string): Promise<Connection> {
  const { host, port } = placeOf(url);
  return dialled(url, (ready) => net().connect({ host, port }, ready));
}

/** The same with TLS: for that name, with a certificate that this system trusts. */
export async function openTls(url: string): Promise<SocketConnection> {
  const { host, port } = placeOf(url);
  const servername = net().isIP(host) ? undefined : host;
  const ca = trusted();
  return dialled(url, (ready) => tls().connect({ host, port, servername, ca }, ready));
}

export function openPlain(url: string): Promise<SocketConnection> {
  const { host, port } = placeOf(url);
  return dialled(url, (ready) => net().connect({ host, port }, ready));
}

/** Of a URL that the library has checked: scheme://host:port/path, with an IPv6 address in brackets. */
export function placeOf(url: string): { host: string; port: number; path: string } {
  const [, host, port, path] = /^[a-z]+:\/\/(.*?):(\d+)(\/.*)?$/.exec(url)!;
  return { host: host!.replace(/^\[(.*)\]$/, '$1'), port: Number(port), path: path ?? '/' };
}

/** What Node trusts, and what is named where OpenSSL looks for it. */
function trusted(): string[] | undefined {
  const file = process.env['SSL_CERT_FILE'];
  if (!file) return undefined;
  return [...tls().rootCertificates, process.getBuiltinModule('node:fs').readFileSync(file, 'utf8')];
}

function dialled(url: string, connect: (ready: () => void) => Socket): Promise<SocketConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect(() => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(new SocketConnection(socket));
    });
    const failed = (problem: Error) => {
      clearTimeout(timer);
      socket.on('error', () => {}); // of what is being destroyed
      socket.destroy();
      reject(lost(`${problem.message}; ${advice(url, problem)}`, problem));
    };
    const timer = setTimeout(() => failed(new Error(`no connection came about in ${patience / 1000} s`)), patience);
    timer.unref();
    socket.on('error', failed);
    socket.unref(); // what is under way keeps the process, and an idle client does not
  });
}

function advice(url: string, problem: Error): string {
  const { code } = problem as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'is a vault served there?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'is the name right, and is there a network?';
  if (url.startsWith('wss:') && code && !/^E[A-Z]+$/.test(code)) return 'a wss: vault needs a certificate that this system trusts';
  return 'is the address right, and does a firewall let it through?';
}

export class SocketConnection implements Connection {
  readonly #socket: Socket;
  readonly #inbox = new Inbox();
  #over: Error | undefined;
  #wake: (() => void) | undefined; // of the send that waits for room

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Uint8Array) => {
      this.#inbox.put(bytes);
      if (this.#inbox.size >= room) socket.pause();
    });
    socket.on('end', () => this.#inbox.end());
    socket.on('error', (problem) => this.#fail(lost(`${problem.message}; connect again`, problem)));
    socket.on('close', () => this.#fail(lost('the connection has ended; connect again')));
    socket.on('drain', () => this.#wake?.());
  }

  /** Bytes that the system has not taken yet. */
  get waiting(): number {
    return this.#socket.writableLength;
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#over) throw this.#over;
    if (this.#socket.write(bytes) || this.#socket.writableLength < room) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    if (this.#over) throw this.#over;
  }

  /** Sends without waiting for room: a few bytes. */
  say(bytes: Uint8Array): void {
    if (!this.#over) this.#socket.write(bytes);
  }

  async receive(most: number): Promise<Uint8Array | null> {
    const bytes = await this.#inbox.take(most);
    if (this.#inbox.size < room && this.#socket.isPaused()) this.#socket.resume();
    return bytes;
  }

  close(): void {
    if (this.#over === undefined) {
      this.#over = lost('the connection was closed');
      this.#wake?.();
      this.#socket.end();
      // What still comes is of no interest, but for its end.
      const timer = setTimeout(() => this.#socket.destroy(), farewell);
      timer.unref();
      this.#socket.once('close', () => clearTimeout(timer));
      this.#socket.resume();
    } else {
      this.#socket.destroy();
    }
    this.#inbox.drop();
  }

  #fail(problem: Error): void {
    this.#over ??= problem;
    this.#inbox.fail(problem);
    this.#wake?.();
  }
}

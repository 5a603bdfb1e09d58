// ws: and wss: by the platform's WebSocket. Binary messages are pieces of the stream.
import { Inbox } from '../inbox.js';
import { failure, lost, patience, room, type Connection } from '../transport.js';

// The platform reads whether anybody wants it or not. Clients ask for no more than the library's memory holds, so that who
// sends more than this was not asked.
const flood = 64 << 20;

const again = 4; // milliseconds between looks at what was not sent yet: there is no event for it

export async function openWebSocket(url: string): Promise<Connection> {
  return PlatformSocket.open(url);
}

class PlatformSocket implements Connection {
  readonly #socket: WebSocket;
  readonly #inbox = new Inbox();
  #over: Error | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(data);
    socket.onclose = ({ code, wasClean }) => {
      if (wasClean && code === 1000) this.#inbox.end();
      this.#fail(lost(`the connection was closed (${code}); connect again`));
    };
  }

  static open(url: string): Promise<PlatformSocket> {
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch (problem) {
      return Promise.reject(refusal(url, problem));
    }
    socket.binaryType = 'arraybuffer';
    return new Promise((resolve, reject) => {
      const end = (problem: Error) => {
        clearTimeout(timer);
        socket.onopen = socket.onclose = null;
        reject(problem);
      };
      const timer = setTimeout(() => {
        end(lost(`no connection came about in ${patience / 1000} s; is the address right, and does a firewall let it through?`));
        socket.close();
      }, patience);
      socket.onopen = () => {
        clearTimeout(timer);
        socket.onopen = null;
        resolve(new PlatformSocket(socket));
      };
      socket.onclose = () => end(unreachable(url));
    });
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.#check();
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
    while (this.#socket.bufferedAmount > room) {
      await new Promise((resolve) => setTimeout(resolve, again));
      this.#check();
    }
  }

  receive(most: number): Promise<Uint8Array | null> {
    return this.#inbox.take(most);
  }

  close(): void {
    this.#inbox.drop();
    this.#over ??= lost('the connection was closed');
    this.#socket.onmessage = null;
    this.#socket.close(1000);
  }

  #take(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return this.#end('a text came, where bytes belong; is a vault served there?');
    if (this.#inbox.size + data.byteLength > flood) return this.#end('more came than was asked for');
    this.#inbox.put(new Uint8Array(data));
  }

  #end(why: string): void {
    this.#fail(lost(why));
    this.close();
  }

  #fail(problem: Error): void {
    this.#over ??= problem;
    this.#inbox.fail(problem);
  }

  #check(): void {
    if (this.#over) throw this.#over;
  }
}

/** Whether the page came over https:, and the connection would not; within one machine that is allowed. */
function mixed(url: string): boolean {
  return globalThis.location?.protocol === 'https:' && /^ws:(?!\/\/(127\.0\.0\.1|\[::1\]|localhost):)/.test(url);
}

const mixedContent = () => failure(
  'SAFE_ACCESS_DENIED',
  'this page came over https:, and browsers let such a page open no connection without TLS (mixed content); use the wss: URL of ' +
    'the vault',
);

function refusal(url: string, problem: unknown): Error {
  if (mixed(url)) return mixedContent();
  return failure('SAFE_BAD_URL', `the browser does not take it: ${problem instanceof Error ? problem.message : String(problem)}`, problem);
}

/** Browsers do not say why: a page is not to find out what else there is in the network. */
function unreachable(url: string): Error {
  if (mixed(url)) return mixedContent();
  const certificate = url.startsWith('wss:') ? ', the certificate is not one that this browser trusts' : '';
  return lost(
    `the browser could not connect, and does not say why: no vault is served there${certificate}, or the page's policy ` +
      '(Content-Security-Policy, connect-src) forbids it; its console may say more',
  );
}

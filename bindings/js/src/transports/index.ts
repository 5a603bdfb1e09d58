// tcp:, ws: and wss: for the library in wasm, which has no sockets of its own: transports over the public table of
// safe/ports.h. Each scheme has its port from the first client on that connects to one of its URLs.
import { inNode } from '../ffi/pump.js';
import type { Ffi } from '../ffi/load.js';
import { openWebSocket as openPlatforms } from './browser/websocket.js';
import { listenTcp, type Listener } from './node/listen.js';
import { openTcp } from './node/socket.js';
import { openWebSocket } from './node/websocket.js';
import { TransportPort } from './port.js';
import { lost, type Connection, type Open } from './transport.js';

const schemes: Record<string, Open> = inNode
  ? { tcp: openTcp, ws: openWebSocket, wss: openWebSocket }
  : { ws: openPlatforms, wss: openPlatforms };

/** Of connections that came in: what follows is where they come from. */
const accepted = 'tcp-accepted';

/** How long the connections may take to end with their engine, in milliseconds. */
const farewell = 1000;

export class Transports {
  readonly #ffi: Ffi;
  readonly #ports = new Map<string, TransportPort>();
  readonly #waiting = new Map<string, Connection[]>(); // that came in, by URL, and were not asked for yet

  constructor(ffi: Ffi) {
    this.#ffi = ffi;
  }

  /** Handles of the library that are theirs. */
  get handles(): number {
    return [...this.#ports.values()].reduce((sum, port) => sum + port.handles, 0);
  }

  /** Makes what is needed to connect to the URL, or to several with blanks between them. */
  prepare(url: string): void {
    for (const one of url.split(' ')) {
      const scheme = one.slice(0, one.indexOf(':'));
      if (Object.hasOwn(schemes, scheme)) this.#port(scheme, schemes[scheme]!);
    }
  }

  /**
   * Listens in Node. `serve` is called for each connection with the URL that it has for the library, which is one for all that
   * come from an address: limits are for each of those. Resolved when that has ended.
   */
  async listen(url: string, serve: (url: string) => Promise<void>): Promise<Listener> {
    this.#port(accepted, async (one) => {
      const connection = this.#waiting.get(one)?.shift();
      if (connection) return connection;
      throw lost('it has gone');
    });
    return listenTcp(url, (connection, from) => {
      const one = `${accepted}://${from}`;
      const all = this.#waiting.get(one) ?? [];
      this.#waiting.set(one, all);
      all.push(connection);
      void serve(one).finally(() => {
        const at = all.indexOf(connection); // nobody wanted it
        if (at >= 0) all.splice(at, 1)[0]!.close();
        if (all.length === 0 && this.#waiting.get(one) === all) this.#waiting.delete(one);
      });
    });
  }

  #port(scheme: string, open: Open): void {
    if (!this.#ports.has(scheme)) this.#ports.set(scheme, new TransportPort(this.#ffi, scheme, open));
  }

  /** Resolved when no connection is open any more, or they have had their time. */
  async idle(): Promise<void> {
    const all = Promise.all([...this.#ports.values()].map((port) => port.idle()));
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([all, new Promise((resolve) => (timer = setTimeout(resolve, farewell)))]);
    clearTimeout(timer);
  }

  close(): void {
    for (const port of this.#ports.values()) port.close();
  }
}

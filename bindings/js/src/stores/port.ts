// Serves the connection URLs of one scheme from a kind of store, by the public table of safe/ports.h.
import {
  SAFE_ACCESS_DENIED, SAFE_BAD_URL, SAFE_BUSY, SAFE_CLOSED, SAFE_CONNECT_NO_CREATE, SAFE_OUT_OF_MEMORY, SAFE_PORT_STORE,
  SAFE_REQUEST_CLOSE, SAFE_REQUEST_CREATE, SAFE_REQUEST_EXISTS, SAFE_REQUEST_FIGURES, SAFE_REQUEST_GET, SAFE_REQUEST_LIST,
  SAFE_REQUEST_OPEN, SAFE_REQUEST_REMOVE, SAFE_REQUEST_REPLACE, SAFE_STORE_BUSY, SAFE_STORE_CORRUPT, SAFE_STORE_FULL,
  SAFE_STORE_IO, SAFE_STORE_MISSING, SAFE_STORE_READ_ONLY, SAFE_STORE_VERSION, SAFE_TIMEOUT, SAFE_UNSUPPORTED,
} from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { safe_port, safe_request } from '../ffi/functions.js';
import { report } from '../ffi/listeners.js';
import type { Ffi } from '../ffi/load.js';
import type { Store, StoreKind } from './store.js';

// Those that safe_request_fail takes.
const storesCodes = new Set<number>([
  SAFE_STORE_IO, SAFE_STORE_FULL, SAFE_STORE_READ_ONLY, SAFE_STORE_CORRUPT, SAFE_STORE_VERSION, SAFE_STORE_BUSY,
  SAFE_STORE_MISSING, SAFE_BAD_URL, SAFE_ACCESS_DENIED, SAFE_UNSUPPORTED, SAFE_TIMEOUT, SAFE_BUSY, SAFE_OUT_OF_MEMORY,
]);

const none = new Uint8Array(0);

/** Until close(), after which the connections to the scheme are of no use any more. */
export function servePort(ffi: Ffi, scheme: string, kind: StoreKind): { close(): void } {
  return new Server(ffi, ffi.safe_port_create(SAFE_PORT_STORE, scheme), kind);
}

class Server {
  readonly #ffi: Ffi;
  readonly #port: safe_port;
  readonly #kind: StoreKind;
  readonly #stores = new Map<bigint, Store>(); // by connection
  readonly #requests = new Set<safe_request>(); // without an answer
  #closed = false;

  constructor(ffi: Ffi, port: safe_port, kind: StoreKind) {
    this.#ffi = ffi;
    this.#port = port;
    this.#kind = kind;
    this.#listen();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ffi.safe_port_free(this.#port);
    for (const request of this.#requests) this.#ffi.safe_request_free(request);
    this.#requests.clear();
    for (const store of this.#stores.values()) letGo(store);
    this.#stores.clear();
  }

  #listen(): void {
    this.#ffi.safe_port_on_request(this.#port, (port) => {
      if (port === null) return; // freed
      for (let next = this.#next(); next !== null; next = this.#next()) {
        this.#serve(next).catch((problem) => {
          if (!(problem instanceof SafeError && problem.code === SAFE_CLOSED)) report(problem); // else the library has gone
        });
      }
      this.#listen();
    });
  }

  #next(): safe_request | null {
    return this.#ffi.safe_port_next(this.#port, 0);
  }

  async #serve(request: safe_request): Promise<void> {
    this.#requests.add(request);
    try {
      const answer = await this.#work(request);
      if (!this.#closed) answer();
    } catch (problem) {
      if (!this.#closed) this.#fail(request, problem);
    }
    if (this.#requests.delete(request)) this.#ffi.safe_request_free(request);
  }

  /** Does what is asked; what it returns gives the answer. */
  async #work(request: safe_request): Promise<() => void> {
    const ffi = this.#ffi;
    const done = (yes: boolean) => () => ffi.safe_request_done(request, yes ? 1 : 0);
    const kind = ffi.safe_request_kind(request);
    const connection = ffi.safe_request_connection(request);
    if (kind === SAFE_REQUEST_OPEN) {
      const noCreate = (ffi.safe_request_flags(request) & SAFE_CONNECT_NO_CREATE) !== 0;
      const store = await this.#kind.open(ffi.safe_request_url(request), noCreate);
      if (this.#closed) letGo(store);
      else this.#stores.set(connection, store);
      return done(true);
    }
    const store = this.#stores.get(connection)!;
    const key = ffi.safe_request_key(request);
    switch (kind) {
      case SAFE_REQUEST_CLOSE:
        this.#stores.delete(connection);
        await store.close();
        return done(true);
      case SAFE_REQUEST_CREATE:
        return done(await store.create(key, ffi.safe_request_data(request) ?? none));
      case SAFE_REQUEST_REPLACE:
        await store.replace(key, ffi.safe_request_data(request) ?? none);
        return done(true);
      case SAFE_REQUEST_GET: {
        const [offset, length] = [ffi.safe_request_offset(request), ffi.safe_request_length(request)];
        const bytes = await store.get(key, Number(offset), Number(length));
        return () => (bytes ? ffi.safe_request_give(request, bytes) : ffi.safe_request_none(request));
      }
      case SAFE_REQUEST_EXISTS:
        return done(await store.exists(key));
      case SAFE_REQUEST_LIST: {
        const [after, limit] = [ffi.safe_request_after(request), ffi.safe_request_limit(request)];
        const { entries, more } = await store.list(key, after, Number(limit));
        return () => {
          for (const entry of entries) ffi.safe_request_add(request, entry.key, entry.size);
          ffi.safe_request_done(request, more ? 1 : 0);
        };
      }
      case SAFE_REQUEST_REMOVE:
        return done(await store.remove(key));
      case SAFE_REQUEST_FIGURES: {
        const { objects, bytes, used, free } = await store.figures(key);
        return () => ffi.safe_request_figures(request, objects, bytes, used, free);
      }
      default:
        throw new SafeError(SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED', `this store knows no request of kind ${kind}`);
    }
  }

  #fail(request: safe_request, problem: unknown): void {
    const code = problem instanceof SafeError && storesCodes.has(problem.code) ? problem.code : SAFE_STORE_IO;
    const message = problem instanceof Error ? problem.message : String(problem);
    // What the library takes as text.
    this.#ffi.safe_request_fail(request, code, message.replaceAll(/[\0\p{Surrogate}]/gu, '\ufffd'));
  }
}

/** Nobody waits for it. */
function letGo(store: Store): void {
  store.close().catch(() => {});
}

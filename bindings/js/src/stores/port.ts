// Serves the connection URLs of one scheme from a kind of store.
import {
  SAFE_ACCESS_DENIED, SAFE_BAD_URL, SAFE_BUSY, SAFE_CONNECT_NO_CREATE, SAFE_OUT_OF_MEMORY, SAFE_PORT_STORE, SAFE_REQUEST_CREATE,
  SAFE_REQUEST_EXISTS, SAFE_REQUEST_FIGURES, SAFE_REQUEST_GET, SAFE_REQUEST_LIST, SAFE_REQUEST_REMOVE, SAFE_REQUEST_REPLACE,
  SAFE_STORE_BUSY, SAFE_STORE_CORRUPT, SAFE_STORE_FULL, SAFE_STORE_IO, SAFE_STORE_MISSING, SAFE_STORE_READ_ONLY, SAFE_STORE_VERSION,
  SAFE_TIMEOUT, SAFE_UNSUPPORTED,
} from '../ffi/constants.js';
import type { safe_request } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import { Port, unknown } from '../ports/port.js';
import type { Store, StoreKind } from './store.js';

const codes = new Set<number>([
  SAFE_STORE_IO, SAFE_STORE_FULL, SAFE_STORE_READ_ONLY, SAFE_STORE_CORRUPT, SAFE_STORE_VERSION, SAFE_STORE_BUSY,
  SAFE_STORE_MISSING, SAFE_BAD_URL, SAFE_ACCESS_DENIED, SAFE_UNSUPPORTED, SAFE_TIMEOUT, SAFE_BUSY, SAFE_OUT_OF_MEMORY,
]);

const none = new Uint8Array(0);

/** Until close(), after which the connections to the scheme are of no use any more. */
export function servePort(ffi: Ffi, scheme: string, kind: StoreKind): { close(): void } {
  return new StorePort(ffi, scheme, kind);
}

class StorePort extends Port<Store> {
  readonly #kind: StoreKind;

  constructor(ffi: Ffi, scheme: string, kind: StoreKind) {
    super(ffi, SAFE_PORT_STORE, scheme, codes, SAFE_STORE_IO);
    this.#kind = kind;
  }

  protected override async open(request: safe_request): Promise<Store> {
    const noCreate = (this.ffi.safe_request_flags(request) & SAFE_CONNECT_NO_CREATE) !== 0;
    return this.#kind.open(this.ffi.safe_request_url(request), noCreate);
  }

  protected override async work(request: safe_request, store: Store): Promise<() => void> {
    const { ffi } = this;
    const done = (yes: boolean) => () => ffi.safe_request_done(request, yes ? 1 : 0);
    const kind = ffi.safe_request_kind(request);
    const key = ffi.safe_request_key(request);
    switch (kind) {
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
        throw unknown('store', kind);
    }
  }

  protected override async end(store: Store): Promise<void> {
    await store.close();
  }
}

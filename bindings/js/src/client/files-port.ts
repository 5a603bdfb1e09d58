// The stores behind the file: URLs of one engine over libsafe.wasm, which has none itself: what they were asked, what they
// hold, and when they are closed.
import type { Ffi } from '../ffi/load.js';
import { inNode } from '../ffi/pump.js';
import { fileStores, keptSeed, servePort, type Store, type StoreKind } from '../stores/index.js';
import type { FigureFacts, StoreCounts } from './engine.js';
import type { Files } from './files.js';

interface Open {
  store: Store;
  counts: StoreCounts;
}

export class PortFiles implements Files {
  readonly vaultSeed = inNode ? keptSeed : null;
  readonly #port: { close(): void };
  readonly #open = new Map<string, Open[]>(); // by URL; the newest last
  readonly #waiting = new Map<string, Set<() => void>>(); // for the end of what is open

  private constructor(ffi: Ffi, kind: StoreKind) {
    this.#port = servePort(ffi, 'file', { open: (url, noCreate) => this.#opened(kind, url, noCreate) });
  }

  /** The only place that knows where the stores come from. */
  static async serve(ffi: Ffi): Promise<PortFiles> {
    return new PortFiles(ffi, await fileStores());
  }

  /** The port. */
  get handles(): number {
    return 1;
  }

  connected(url: string): void {
    this.#tell(url);
  }

  async closed(url: string): Promise<void> {
    if (!this.#open.has(url)) return;
    await new Promise<void>((resolve) => {
      const waiting = this.#waiting.get(url) ?? new Set();
      this.#waiting.set(url, waiting.add(resolve));
    });
  }

  async figures(url: string): Promise<FigureFacts | null> {
    return (await this.#open.get(url)?.at(-1)?.store.figures('')) ?? null;
  }

  counts(url: string): StoreCounts | null {
    return this.#open.get(url)?.at(-1)?.counts ?? null;
  }

  close(): void {
    this.#port.close();
  }

  async #opened(kind: StoreKind, url: string, noCreate: boolean): Promise<Store> {
    const counts: StoreCounts = { create: 0, replace: 0, get: 0, exists: 0, list: 0, remove: 0 };
    const store = counted(await kind.open(url, noCreate), counts, () => this.#closed(url, open));
    const open = { store, counts };
    this.#open.set(url, [...(this.#open.get(url) ?? []), open]);
    return store;
  }

  #closed(url: string, gone: Open): void {
    const left = (this.#open.get(url) ?? []).filter((open) => open !== gone);
    if (left.length > 0) {
      this.#open.set(url, left);
      return;
    }
    this.#open.delete(url);
    this.#tell(url);
  }

  #tell(url: string): void {
    for (const resolve of this.#waiting.get(url) ?? []) resolve();
    this.#waiting.delete(url);
  }
}

/** The same store; its requests are counted. */
function counted(store: Store, counts: StoreCounts, closed: () => void): Store {
  return {
    create: (key, bytes) => (counts.create++, store.create(key, bytes)),
    replace: (key, bytes) => (counts.replace++, store.replace(key, bytes)),
    get: (key, offset, length) => (counts.get++, store.get(key, offset, length)),
    exists: (key) => (counts.exists++, store.exists(key)),
    list: (prefix, after, limit) => (counts.list++, store.list(prefix, after, limit)),
    remove: (key) => (counts.remove++, store.remove(key)),
    figures: (prefix) => store.figures(prefix),
    close: async () => {
      try {
        await store.close();
      } finally {
        closed();
      }
    },
  };
}

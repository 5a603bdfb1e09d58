// In the worker: serves a page.
import type { Engine } from '../client/engine.js';
import { crossing } from '../client/failures.js';
import { startInline } from '../client/start.js';
import { BlobSource, BytesSource, type Source } from '../client/sources.js';
import { WORKER, type FromWorker, type Sent, type ToWorker } from './protocol.js';

/** The part of a worker's global object that is used here. */
interface Scope {
  name: string;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer: Transferable[]): void;
}

/** Serves, if this is the engine's worker. */
export function serve(): void {
  const scope = globalThis as unknown as Scope;
  if (scope.name !== WORKER || typeof scope.postMessage !== 'function' || 'document' in scope) return;
  const host = new Host(scope);
  scope.onmessage = ({ data }) => host.take(data);
}

class Host {
  readonly #scope: Scope;
  #engine!: Promise<Engine>;
  readonly #calls = new Map<number, AbortController>();
  readonly #asked = new Map<number, AskedSource>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  take(message: ToWorker): void {
    switch (message.kind) {
      case 'start':
        this.#engine = startInline(message.wasm, (failure) => this.#tell({ kind: 'broken', failure: crossing(failure) }));
        this.#engine.catch(() => {}); // told by start, and to every call
        void this.#start(message.lock);
        break;
      case 'call': {
        const { name, args } = message.call;
        void this.#answer(message.id, (engine, signal) => engine.call(name, args, signal));
        break;
      }
      case 'put': {
        const { id, client, facts } = message;
        const source = this.#source(id, message.source);
        const told = (done: number, total: number | undefined) => this.#tell({ kind: 'progress', id, done, total });
        void this.#answer(id, (engine, signal) => engine.put(client, source, facts, signal, told));
        break;
      }
      case 'abort':
        this.#calls.get(message.id)?.abort();
        break;
      case 'piece':
        this.#asked.get(message.id)?.take(message.bytes);
        break;
      case 'end':
        void this.#answer(message.id, (engine) => engine.end());
        break;
    }
  }

  async #start(lock: string): Promise<void> {
    const locked = await hold(lock);
    try {
      await this.#engine;
      this.#tell({ kind: 'ready', locked });
    } catch (problem) {
      this.#tell({ kind: 'broken', failure: crossing(problem) });
    }
  }

  async #answer(id: number, work: (engine: Engine, signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const controller = new AbortController();
    this.#calls.set(id, controller);
    try {
      const result = (await work(await this.#engine, controller.signal)) as (FromWorker & { kind: 'done' })['result'];
      this.#tell({ kind: 'done', id, result }, result instanceof Uint8Array ? [result.buffer] : []);
    } catch (problem) {
      this.#tell({ kind: 'failed', id, failure: crossing(problem) });
    } finally {
      this.#calls.delete(id);
      this.#asked.delete(id);
    }
  }

  #source(id: number, sent: Sent): Source {
    if (sent.kind === 'bytes') return new BytesSource(sent.bytes);
    if (sent.kind === 'blob') return new BlobSource(sent.blob);
    const source = new AskedSource(sent.size, sent.again, (most, again) => this.#tell({ kind: 'more', id, most, again }));
    this.#asked.set(id, source);
    return source;
  }

  #tell(message: FromWorker, transfer: Transferable[] = []): void {
    this.#scope.postMessage(message, transfer);
  }
}

/** What the page has: each piece is asked for. */
class AskedSource implements Source {
  readonly size: number | undefined;
  readonly again: boolean;
  readonly #ask: (most: number, again: boolean) => void;
  #rewound = false;
  #take: (bytes: Uint8Array | null) => void = () => {};

  constructor(size: number | undefined, again: boolean, ask: (most: number, again: boolean) => void) {
    this.size = size;
    this.again = again;
    this.#ask = ask;
  }

  read(most: number): Promise<Uint8Array | null> {
    return new Promise((resolve) => {
      this.#take = resolve;
      this.#ask(most, this.#rewound);
      this.#rewound = false;
    });
  }

  take(bytes: Uint8Array | null): void {
    this.#take(bytes);
  }

  rewind(): void {
    this.#rewound = true;
  }

  close(): void {} // the page does, when it has the put's end
}

/** Holds a lock until the worker is gone, so that the page hears of that. False where there are no locks. */
function hold(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!navigator.locks) return resolve(false);
    const held = navigator.locks.request(name, () => {
      resolve(true);
      return new Promise<never>(() => {});
    });
    held.catch(() => resolve(false));
  });
}

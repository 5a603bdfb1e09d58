// A connection to a vault.
import { SAFE_DATA_TOO_LARGE, SAFE_NO_SUCH_DATA, SAFE_PUT_DRY_RUN, SAFE_PUT_PRIVATE, SAFE_PUT_VERIFY } from '../ffi/constants.js';
import type { EngineName } from '../ffi/choice.js';
import { SafeError } from '../ffi/error.js';
import type { WasmSource } from '../ffi/load.js';
import { copied, flagOf, optionsOf, textOf, wholeOf, type Bytes } from './arguments.js';
import { begun } from './begun.js';
import type { Engine, FigureFacts, PutFacts, RecordPage, Told, Whole } from './engine.js';
import { aborted, narrow } from './failures.js';
import { given, type Content } from './given.js';
import { Key } from './key.js';
import { Link, linkText, receiptOf, type Receipt } from './link.js';
import { Owned } from './owned.js';
import { Reader, type ReadOptions } from './reader.js';
import type { RecordVersion } from './record.js';
import type { Running } from './running.js';

export interface ConnectOptions {
  /** Whether a vault is made where there is none; true if it is not given. */
  create?: boolean;
  /** By which a vault elsewhere knows the client again: rates and quota are of one key. By default a new one for each client. */
  key?: Key;
  /** Not to say who the client is to a vault elsewhere: it may then read, but not write. */
  anonymous?: boolean;
  signal?: AbortSignal;
  /**
   * Whether the library runs in a worker. By default it does in browsers, so that the page stays free, and does not in
   * Node. All clients of a page share one engine.
   */
  worker?: boolean;
  /**
   * The build of the library: the addon, which is native code, or libsafe.wasm. By default what SAFE_ENGINE says in the
   * environment, else the addon in Node where there is one for it, and libsafe.wasm everywhere else.
   */
  engine?: EngineName;
  /**
   * libsafe.wasm, where it is, or compiled already; by default the file beside the module. Counts when the engine starts, and
   * says that it is to be this one.
   */
  wasm?: WasmSource;
}

export interface PutOptions {
  /** Keep the data map out of the vault: the link is then a secret. */
  private?: boolean;
  /** Compute chunks and link, store nothing. */
  dryRun?: boolean;
  /** Read every chunk back from the vault before the put is done. */
  verify?: boolean;
  /** For the link: 128 bytes of UTF-8 at most. A File and a path have one of their own; null leaves it out. */
  name?: string | null;
  /** For the link: 64 bytes at most. A Blob has one of its own; null leaves it out. */
  mediaType?: string | null;
  /** How many bytes a stream or iterable has; others fail it with SAFE_SIZE_MISMATCH. */
  size?: Whole;
  signal?: AbortSignal;
  /** Called now and then with the bytes taken, and those in all if they are known. What it throws ends the put. */
  onProgress?: (done: number, total: number | undefined) => void;
}

export interface GetOptions extends ReadOptions {
  /** The most bytes that there may be; 256 MiB if it is not given. */
  limit?: Whole;
}

/** What a store holds, and what is free where it lies, in bytes. */
export type Figures = FigureFacts;

/** Requests to the store since it was opened, by kind (a chunk that is fetched is a `get`), and the library's memory. */
export interface Stats {
  create: number;
  replace: number;
  get: number;
  exists: number;
  list: number;
  remove: number;
  /** The size of libsafe.wasm's memory in bytes, for all clients. */
  heapBytes: number;
}

/** Of a client; when it is disconnected it is making another connection by itself. */
export type ClientState = 'connected' | 'disconnected' | 'closed';

const states: ClientState[] = ['connected', 'disconnected', 'closed']; // in the order of safe_client_state_code, from 1 on
const stateOf = (code: number): ClientState => states[code - 1] ?? 'closed';

const usualLimit = 256 << 20;

/**
 * Connects to a vault.
 *
 * @param url `mem:` is a new, empty vault in memory. `file:NAME` is one in the browser's storage for this origin; in Node
 *   `file:/path/to/dir` is a directory. Both are made where they are missing, and any number of tabs or processes may use
 *   them at once. `ws://host:port/#key` and `wss:`, and in Node `tcp://host:port#key`, are vaults that are served elsewhere;
 *   several of these, with blanks between them, are tried in order.
 * @throws SafeError with SAFE_BAD_URL, SAFE_URL_IS_CONTENT, SAFE_UNSUPPORTED, SAFE_STORE_*, SAFE_CONNECTION_FAILED, SAFE_TIMEOUT,
 *   SAFE_BAD_SIGNATURE (who answers does not have the key)
 */
export async function connect(url: string, options?: ConnectOptions): Promise<Client> {
  const { running, engine, made } = await begun(url, options, (engine, create, key, { anonymous, signal }) => {
    const nameless = anonymous !== undefined && flagOf(anonymous, 'anonymous');
    return engine.call('connect', [url, create, key, nameless], signal);
  });
  return new Client(running, engine, made, url);
}

/**
 * A connection to a vault.
 *
 * Close it, or say `await using client = ...`; one that is forgotten is closed when it is collected. In Node a client that
 * does nothing does not keep the process alive.
 *
 * Every method fails with SAFE_CLOSED after the client was closed, and with SAFE_CANCELLED when its signal was aborted; the
 * error's name is then AbortError, and its cause the signal's reason.
 */
export class Client {
  readonly #owned: Owned;
  readonly #url: string;

  /** @internal */
  constructor(running: Running, engine: Engine, id: number, url: string) {
    this.#url = url;
    this.#owned = new Owned(this, 'client', { running, engine, id, holds: true });
  }

  /** The URL it is connected to. */
  get url(): string {
    return this.#url;
  }

  /** Whether there is a connection to the vault now. */
  async state(): Promise<ClientState> {
    if (this.closed) return 'closed';
    return stateOf(await this.#owned.call('state', [this.#owned.id]));
  }

  /** Waits until the state is another than the one that was seen last, and gives it. */
  async nextState(known: ClientState, options?: ReadOptions): Promise<ClientState> {
    const code = states.indexOf(known) + 1;
    if (code === 0) throw new TypeError(`known: one of ${states.join(', ')} expected`);
    return stateOf(await this.#owned.call('nextState', [this.#owned.id, code], optionsOf(options).signal));
  }

  /** The state, and each one that follows; the last is `closed`. */
  async *states(options?: ReadOptions): AsyncGenerator<ClientState, void, undefined> {
    for (let state = await this.state(); ; ) {
      yield state;
      if (state === 'closed') return;
      try {
        state = await this.nextState(state, options);
      } catch (problem) {
        if (!this.closed) throw problem;
        state = 'closed';
      }
    }
  }

  /** How many milliseconds operations wait for the network before they fail, a day at most; 0 restores what is usual (10 s). */
  async setTimeout(milliseconds: number): Promise<void> {
    return this.#owned.call('setTimeout', [this.#owned.id, Number(wholeOf(milliseconds, 'milliseconds'))]);
  }

  /** The build of the library that it works with. */
  get engine(): EngineName {
    return this.#owned.running.place === 'addon' ? 'addon' : 'wasm';
  }

  get closed(): boolean {
    return this.#owned.isClosed;
  }

  /**
   * Encrypts and stores content. It is taken in pieces of 1 MiB at most and never held whole; bytes must not change until
   * the put has ended.
   *
   * @throws SafeError with SAFE_STORE_*, SAFE_FILE_NOT_FOUND, SAFE_IO, SAFE_SOURCE_CHANGED, SAFE_SIZE_MISMATCH,
   *   SAFE_TOO_LARGE; what a stream or iterable fails with is thrown as it is
   */
  async put(content: Content, options?: PutOptions): Promise<Receipt> {
    const { size, signal, onProgress, ...rest } = optionsOf(options);
    const flags = (flagOf(rest.private, 'private') ? SAFE_PUT_PRIVATE : 0) |
      (flagOf(rest.dryRun, 'dryRun') ? SAFE_PUT_DRY_RUN : 0) | (flagOf(rest.verify, 'verify') ? SAFE_PUT_VERIFY : 0);
    if (onProgress !== undefined && typeof onProgress !== 'function') throw new TypeError('onProgress: function expected');
    return this.#owned.during(async () => {
      if (signal?.aborted) throw aborted(signal.reason);
      const { source, name, mediaType } = await given(content, size);
      const facts: PutFacts = { flags, name: said(rest.name, name, 128), mediaType: said(rest.mediaType, mediaType, 64) };
      const { engine, id } = this.#owned;
      return receiptOf(await engine.put(id, source, facts, signal, onProgress as Told | undefined));
    });
  }

  /**
   * Opens content for reading: fetches and checks its data map, and none of its content.
   * @throws SafeError with SAFE_BAD_LINK, SAFE_NO_SUCH_DATA, SAFE_BAD_DATA_MAP, SAFE_CHUNK_CORRUPT, SAFE_STORE_*
   */
  async open(link: string | Link, options?: ReadOptions): Promise<Reader> {
    const { signal } = optionsOf(options);
    const text = linkText(link);
    return new Reader(this, this.#owned, await this.#owned.call('open', [this.#owned.id, text], signal));
  }

  /**
   * The whole content.
   * @throws SafeError with SAFE_DATA_TOO_LARGE above the limit: use open; and what open and read throw
   */
  async get(link: string | Link, options?: GetOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { limit = usualLimit, signal } = optionsOf(options);
    wholeOf(limit, 'limit');
    const reader = await this.open(link, { signal });
    try {
      if (reader.size <= limit) return await reader.read(0, reader.size, { signal });
      const message = `get: the content has ${reader.size} bytes, above the limit of ${limit}; open it, or raise the limit`;
      throw new SafeError(SAFE_DATA_TOO_LARGE, 'SAFE_DATA_TOO_LARGE', message, { limit: narrow(BigInt(limit)) });
    } finally {
      await reader.close();
    }
  }

  /** Whether the vault has the content: its data map and its first byte are read. */
  async exists(link: string | Link, options?: ReadOptions): Promise<boolean> {
    try {
      const reader = await this.open(link, options);
      try {
        await reader.read(0, 1, options);
      } finally {
        await reader.close();
      }
      return true;
    } catch (problem) {
      if (problem instanceof SafeError && problem.code === SAFE_NO_SUCH_DATA) return false;
      throw problem;
    }
  }

  // --- chunks ---

  /** One chunk as it is stored: 1 byte to 4 MiB. Errors: SAFE_NO_SUCH_DATA, SAFE_CHUNK_CORRUPT. */
  async getChunk(address: Bytes, options?: ReadOptions): Promise<Uint8Array> {
    return this.#owned.call('chunkGet', [this.#owned.id, copied(address, 'address', 32)], optionsOf(options).signal);
  }

  /** Stores bytes as they are, unencrypted, as one chunk, and gives its address. Errors: SAFE_DATA_TOO_LARGE above 4 MiB. */
  async putChunk(bytes: Bytes, options?: ReadOptions): Promise<Uint8Array> {
    return this.#owned.call('chunkPut', [this.#owned.id, copied(bytes, 'bytes')], optionsOf(options).signal);
  }

  /** Whether the vault says that it has the chunk. */
  async hasChunk(address: Bytes, options?: ReadOptions): Promise<boolean> {
    return this.#owned.call('chunkExists', [this.#owned.id, copied(address, 'address', 32)], optionsOf(options).signal);
  }

  // --- records ---

  /**
   * Makes version 0 of a record, of 1 MiB at most, which is stored as given, not encrypted.
   * @throws SafeError with SAFE_DATA_EXISTS and its `details.current_version`, SAFE_DATA_TOO_LARGE
   */
  async createRecord(key: Key, label: string, value: Bytes, options?: ReadOptions): Promise<RecordVersion> {
    const { signal } = optionsOf(options);
    const bytes = copied(value, 'value');
    textOf(label, 'label');
    return Key.in(key, this.#owned.engine, (id) => this.#owned.call('recordCreate', [this.#owned.id, id, label, bytes], signal));
  }

  /**
   * Makes a further version of a record: the newest one plus 1.
   * @throws SafeError with SAFE_INVALID_SUCCESSOR and its `details.current_version`, SAFE_NO_SUCH_DATA, SAFE_DATA_TOO_LARGE
   */
  async setRecord(key: Key, label: string, version: Whole, value: Bytes, options?: ReadOptions): Promise<RecordVersion> {
    const { signal } = optionsOf(options);
    const bytes = copied(value, 'value');
    const wanted = wholeOf(version, 'version');
    textOf(label, 'label');
    return Key.in(key, this.#owned.engine, (id) => this.#owned.call('recordSet', [this.#owned.id, id, label, wanted, bytes], signal));
  }

  /**
   * One version of the record at an address (see {@link recordAddress}); the newest if none is given.
   * @throws SafeError with SAFE_NO_SUCH_DATA, SAFE_VAULT_LIED if what came fails verification
   */
  async getRecord(address: Bytes, options?: ReadOptions & { version?: Whole }): Promise<RecordVersion> {
    const { version, signal } = optionsOf(options);
    const wanted = version === undefined ? undefined : wholeOf(version, 'version');
    return this.#owned.call('recordGet', [this.#owned.id, copied(address, 'address', 32), wanted], signal);
  }

  /** All versions of a record from the newest down, or from below `before`; fetched `pageSize` (1 to 1000) at a time. */
  async *listRecord(
    address: Bytes, options?: ReadOptions & { before?: Whole; pageSize?: number },
  ): AsyncGenerator<RecordVersion, void, undefined> {
    const { before, pageSize = 100, signal } = optionsOf(options);
    const where = copied(address, 'address', 32);
    let below = before === undefined ? undefined : wholeOf(before, 'before');
    do {
      const args: [number, Uint8Array, Whole | undefined, number] = [this.#owned.id, where, below, pageSize];
      const page: RecordPage = await this.#owned.call('recordList', args, signal);
      yield* page.records;
      below = page.before;
    } while (below !== undefined);
  }

  // --- about the vault ---

  /** What the store holds and what is free; null for `mem:`. */
  async figures(): Promise<Figures | null> {
    return this.#owned.call('figures', [this.#owned.id]);
  }

  /** What the store was asked; null for `mem:`, and with the addon, which does not count. */
  async stats(): Promise<Stats | null> {
    const counts = await this.#owned.call('counts', [this.#owned.id]);
    return counts && { ...counts, heapBytes: await this.#owned.call('heapBytes', []) };
  }

  /** Cancels what the client still does, and closes its readers. Resolved when its store is closed too. Idempotent. */
  close(): Promise<void> {
    return this.#owned.close();
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What the caller says; else what the content says about itself, as far as a link has room for it. */
function said(value: string | null | undefined, own: string | undefined, most: number): string | null {
  if (value !== undefined) return value === null ? null : textOf(value, 'name or mediaType');
  return own && new TextEncoder().encode(own).length <= most && !/[\0\p{Surrogate}]/u.test(own) ? own : null;
}

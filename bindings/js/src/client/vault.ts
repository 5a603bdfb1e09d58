// A vault of this process that is served to others.
import {
  SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT, SAFE_VAULT_LIMIT_BYTES_PER_SECOND, SAFE_VAULT_LIMIT_CONNECTIONS, SAFE_VAULT_LIMIT_HANDSHAKES,
  SAFE_VAULT_LIMIT_IDLE_MS, SAFE_VAULT_LIMIT_QUOTA, SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND, SAFE_VAULT_LIMIT_REQUEST_SIZE,
} from '../ffi/constants.js';
import { optionsOf, textOf, wholeOf } from './arguments.js';
import { begun } from './begun.js';
import type { ConnectOptions } from './client.js';
import type { Engine, Whole } from './engine.js';
import type { Key } from './key.js';
import { Owned } from './owned.js';
import type { ReadOptions } from './reader.js';
import type { Running } from './running.js';

const limits = {
  /** Connections at a time: 10,000. */
  connections: SAFE_VAULT_LIMIT_CONNECTIONS,
  /** Connections that have not said yet who they are: 256. */
  handshakes: SAFE_VAULT_LIMIT_HANDSHAKES,
  /** Bytes of requests being answered and replies being sent: 64 MiB. */
  bytesInFlight: SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT,
  /** Bytes in one request: 4 MiB, and never more. */
  requestSize: SAFE_VAULT_LIMIT_REQUEST_SIZE,
  /** Milliseconds after which a connection on which nothing happens is closed: 300,000; 0: never. */
  idleMs: SAFE_VAULT_LIMIT_IDLE_MS,
  /** Of one client, which is one key, or one address without a key; 0: any, as for those that follow. */
  requestsPerSecond: SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND,
  bytesPerSecond: SAFE_VAULT_LIMIT_BYTES_PER_SECOND,
  /** New bytes that one client may store, since the vault was opened. */
  quota: SAFE_VAULT_LIMIT_QUOTA,
};

export type VaultLimit = keyof typeof limits;

export interface VaultOptions extends Omit<ConnectOptions, 'anonymous'> {
  /** The vault's, which is part of its URLs. By default that which a directory keeps, or for `mem:` a new one. */
  key?: Key;
}

// What listens stays, as a server of Node's does, and keeps the process: addons alone do not.
const listening = new Map<Vault, ReturnType<typeof setInterval>>();
const longest = 0x7fffffff; // milliseconds that a timer can take

/**
 * A vault that others connect to by its URLs. Who connects is told which vault it is by its key, and may write only with a key of
 * its own; all that goes over the connection is encrypted.
 *
 * ```js
 * const vault = await Vault.open('file:/srv/vault');
 * console.log(await vault.listen('tcp://127.0.0.1:0')); // what clients connect to
 * ```
 *
 * Close it, or say `await using vault = ...`. One that listens stays until then, and keeps Node's process.
 */
export class Vault {
  readonly #owned: Owned;
  readonly #key: string;
  readonly #urls: string[] = [];

  private constructor(running: Running, engine: Engine, id: number, key: string) {
    this.#key = key;
    this.#owned = new Owned(this, 'vault', { running, engine, id, holds: true });
  }

  /**
   * Opens a vault to serve it; the URL is as for {@link connect}.
   * @throws SafeError with what connect throws, SAFE_BAD_KEY, and SAFE_INVALID_ARGUMENT where no key can be kept: give one
   */
  static async open(url: string, options?: VaultOptions): Promise<Vault> {
    const { running, engine, made } = await begun(url, options, (engine, create, key, { signal }) =>
      engine.call('vaultOpen', [url, create, key], signal));
    return new Vault(running, engine, made.id, made.key);
  }

  /** The vault's key, as it stands behind the # of its URLs. */
  get key(): string {
    return this.#key;
  }

  /** What clients connect to: one for each listener. */
  get urls(): string[] {
    return [...this.#urls];
  }

  get closed(): boolean {
    return this.#owned.isClosed;
  }

  /** From now on. 0 only where it means that there is no limit. */
  async setLimit(limit: VaultLimit, value: Whole): Promise<void> {
    if (!Object.hasOwn(limits, limit)) throw new TypeError(`limit: one of ${Object.keys(limits).join(', ')} expected`);
    return this.#owned.call('vaultLimit', [this.#owned.id, limits[limit], wholeOf(value, 'value')]);
  }

  /** For listeners of wss: that follow: files in PEM form, the certificate with its chain, and its private key. */
  async setCertificate(certificateFile: string, keyFile: string): Promise<void> {
    const files: [string, string] = [textOf(certificateFile, 'certificateFile'), textOf(keyFile, 'keyFile')];
    return this.#owned.call('vaultCertificate', [this.#owned.id, ...files]);
  }

  /**
   * Listens, in Node, at `tcp://host:port` (port 0: any that is free), and gives the URL to connect to. With the addon also at
   * `ws://host:port/path`, `wss:` and `http:`.
   * @throws SafeError with SAFE_BAD_URL, SAFE_CONNECTION_FAILED (the port is taken), SAFE_UNSUPPORTED
   */
  async listen(url: string): Promise<string> {
    const reached = await this.#owned.call('vaultListen', [this.#owned.id, textOf(url, 'url')]);
    this.#urls.push(reached);
    if (!this.closed && !listening.has(this)) listening.set(this, setInterval(() => {}, longest));
    return reached;
  }

  /**
   * Serves one connection, over the transport that serves the scheme of its URL (SAFE_PORT_TRANSPORT of the C interface), until
   * that ends.
   */
  async accept(transportUrl: string, options?: ReadOptions): Promise<void> {
    return this.#owned.call('vaultAccept', [this.#owned.id, textOf(transportUrl, 'transportUrl')], optionsOf(options).signal);
  }

  /** What was counted, as Prometheus reads it. */
  async metrics(): Promise<string> {
    return this.#owned.call('vaultMetrics', [this.#owned.id]);
  }

  /** Takes nothing new, waits for what runs, at most so many milliseconds, and closes all connections. */
  async drain(milliseconds = 30_000): Promise<void> {
    return this.#owned.call('vaultDrain', [this.#owned.id, Number(wholeOf(milliseconds, 'milliseconds'))]);
  }

  /** Ends all listeners and connections at once. Nothing that was acknowledged is lost. Idempotent. */
  close(): Promise<void> {
    clearInterval(listening.get(this));
    listening.delete(this);
    return this.#owned.close();
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

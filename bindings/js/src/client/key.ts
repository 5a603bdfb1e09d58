// Signing keys.
import { copied, type Bytes } from './arguments.js';
import type { Engine } from './engine.js';
import { Owned } from './owned.js';
import { ask, hold, type Running } from './running.js';

/**
 * A signing key: Ed25519. The secret stays in the library's memory, in a browser in that of its worker.
 *
 * Close it, or say `using key = ...`; one that is forgotten is closed when it is collected.
 */
export class Key {
  readonly #owned: Owned;
  readonly #publicKey: Uint8Array;

  private constructor(owned: (key: Key) => Owned, publicKey: Uint8Array) {
    this.#owned = owned(this);
    this.#publicKey = publicKey;
  }

  /** A new key from the platform's random bytes. */
  static generate(): Promise<Key> {
    return Key.#make((engine) => engine.call('keyGenerate', []));
  }

  /** The key of a seed (32 bytes) that `export` gave. */
  static async import(seed: Bytes): Promise<Key> {
    const bytes = copied(seed, 'seed', 32);
    return Key.#make((engine) => engine.call('keyImport', [bytes]));
  }

  static async #make(
    make: (engine: Awaited<Running['engine']>) => Promise<{ id: number; publicKey: Uint8Array }>,
  ): Promise<Key> {
    const running = hold();
    try {
      const engine = await running.engine;
      const { id, publicKey } = await make(engine);
      return new Key((key) => new Owned(key, 'key', { running, engine, id, holds: true }), publicKey);
    } catch (problem) {
      await running.release(false);
      throw problem;
    }
  }

  /** What others verify signatures with: 32 bytes. */
  get publicKey(): Uint8Array {
    return this.#publicKey.slice();
  }

  /** The seed, 32 bytes: whoever has it can sign. Overwrite it when it is not needed any more. */
  export(): Promise<Uint8Array> {
    return this.#owned.during(() => this.#owned.call('keyExport', [this.#owned.id]));
  }

  /** The signature of the bytes: 64 bytes. */
  async sign(bytes: Bytes): Promise<Uint8Array> {
    return this.#owned.call('keySign', [this.#owned.id, copied(bytes, 'bytes')]);
  }

  /**
   * Resolves if this key signed the bytes.
   * @throws SafeError with SAFE_BAD_SIGNATURE if not
   */
  verify(bytes: Bytes, signature: Bytes): Promise<void> {
    return Key.verify(this.#publicKey, bytes, signature);
  }

  /**
   * Resolves if the holder of the public key signed the bytes.
   * @throws SafeError with SAFE_BAD_SIGNATURE if not
   */
  static async verify(publicKey: Bytes, bytes: Bytes, signature: Bytes): Promise<void> {
    const key = copied(publicKey, 'publicKey', 32);
    await ask('keyVerify', [key, copied(bytes, 'bytes'), copied(signature, 'signature', 64)]);
  }

  /** Wipes the secret. Idempotent. */
  close(): Promise<void> {
    return this.#owned.close();
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal Works with the key's number in an engine: a client's may be another than the key's. */
  static async in<Value>(key: Key, engine: Engine, work: (id: number) => Promise<Value>): Promise<Value> {
    if (!(key instanceof Key)) throw new TypeError('key: Key expected');
    return key.#owned.during(async () => {
      if (key.#owned.engine === engine) return work(key.#owned.id);
      const seed = await key.export();
      try {
        const { id } = await engine.call('keyImport', [seed]);
        try {
          return await work(id);
        } finally {
          await engine.call('free', [id]);
        }
      } finally {
        seed.fill(0);
      }
    });
  }
}


// Content that was opened.
import { optionsOf, wholeOf } from './arguments.js';
import type { ReaderFacts, Whole } from './engine.js';
import { aborted, broken } from './failures.js';
import { Owned } from './owned.js';
import { PIECE } from './sources.js';
import { follow } from './stop.js';
import { SAFE_OUT_OF_MEMORY } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';

export interface ReadOptions {
  signal?: AbortSignal;
}

export interface RangeOptions extends ReadOptions {
  /** The first byte; 0 if it is not given. */
  offset?: Whole;
  /** How many bytes at most; all up to the end if it is not given. */
  length?: Whole;
}

/**
 * Content that is open for reading, at random, as a stream, or whole. Every byte is verified before it is given out.
 * Any number of reads may run at a time.
 *
 * Close it, or say `await using reader = ...`; one that is forgotten is closed when it is collected, and all of a client
 * are closed with it.
 *
 * Errors of everything that reads: SAFE_NO_SUCH_DATA, SAFE_CHUNK_CORRUPT, SAFE_STORE_*, SAFE_CANCELLED, and SAFE_CLOSED after
 * the reader or its client was closed.
 */
export class Reader {
  readonly #owned: Owned;
  readonly #facts: ReaderFacts;
  readonly #client: object; // is not dropped before its readers

  /** @internal */
  constructor(client: object, owned: Owned, facts: ReaderFacts) {
    this.#client = client;
    const { running, engine } = owned;
    this.#owned = new Owned(this, 'reader', { running, engine, id: facts.id, holds: false });
    this.#facts = facts;
  }

  /** Bytes of content. */
  get size(): number {
    return this.#facts.size;
  }

  /** The name that the link says, if any. */
  get name(): string | undefined {
    return this.#facts.name;
  }

  /** The media type that the link says, if any. */
  get mediaType(): string | undefined {
    return this.#facts.mediaType;
  }

  /** Up to `length` bytes from `offset` on: fewer at the end of the content, none behind it. */
  async read(offset: Whole = 0, length: Whole = this.size, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { signal } = optionsOf(options);
    const [from, size] = this.#range(offset, length);
    if (size <= PIECE) return this.#piece(from, size, signal);
    const whole = room(size);
    for (let at = 0; at < size; ) {
      const piece = await this.#piece(from + at, Math.min(PIECE, size - at), signal);
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** The content, or a range of it, in pieces of 1 MiB at most, each read when it is asked for. */
  stream(options?: RangeOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { offset = 0, length = this.size, signal } = optionsOf(options);
    const [from, size] = this.#range(offset, length);
    this.#owned.check();
    let at = 0;
    let unfollow = () => {};
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          if (signal?.aborted) throw aborted(signal.reason);
          unfollow = follow(signal, (reason) => controller.error(reason));
        },
        pull: async (controller) => {
          try {
            if (at < size) {
              const piece = await this.#piece(from + at, Math.min(PIECE, size - at), signal);
              at += piece.length;
              if (!signal?.aborted) controller.enqueue(piece);
            }
            if (at < size || signal?.aborted) return;
            unfollow();
            controller.close();
          } catch (problem) {
            unfollow();
            throw problem;
          }
        },
        cancel: () => unfollow(),
      },
      { highWaterMark: 0 },
    );
  }

  /** The content as a Blob of its media type. Browsers keep large ones on disk. */
  async blob(options?: ReadOptions): Promise<Blob> {
    const { signal } = optionsOf(options);
    const pieces = [];
    for (let at = 0; at < this.size; ) {
      const piece = await this.#piece(at, Math.min(PIECE, this.size - at), signal);
      pieces.push(new Blob([piece])); // so that what was read is not held here until the end
      at += piece.length;
    }
    this.#owned.check();
    return new Blob(pieces, { type: this.mediaType ?? '' });
  }

  get closed(): boolean {
    return this.#owned.isClosed;
  }

  /** Ends what reads. Idempotent. */
  close(): Promise<void> {
    return this.#owned.close();
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Where the range begins, and its bytes that are there. */
  #range(offset: Whole, length: Whole): [number, number] {
    const from = wholeOf(offset, 'offset');
    const wanted = wholeOf(length, 'length');
    if (from >= this.size) return [0, 0];
    const left = this.size - Number(from);
    return [Number(from), wanted < left ? Number(wanted) : left];
  }

  async #piece(offset: number, length: number, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    void this.#client;
    const piece = await this.#owned.call('read', [this.#owned.id, offset, length], signal);
    if (length > 0 && piece.length === 0) throw broken('the library gave no bytes of content that it said to have');
    return piece as Uint8Array<ArrayBuffer>;
  }
}

function room(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (problem) {
    const message = `no memory for ${size} bytes at once; use stream() or read less`;
    throw new SafeError(SAFE_OUT_OF_MEMORY, 'SAFE_OUT_OF_MEMORY', message, {}, { cause: problem });
  }
}

// Streams and iterables: what others give piece by piece, in pieces as they like.
import { nameOf } from './arguments.js';
import type { Source } from './sources.js';

// Smaller pieces are put together, up to `enough`: each piece has its way to go, in a browser to another thread.
const small = 64 << 10;
const enough = 256 << 10;

/** Gives the next value, or that there is none; `stop` is for one that was not read to its end. */
export interface Given {
  next(): Promise<IteratorResult<unknown>>;
  stop(reason: unknown): void;
}

export class GivenSource implements Source {
  readonly again = false;
  readonly size: number | undefined;
  readonly #given: Given;
  #rest = new Uint8Array(0); // of what was given last
  #ended = false;
  #stopped = false;

  constructor(given: Given, size: number | undefined) {
    this.#given = given;
    this.size = size;
  }

  async read(most: number): Promise<Uint8Array | null> {
    const first = await this.#some(most);
    if (first === null || first.length >= Math.min(most, small)) return first;
    const together = new Uint8Array(Math.min(most, enough));
    together.set(first);
    let at = first.length;
    for (;;) {
      const more = at < together.length ? await this.#some(together.length - at) : null;
      if (more === null) return together.subarray(0, at);
      together.set(more, at);
      at += more.length;
    }
  }

  rewind(): void {
    throw new TypeError('a stream is read once');
  }

  close(reason?: unknown): void {
    if (this.#ended || this.#stopped) return;
    this.#stopped = true;
    this.#given.stop(reason);
  }

  /** Some bytes, `most` at most; null at the end. */
  async #some(most: number): Promise<Uint8Array | null> {
    while (this.#rest.length === 0) {
      if (this.#ended || this.#stopped) return null;
      let next;
      try {
        next = await this.#given.next();
      } catch (problem) {
        this.#ended = true; // who fails has stopped by itself
        throw problem;
      }
      if (next.done) {
        this.#ended = true;
        return null;
      }
      this.#rest = bytesOfPiece(next.value);
    }
    const some = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(some.length);
    return some;
  }
}

function bytesOfPiece(value: unknown): Uint8Array<ArrayBuffer> {
  if (value instanceof Uint8Array) return value as Uint8Array<ArrayBuffer>;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError(`put: the source gave ${nameOf(value)}, not bytes (Uint8Array, another view, or ArrayBuffer)`);
}

export function streamed(stream: ReadableStream<unknown>): Given {
  if (stream.locked) throw new TypeError('put: the ReadableStream is locked: somebody else reads it');
  const reader = stream.getReader();
  return {
    next: async () => {
      const result = await reader.read();
      if (result.done) reader.releaseLock();
      return result as IteratorResult<unknown>;
    },
    stop: (reason) => {
      reader.cancel(reason).catch(() => {});
      reader.releaseLock();
    },
  };
}

export function iterated(iterable: AsyncIterable<unknown> | Iterable<unknown>): Given {
  const start = (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator] ?? (iterable as Iterable<unknown>)[Symbol.iterator];
  const iterator = start.call(iterable) as AsyncIterator<unknown> | Iterator<unknown>;
  return {
    next: async () => iterator.next(),
    // Not waited for: one that is in the middle of something ends when that has ended.
    stop: () => {
      try {
        Promise.resolve(iterator.return?.()).catch(() => {});
      } catch {
        // What an iterator throws when it is told to stop concerns nobody any more.
      }
    },
  };
}

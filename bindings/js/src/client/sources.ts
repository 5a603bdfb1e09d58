// Where the bytes of a put come from, in pieces: nothing is held whole, and the next piece is asked for only when the
// last one was taken.
import { SAFE_IO, SAFE_FILE_NOT_FOUND } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';

/** Bytes of one piece at most. */
export const PIECE = 1 << 20;

export interface Source {
  /** Bytes in all, if that is known. */
  readonly size: number | undefined;
  /** Whether rewind works. */
  readonly again: boolean;
  /** The next piece, which is the caller's until the next call; null at the end. One call at a time, for `most` <= PIECE. */
  read(most: number): Promise<Uint8Array | null>;
  /** Begins anew. */
  rewind(): void;
  /** Lets go of what it reads from; with the reason, if it was not read to its end. */
  close(reason?: unknown): void;
}

/** Bytes that the caller has. They must not change until the put has ended. */
export class BytesSource implements Source {
  readonly again = true;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  async read(most: number): Promise<Uint8Array | null> {
    if (this.#at >= this.#bytes.length) return null;
    return this.#bytes.subarray(this.#at, (this.#at += most));
  }

  rewind(): void {
    this.#at = 0;
  }

  close(): void {}
}

/** A Blob or File, read slice by slice. */
export class BlobSource implements Source {
  readonly again = true;
  readonly blob: Blob;
  #at = 0;

  constructor(blob: Blob) {
    this.blob = blob;
  }

  get size(): number {
    return this.blob.size;
  }

  async read(most: number): Promise<Uint8Array | null> {
    if (this.#at >= this.blob.size) return null;
    const slice = this.blob.slice(this.#at, (this.#at += most));
    try {
      return new Uint8Array(await slice.arrayBuffer());
    } catch (problem) {
      throw unreadable(problem);
    }
  }

  rewind(): void {
    this.#at = 0;
  }

  close(): void {}
}

function unreadable(problem: unknown): SafeError {
  const why = problem instanceof Error ? problem.message : String(problem);
  const options = { cause: problem };
  return problem instanceof DOMException && problem.name === 'NotFoundError'
    ? new SafeError(SAFE_FILE_NOT_FOUND, 'SAFE_FILE_NOT_FOUND', `the file is not there any more: ${why}`, {}, options)
    : new SafeError(SAFE_IO, 'SAFE_IO', `the file cannot be read, or was changed since it was chosen: ${why}`, {}, options);
}

// Bytes that have come and were not asked for yet, and who waits for them.

export class Inbox {
  readonly #pieces: Uint8Array[] = []; // the oldest first
  #size = 0;
  #waiting: { most: number; resolve(bytes: Uint8Array | null): void; reject(problem: unknown): void } | undefined;
  #end: { problem?: unknown } | undefined; // nothing comes any more; with the problem, if that is why

  /** Bytes that lie here. */
  get size(): number {
    return this.#size;
  }

  put(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#end) return;
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    this.#give();
  }

  /** What came before is still given. */
  end(): void {
    this.#end ??= {};
    this.#give();
  }

  fail(problem: unknown): void {
    this.#end ??= { problem };
    this.#give();
  }

  /** Nobody wants what lies here, or comes. */
  drop(): void {
    this.#pieces.length = this.#size = 0;
    this.#end = {};
    this.#give();
  }

  /** At least 1 byte, at most `most`; null at the end. One call at a time. */
  take(most: number): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#waiting = { most, resolve, reject };
      this.#give();
    });
  }

  #give(): void {
    const waiting = this.#waiting;
    if (!waiting || (this.#pieces.length === 0 && !this.#end)) return;
    this.#waiting = undefined;
    const first = this.#pieces[0];
    if (first) {
      const some = first.subarray(0, waiting.most);
      this.#size -= some.length;
      if (some.length === first.length) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(some.length);
      waiting.resolve(some);
    } else if (this.#end!.problem === undefined) waiting.resolve(null);
    else waiting.reject(this.#end!.problem);
  }
}

// A guest's memory. Nothing that a guest says about it is believed: every range is checked, every time, against the memory
// as it is at that moment.

/** What is wrong with a pointer. */
export type Mistake = (where: string, what: string) => void;

export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #mistake: Mistake;
  #bytes: Uint8Array;

  constructor(memory: WebAssembly.Memory, mistake: Mistake) {
    this.#memory = memory;
    this.#mistake = mistake;
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /** All of it; made anew when it has grown. */
  all(): Uint8Array {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  /** A range; null for NULL and for what is not inside of the memory. */
  range(pointer: number, size: number, where: string): Uint8Array | null {
    const at = pointer >>> 0;
    const length = size >>> 0;
    if (at === 0) return null;
    const all = this.all();
    if (at + length > all.length) {
      this.#mistake(where, `${length} bytes at ${hex(at)} are not inside of the guest's ${all.length} bytes of memory`);
      return null;
    }
    return all.subarray(at, at + length);
  }

  /** A text with the NUL that ends it; null for NULL, and undefined for one that does not end inside of the memory. */
  text(pointer: number, where: string): Uint8Array | null | undefined {
    const at = pointer >>> 0;
    if (at === 0) return null;
    const all = this.all();
    const end = at < all.length ? all.indexOf(0, at) : -1;
    if (end >= 0) return all.subarray(at, end + 1);
    this.#mistake(where, `the text at ${hex(at)} does not end inside of the guest's memory`);
    return undefined;
  }
}

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

// Buffers that operations keep. Memory of JavaScript cannot be lent, so what is lent is a copy in the library's memory,
// which lives until the operation has ended; one that was to be filled is copied back then.
import { SAFE_OP_DONE, SAFE_OP_PENDING } from './constants.js';
import type { Heap } from './heap.js';
import type { Module } from './module.js';

interface Lent {
  pointer: number;
  size: number;
  into: Uint8Array | null; // what is to be filled
  freed: boolean; // the operation is to be freed when it has ended
}

export class Lending {
  readonly #module: Module;
  readonly #heap: Heap;
  readonly #lent = new Map<number, Lent>();

  constructor(module: Module, heap: Heap) {
    this.#module = module;
    this.#heap = heap;
  }

  /** Memory for the buffer. Bytes that the operation does not fill are 0. */
  lend(bytes: Uint8Array, fill: boolean): number {
    const pointer = this.#heap.allocate(bytes.length);
    if (fill) this.#heap.zero(pointer, bytes.length);
    else this.#heap.write(bytes, pointer);
    return pointer;
  }

  /** The operation has started. */
  keep(op: number, pointer: number, bytes: Uint8Array, fill: boolean): void {
    this.#lent.set(op, { pointer, size: bytes.length, into: fill ? bytes : null, freed: false });
    this.settle();
  }

  /** Gives back what was lent to operations that have ended: before anybody can see that they have. */
  settle(): void {
    for (const [op, lent] of this.#lent) {
      const state: number = this.#module._safe_op_state(op);
      if (state === SAFE_OP_PENDING) continue;
      this.#lent.delete(op);
      // A target that was detached meanwhile (sent to a worker) has a length of 0 and is its owner's mistake alone.
      if (lent.into && state === SAFE_OP_DONE && !lent.freed && lent.into.length === lent.size) {
        this.#heap.read(lent.pointer, lent.into);
      }
      this.#heap.free(lent.pointer);
      if (lent.freed) this.#module._safe_op_free(op);
    }
  }

  /**
   * Whether the operation may be freed now. One that still uses the buffer is cancelled, and freed when it has ended;
   * until then it is `freed` for everybody else.
   */
  mayFree(op: number): boolean {
    const lent = this.#lent.get(op);
    if (!lent) return true;
    this.#module._safe_op_cancel(op);
    lent.freed = true;
    return false;
  }

  freed(op: number): boolean {
    return this.#lent.size !== 0 && this.#lent.get(op)?.freed === true;
  }
}

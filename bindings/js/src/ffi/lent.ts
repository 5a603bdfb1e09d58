// Buffers that operations keep. Memory of JavaScript cannot be lent, so what is lent is a copy in the library's memory,
// which lives until the operation has ended; one that was to be filled is copied back then.
import { SAFE_OP_DONE, SAFE_OP_PENDING } from './constants.js';
import type { Heap } from './heap.js';
import type { Module } from './module.js';

/** Takes what an operation wrote into the buffer lent to it. */
export type Fill = (from: Uint8Array) => void;

interface Lent {
  pointer: number;
  size: number;
  fill: Fill | null;
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

  /** Memory for the buffer: a copy of the bytes, or so many zeros. */
  lend(bytes: Uint8Array | number): number {
    if (typeof bytes === 'number') {
      const pointer = this.#heap.allocate(bytes);
      this.#heap.zero(pointer, bytes);
      return pointer;
    }
    const pointer = this.#heap.allocate(bytes.length);
    this.#heap.write(bytes, pointer);
    return pointer;
  }

  /** The operation has started. */
  keep(op: number, pointer: number, size: number, fill: Fill | null): void {
    this.#lent.set(op, { pointer, size, fill, freed: false });
    this.settle();
  }

  /** Gives back what was lent to operations that have ended: before anybody can see that they have. */
  settle(): void {
    for (const [op, lent] of this.#lent) {
      const state: number = this.#module._safe_op_state(op);
      if (state === SAFE_OP_PENDING) continue;
      this.#lent.delete(op);
      if (state === SAFE_OP_DONE && !lent.freed) lent.fill?.(this.#heap.view(lent.pointer, lent.size));
      this.#heap.free(lent.pointer, lent.size);
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

/** Copies into the array. One that was detached meanwhile (sent to a worker) has no place for it any more. */
export function fillInto(target: Uint8Array): Fill {
  return (from) => {
    if (target.length === from.length) target.set(from);
  };
}

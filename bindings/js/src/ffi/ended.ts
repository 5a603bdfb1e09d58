// Promises of ends: every operation asked about is delivered to one hidden queue, which is emptied after each task.
import type { Failures } from './failures.js';
import type { Heap } from './heap.js';
import type { Module } from './module.js';
import { SAFE_OK } from './constants.js';

interface Waiting {
  promise: Promise<void>;
  resolve(): void;
  reject(problem: unknown): void;
}

export class Ends {
  readonly #module: Module;
  readonly #heap: Heap;
  readonly #failures: Failures;
  #queue = 0;
  readonly #waiting = new Map<number, Waiting>();

  constructor(module: Module, heap: Heap, failures: Failures) {
    this.#module = module;
    this.#heap = heap;
    this.#failures = failures;
  }

  get handles(): bigint {
    return this.#queue === 0 ? 0n : 1n;
  }

  /** Whether anybody waits. */
  get awaited(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolved when the operation has ended, or was freed. */
  of(op: number): Promise<void> {
    const known = this.#waiting.get(op);
    if (known) return known.promise;
    this.#deliver(op);
    let resolve!: () => void;
    let reject!: (problem: unknown) => void;
    const promise = new Promise<void>((done, failed) => {
      resolve = done;
      reject = failed;
    });
    this.#waiting.set(op, { promise, resolve, reject });
    this.collect(); // it may have ended already
    return promise;
  }

  /** Tells of all that have ended. */
  collect(): void {
    if (this.#waiting.size === 0) return;
    this.#heap.enter();
    try {
      const op = this.#heap.take(4);
      const tag = this.#heap.take(8);
      while (this.#module._safe_queue_next(this.#queue, 0n, op, tag, 0) === SAFE_OK) this.told(this.#heap.u32(op));
    } finally {
      this.#heap.leave();
    }
  }

  told(op: number): void {
    const waiting = this.#waiting.get(op);
    if (!waiting) return;
    this.#waiting.delete(op);
    waiting.resolve();
  }

  /** Nothing ends any more. */
  fail(problem: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(problem);
    this.#waiting.clear();
  }

  #deliver(op: number): void {
    this.#heap.enter();
    try {
      const error = this.#heap.take(4);
      const out = this.#heap.take(4);
      if (this.#queue === 0) {
        this.#failures.check(this.#module._safe_queue_create(out, error), error, 'ended');
        this.#queue = this.#heap.u32(out);
      }
      this.#failures.check(this.#module._safe_op_to_queue(op, this.#queue, 0n, error), error, 'ended');
    } finally {
      this.#heap.leave();
    }
  }
}

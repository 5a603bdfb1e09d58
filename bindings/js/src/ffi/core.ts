// What the generated functions are made of (capi/model/gen_js.py), for one instance of the library.
import {
  SAFE_ABI_VERSION, SAFE_CLOSED, SAFE_OK, SAFE_OP_PENDING, SAFE_TIMEOUT, SAFE_TOO_MANY_HANDLES, SAFE_UNEXPECTED,
  SAFE_UNSUPPORTED,
} from './constants.js';
import { Ends } from './ended.js';
import { SafeError } from './error.js';
import { Failures } from './failures.js';
import type { safe_op } from './functions.js';
import { Heap } from './heap.js';
import { Lending, type Fill } from './lent.js';
import { Listeners, report, type Listener } from './listeners.js';
import type { Entry, Module } from './module.js';
import { Pump } from './pump.js';
import { handle } from './values.js';

export type { Fill, Listener };

/** Where an Ffi has its Core: under one name in all bundles of the package. */
export const coreKey = Symbol.for('libsafe.core');

export class Core {
  readonly heap: Heap;
  readonly #module: Module;
  readonly #pump: Pump;
  readonly #failures: Failures;
  readonly #ends: Ends;
  readonly #lending: Lending;
  readonly #listeners = new Listeners();
  readonly #trampolines = new Map<string, number>();
  readonly #pending = new Set<number>(); // operations, the oldest first, as far as they were not seen to have ended
  #over: SafeError | null = null;

  constructor(module: Module, pump: Pump) {
    this.#module = module;
    this.#pump = pump;
    const version: number = this.entry('safe_abi_version')();
    if (version !== SAFE_ABI_VERSION) {
      throw new SafeError(
        SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED',
        `libsafe.wasm has ABI version ${version}, this JavaScript was made for ${SAFE_ABI_VERSION}; ` +
          'use the two files of one release',
      );
    }
    this.heap = new Heap(module);
    this.#failures = new Failures(module, this.heap);
    this.#ends = new Ends(module, this.heap, this.#failures);
    this.#lending = new Lending(module, this.heap);
  }

  /** A function of the library. */
  entry(name: string): Entry {
    const found = this.#module[`_${name}` as `_safe_${string}`];
    if (typeof found === 'function') return found;
    throw new SafeError(
      SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED',
      `libsafe.wasm lacks ${name}: it was built from other headers than this JavaScript; use the two files of one release`,
    );
  }

  // --- failures ---

  check(status: number, error: number, name: string): void {
    if (status !== SAFE_OK) throw this.#failures.take(status, error, name);
  }

  /** False for a time-out of the call, which is no failure; that of the operation itself is one. */
  waited(status: number, error: number, name: string, op: safe_op | null): boolean {
    if (status === SAFE_OK) return true;
    const failure = this.#failures.take(status, error, name);
    const pending = op === null || this.#module._safe_op_state(this.op(op)) === SAFE_OP_PENDING;
    if (status !== SAFE_TIMEOUT || !pending) throw failure;
    return false;
  }

  badHandle(name: string): never {
    throw this.#failures.badHandle(name);
  }

  // --- operations ---

  /** An operation as the library takes it: none if it was freed already. */
  op(value: number | null | undefined): number {
    const op = handle(value);
    return this.#lending.freed(op) ? 0 : op;
  }

  started(value: number, name: string): safe_op {
    const op = value >>> 0;
    if (op === 0) {
      throw new SafeError(SAFE_TOO_MANY_HANDLES, 'SAFE_TOO_MANY_HANDLES', `${name}: no handle is left for the operation`);
    }
    if (this.#module._safe_op_state(op) === SAFE_OP_PENDING) {
      this.#pending.add(op);
      this.#pump.keepAlive(true);
    }
    return op as safe_op;
  }

  /** Starts an operation that keeps a buffer: bytes, or room for so many, which `fill` gets when it is done. */
  lending(bytes: Uint8Array | number, fill: Fill | null, name: string, start: (pointer: number) => number): safe_op {
    const size = typeof bytes === 'number' ? bytes : bytes.length;
    const pointer = this.#lending.lend(bytes);
    let op: safe_op;
    try {
      op = this.started(start(pointer), name);
    } catch (problem) {
      this.heap.free(pointer, size);
      throw problem;
    }
    this.#lending.keep(op, pointer, size, fill);
    return op;
  }

  settle(): void {
    this.#lending.settle();
  }

  freeOp(value: number | null, free: Entry): void {
    this.#lending.settle();
    const op = this.op(value);
    if (this.#lending.mayFree(op)) free(op);
    this.#ends.told(op);
    if (this.#pending.delete(op) && this.#pending.size === 0) this.#pump.keepAlive(false);
  }

  /** Resolved when the operation has ended, however; at once if it has. */
  ended(value: safe_op): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    try {
      return this.#ends.of(this.op(value));
    } catch (problem) {
      return Promise.reject(problem);
    }
  }

  /** Handles that nobody else knows of. */
  get hiddenHandles(): bigint {
    return this.#ends.handles;
  }

  // --- callbacks ---

  /** A function pointer for all listeners of one type. */
  trampoline(type: string, signature: string): number {
    let pointer = this.#trampolines.get(type);
    if (pointer === undefined) {
      pointer = this.#module.addFunction((number, ...values) => {
        this.#lending.settle();
        this.#listeners.call((number as number) >>> 0, values);
      }, signature);
      this.#trampolines.set(type, pointer);
    }
    return pointer;
  }

  /** Calls the library with a listener, which is called once, or stays in its place until the next one, or none, is put there. */
  listening<Result>(listener: Listener | null, place: string | null, start: (listener: number) => Result): Result {
    const number = listener ? this.#listeners.add(listener, place === null) : 0;
    let result;
    try {
      result = start(number);
    } catch (problem) {
      this.#listeners.remove(number);
      throw problem;
    }
    if (place !== null) this.#listeners.put(place, number);
    return result;
  }

  /** Takes a listener out of its place, if it still stands there. */
  unlisten(listener: number): void {
    const place = this.#listeners.placeOf(listener);
    if (place === null) return;
    this.entry(place)(); // with NULL for all
    this.#listeners.put(place, 0);
  }

  /** An operation that a callback is told of. */
  given(value: number): number | null {
    const op = value >>> 0;
    return op === 0 || this.#lending.freed(op) ? null : op;
  }

  /** Another object that a callback is told of. */
  passed(value: number): number | null {
    return value >>> 0 || null;
  }

  // --- the library's tasks ---

  run(): void {
    if (this.#over) return;
    try {
      this.#module._safe_wasm_pump();
    } catch (problem) {
      this.#break(problem);
      return;
    }
    this.#lending.settle();
    this.#ends.collect();
    if (!this.#pump.busy) this.#pump.keepAlive(this.#anyPending());
  }

  close(): void {
    this.#pump.close();
    this.#over ??= new SafeError(SAFE_CLOSED, 'SAFE_CLOSED', 'the library was closed (dispose)');
    this.#ends.fail(this.#over);
  }

  #anyPending(): boolean {
    for (const op of this.#pending) {
      if (this.#module._safe_op_state(op) === SAFE_OP_PENDING) return true;
      this.#pending.delete(op);
    }
    return false;
  }

  /** A trap inside of the library: its memory can be trusted no more. */
  #break(problem: unknown): void {
    const message = `the library has stopped: ${problem instanceof Error ? problem.message : String(problem)}`;
    this.#over = new SafeError(SAFE_UNEXPECTED, 'SAFE_UNEXPECTED', message, {}, { cause: problem });
    const heard = this.#ends.awaited;
    this.close();
    if (!heard) report(this.#over);
  }
}

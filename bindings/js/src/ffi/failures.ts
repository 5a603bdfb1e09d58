// Failures of the C interface as exceptions.
import { SAFE_INVALID_HANDLE, SAFE_OK } from './constants.js';
import { SafeError } from './error.js';
import type { Heap } from './heap.js';
import type { Module } from './module.js';

export class Failures {
  readonly #module: Module;
  readonly #heap: Heap;

  constructor(module: Module, heap: Heap) {
    this.#module = module;
    this.#heap = heap;
  }

  /** Throws unless the status is SAFE_OK. `error`: where the library put its error, or 0. */
  check(status: number, error: number, name: string): void {
    if (status !== SAFE_OK) throw this.take(status, error, name);
  }

  /** The exception for a failure; the error object is freed. */
  take(status: number, error: number, name: string): SafeError {
    const object = error === 0 ? 0 : this.#heap.u32(error);
    const codeName = this.#heap.text(this.#module._safe_code_name(status)) ?? 'SAFE_UNKNOWN';
    if (object === 0) return new SafeError(status, codeName, `${name}: ${codeName}`);
    try {
      const message = this.#heap.text(this.#module._safe_error_message(object)) ?? name;
      return new SafeError(status, codeName, message, this.#details(object));
    } finally {
      this.#module._safe_error_free(object);
    }
  }

  /** What takes the place of a result that was NULL although it never is for a good handle. */
  badHandle(name: string): SafeError {
    const codeName = 'SAFE_INVALID_HANDLE';
    return new SafeError(SAFE_INVALID_HANDLE, codeName, `${name}: the object was freed, or was never one`);
  }

  #details(object: number): Record<string, bigint | string> {
    const details: Record<string, bigint | string> = {};
    const count = Number(this.#module._safe_error_detail_count(object));
    for (let index = 0; index < count; ++index) {
      this.#heap.enter();
      try {
        const name = this.#module._safe_error_detail_name(object, BigInt(index)) >>> 0;
        const value = this.#heap.take(8);
        const key = this.#heap.text(name);
        if (key === null) continue;
        if (this.#module._safe_error_detail_u64(object, name, value) === SAFE_OK) details[key] = this.#heap.u64(value);
        else details[key] = this.#heap.text(this.#module._safe_error_detail_text(object, name)) ?? '';
      } finally {
        this.#heap.leave();
      }
    }
    return details;
  }
}

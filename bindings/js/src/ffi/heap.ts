// The library's memory, for the time of a call. Small things lie on a stack of our own in it; large ones are allocated.
//
// Views of the memory are made anew for each access, because the memory may grow in every call.
import { SAFE_OUT_OF_MEMORY } from './constants.js';
import { SafeError } from './error.js';
import type { Module } from './module.js';
import { refuse } from './values.js';

const stackSize = 16384;
const largest = 2048; // of what lies on the stack
const paged = 65536; // from here on memory comes in pages, apart from the small things

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Heap {
  readonly #module: Module;
  readonly #begin: number;
  #top: number;
  readonly #frames: number[] = []; // for each call: the stack's top and the number of allocations before it
  readonly #allocated: { pointer: number; size: number }[] = [];
  #numbers: DataView;

  constructor(module: Module) {
    this.#module = module;
    this.#begin = this.#top = this.allocate(stackSize);
    this.#module.HEAPU8.fill(0, this.#begin, this.#begin + stackSize);
    this.#numbers = new DataView(module.HEAPU8.buffer);
  }

  get size(): number {
    return this.#module.HEAPU8.length;
  }

  /** Opens a call: what it takes is given back by leave. Calls may nest (callbacks). */
  enter(): void {
    this.#frames.push(this.#top, this.#allocated.length);
  }

  /** Wipes what lay on the stack: it may have been a secret. */
  leave(): void {
    const allocations = this.#frames.pop()!;
    const top = this.#frames.pop()!;
    this.#module.HEAPU8.fill(0, top, this.#top);
    this.#top = top;
    while (this.#allocated.length > allocations) {
      const { pointer, size } = this.#allocated.pop()!;
      this.free(pointer, size);
    }
  }

  /** Memory until leave; of zeros, if it is small. */
  take(size: number): number {
    const aligned = (size + 7) & ~7;
    if (size <= largest && this.#top + aligned <= this.#begin + stackSize) {
      this.#top += aligned;
      return this.#top - aligned;
    }
    const pointer = this.allocate(size, true);
    this.#allocated.push({ pointer, size });
    return pointer;
  }

  /** Memory until free; `briefly`: within one call. */
  allocate(size: number, briefly = false): number {
    const pointer = (size < paged ? this.#module._malloc(size || 1) : this.#module._safe_wasm_take(size, briefly)) >>> 0;
    if (pointer) return pointer;
    throw new SafeError(SAFE_OUT_OF_MEMORY, 'SAFE_OUT_OF_MEMORY', `the library has no memory for ${size} bytes more`);
  }

  /** `size`: as it was allocated with. */
  free(pointer: number, size: number): void {
    if (size < paged) this.#module._free(pointer);
    else this.#module._safe_wasm_give(pointer, size);
  }

  copy(bytes: Uint8Array): number {
    const pointer = this.take(bytes.length);
    this.write(bytes, pointer);
    return pointer;
  }

  write(bytes: Uint8Array, pointer: number): void {
    this.#module.HEAPU8.set(bytes, pointer);
  }

  zero(pointer: number, size: number): void {
    this.#module.HEAPU8.fill(0, pointer, pointer + size);
  }

  /** Fills the array from the memory. */
  read(pointer: number, into: Uint8Array): void {
    into.set(this.view(pointer, into.length));
  }

  string(text: string | null, parameter: string): number {
    if (text === null) return 0;
    if (typeof text !== 'string') refuse(parameter, 'string expected');
    if (text.includes('\0')) refuse(parameter, 'a NUL character in a text');
    if (/\p{Surrogate}/u.test(text)) refuse(parameter, 'half of a surrogate pair in a text');
    const most = text.length * 3 + 1;
    if (most > largest) {
      const bytes = encoder.encode(text);
      const pointer = this.take(bytes.length + 1);
      this.write(bytes, pointer);
      this.#module.HEAPU8[pointer + bytes.length] = 0;
      return pointer;
    }
    const pointer = this.take(most);
    const { written } = encoder.encodeInto(text, this.view(pointer, most));
    this.#module.HEAPU8[pointer + written] = 0;
    return pointer;
  }

  /** A text given out; null for NULL. */
  text(pointer: number): string | null {
    const at = pointer >>> 0;
    if (at === 0) return null;
    const memory = this.#module.HEAPU8;
    return decoder.decode(memory.subarray(at, memory.indexOf(0, at)));
  }

  /** A copy of bytes given out. */
  bytes(pointer: number, size: number): Uint8Array {
    const at = pointer >>> 0;
    return this.#module.HEAPU8.slice(at, at + (size >>> 0));
  }

  /** The bytes themselves, until the memory grows. */
  view(pointer: number, size: number): Uint8Array {
    return this.#module.HEAPU8.subarray(pointer, pointer + size);
  }

  i32(pointer: number): number {
    return this.#words().getInt32(pointer, true);
  }

  u32(pointer: number): number {
    return this.#words().getUint32(pointer, true);
  }

  i64(pointer: number): bigint {
    return this.#words().getBigInt64(pointer, true);
  }

  u64(pointer: number): bigint {
    return this.#words().getBigUint64(pointer, true);
  }

  #words(): DataView {
    const { buffer } = this.#module.HEAPU8;
    if (this.#numbers.buffer !== buffer) this.#numbers = new DataView(buffer);
    return this.#numbers;
  }
}

// The library as it is loaded: what wasm/ builds.

/** A function of the C interface in wasm: 32-bit integers, pointers and handles are numbers, 64-bit integers bigints. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has its own shape, which the generator knows
export type Entry = (...values: any[]) => any;

export interface Module {
  /** Always of the memory as it is now: growing it detaches what was read here before. */
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(pointer: number): void;
  /** The same for large blocks, whose size the caller keeps. */
  _safe_wasm_take(size: number, briefly: boolean): number;
  _safe_wasm_give(pointer: number, size: number): void;
  /** Puts a function into the module's table; its number there is a function pointer. */
  addFunction(call: (...values: (number | bigint)[]) => void, signature: string): number;
  removeFunction(pointer: number): void;
  /** Runs what is ready, and one piece of long work at most; asks to be called again with safeWake. */
  _safe_wasm_pump(): void;
  readonly [name: `_safe_${string}`]: Entry;
}

export interface ModuleOptions {
  wasmBinary?: Uint8Array;
  instantiateWasm?(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
  /** The module has work in so many milliseconds: the host calls _safe_wasm_pump then, from a task of its own. */
  safeWake(delayMs: number): void;
}

export type CreateModule = (options: ModuleOptions) => Promise<Module>;

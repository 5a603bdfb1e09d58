/**
 * The C interface of libsafe, function by function, over libsafe.wasm or the addon of Node.
 *
 * Names, order and meaning are those of the C headers (safe/safe.h). What differs is what JavaScript has better:
 * outputs are results, a failure is a SafeError, 64-bit integers are bigints, lengths are those of the arrays, callbacks
 * are functions. Buffers are copied: what a function is given may change as soon as it returns, and what an operation
 * fills in (safe_reader_read_into) is filled in when it has ended; the bytes behind those that it read are then 0.
 * A function that may block never does; it gives null for SAFE_TIMEOUT.
 */
import { loadAddon } from '../addon/load.js';
import { beside } from './beside.js';
import { chosen } from './choice.js';
import create from './glue.mjs';
import { load, type Ffi, type LoadOptions } from './load.js';

export type { EngineName } from './choice.js';
export * from './constants.js';
export { SafeError, type Details } from './error.js';
export type * from './functions.js';
export type { Ffi, LoadOptions, WasmSource } from './load.js';
export type { Bytes } from './values.js';

/**
 * Loads the library. Each call makes an instance with handles of its own; those of libsafe.wasm have a memory of their own,
 * too, while all that use the addon share the one library of the process.
 * @throws SafeError with SAFE_UNSUPPORTED if the addon was asked for and cannot be used
 */
export async function loadFfi(options: LoadOptions = {}): Promise<Ffi> {
  return chosen(options) === 'addon' ? loadAddon() : load(create, options, beside());
}

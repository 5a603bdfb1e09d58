// The library itself.
import { SAFE_VERSION_MAJOR, SAFE_VERSION_MINOR, SAFE_VERSION_PATCH } from '../ffi/constants.js';
import { ask, each } from './running.js';

/** Its version, e.g. "1.0.0". */
export function version(): string {
  return `${SAFE_VERSION_MAJOR}.${SAFE_VERSION_MINOR}.${SAFE_VERSION_PATCH}`;
}

/** What this build has, by name: `mem`, `file` (kinds of URLs), `s1` (the chunk format of 2018), and others. */
export function features(): Promise<Record<string, boolean>> {
  return ask('features', []);
}

/**
 * For tests: the objects of the library that are not freed: clients, readers, keys, and operations under way. 0 when all
 * was closed, also after the engine has ended.
 */
export function liveHandles(): Promise<number> {
  return each('liveHandles');
}

/** The size of libsafe.wasm's memory in bytes; 0 when it does not run, as with the addon, whose memory is the process's. */
export function heapBytes(): Promise<number> {
  return each('heapBytes');
}

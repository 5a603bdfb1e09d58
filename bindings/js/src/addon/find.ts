// The addon: which one there is for this Node, and whether it fits this JavaScript.
import { SAFE_ABI_VERSION, SAFE_UNSUPPORTED, SAFE_VERSION_MAJOR, SAFE_VERSION_MINOR, SAFE_VERSION_PATCH } from '../ffi/constants.js';
import { SafeError, type Details } from '../ffi/error.js';
import type { Functions } from '../ffi/functions.js';
import { inNode } from '../ffi/pump.js';

export interface Hooks {
  /** Makes the exception of a failure. */
  fail(code: number, codeName: string, message: string, details: Details): Error;
  /** Asks for a sweep in a moment. */
  watch(native: Native): void;
}

/** The C interface over the addon, and what an instance has besides (addon/instance.hpp). */
export interface Native extends Functions {
  /** Takes note of operations that have ended without being asked about; how many have not. */
  sweep(): number;
  /** Frees all that the instance has. */
  close(): void;
  /** How many handles it has. */
  handles(): number;
}

export interface Addon {
  readonly abi: number;
  readonly version: string;
  open(hooks: Hooks): Native;
}

let found: Addon | SafeError | undefined; // in this realm

/** The addon, or why there is none. */
export function findAddon(): Addon | SafeError {
  return (found ??= find());
}

function find(): Addon | SafeError {
  if (!inNode || typeof process.dlopen !== 'function') return none('only Node can load it');
  const name = `${process.platform}-${process.arch}`;
  try {
    const { fileURLToPath } = process.getBuiltinModule('node:url');
    const path = process.getBuiltinModule('node:path');
    const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'prebuilds', name, 'libsafe.node');
    if (!process.getBuiltinModule('node:fs').existsSync(file)) return none(`there is no ${file}, this package has none for ${name}`);
    const module = { exports: {} as Addon };
    process.dlopen(module, file);
    return fitting(module.exports, file);
  } catch (problem) {
    return none(problem instanceof Error ? problem.message : String(problem), problem);
  }
}

function fitting(addon: Addon, file: string): Addon | SafeError {
  const version = `${SAFE_VERSION_MAJOR}.${SAFE_VERSION_MINOR}.${SAFE_VERSION_PATCH}`;
  if (addon.abi === SAFE_ABI_VERSION && addon.version === version) return addon;
  return none(`${file} is of version ${addon.version} (ABI ${addon.abi}), this JavaScript of ${version} (ABI ${SAFE_ABI_VERSION})`);
}

function none(why: string, cause?: unknown): SafeError {
  const message = `the Node addon cannot be used: ${why}; engine: 'wasm' does without`;
  return new SafeError(SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED', message, {}, cause === undefined ? undefined : { cause });
}

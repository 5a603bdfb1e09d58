/**
 * Core libraries of third parties, compiled to wasm, over the one libsafe of the page.
 *
 * A guest is a wasm module that imports nothing but functions of the C interface, from `safe_ffi`. It has a memory and
 * handles of its own: whatever it does, it can reach neither the memory of the library nor a handle of anybody else.
 */
import { SAFE_CLOSED, SAFE_INVALID_ARGUMENT, SAFE_UNEXPECTED, SAFE_UNSUPPORTED } from '../ffi/constants.js';
import { coreKey } from '../ffi/core.js';
import { SafeError } from '../ffi/error.js';
import { compile, type Ffi, type WasmSource } from '../ffi/load.js';
import { bridge, results, type Import } from './bridge.js';
import { Guest } from './guest.js';
import { Pages } from './pages.js';

export { SafeError };

export interface GuestOptions {
  /** Told of everything that the guest does wrong, with the problem if it is a trap. By default console.warn. */
  report?(message: string, problem?: unknown): void;
}

export interface LoadedGuest {
  /** What the guest exports. A function that traps throws a SafeError, and runs no more. */
  readonly exports: Readonly<Record<string, WebAssembly.ExportValue>>;
  /** How many handles of the library the guest has. */
  liveHandles(): number;
  /** Cancels and frees all that the guest has. It is called no more, and gets SAFE_CLOSED from every call that it makes. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Loads a guest: its bytes, where it is, or compiled already. */
export async function loadGuest(source: WasmSource, ffi: Ffi, options: GuestOptions = {}): Promise<LoadedGuest> {
  const core = ffi[coreKey];
  if (!core) {
    throw new SafeError(
      SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED', "guests run in libsafe.wasm, not over the addon; load it with loadFfi({ engine: 'wasm' })",
    );
  }
  const module = await compile(source);
  const guest = new Guest(core, options.report ?? ((message) => console.warn(`libsafe guest: ${message}`)));
  const known = bridge(core, guest);
  known['safe_debug_live_handles'] = () => BigInt(guest.liveHandles);
  const imports: Record<string, Import> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const found = from === 'safe_ffi' && Object.hasOwn(known, name) ? known[name] : undefined;
    if (!found) {
      throw new SafeError(
        SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED',
        from === 'safe_ffi'
          ? `the guest imports ${name}, which this libsafe does not have; use a newer libsafe`
          : `the guest imports ${from}.${name}; a guest may import functions of safe_ffi only`,
      );
    }
    imports[name] = guarded(guest, name, found);
  }
  const instance = await WebAssembly.instantiate(module, { safe_ffi: imports });
  const { memory, __indirect_function_table: table, safe_guest_alloc: alloc, safe_guest_free: free } = instance.exports;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new SafeError(SAFE_INVALID_ARGUMENT, 'SAFE_INVALID_ARGUMENT', 'the guest exports no memory');
  }
  const pages = new Pages(memory);
  const own = typeof alloc === 'function' && typeof free === 'function';
  guest.attach({
    memory,
    table: table instanceof WebAssembly.Table ? table : undefined,
    allocate: own ? (alloc as (size: number) => number) : (size) => pages.allocate(size),
    free: own ? (free as (pointer: number) => void) : (pointer) => pages.free(pointer),
  });
  const dispose = () => guest.dispose();
  return {
    exports: Object.freeze(exported(guest, instance.exports)),
    liveHandles: () => guest.liveHandles,
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** A function that a guest imports: it returns, whatever happens; and says SAFE_CLOSED if the guest was disposed of. */
function guarded(guest: Guest, name: string, call: Import): Import {
  const result = results[name];
  const failed = (code: number) => (result === 'status' ? code : result === 'bigint' ? 0n : result === 'number' ? 0 : undefined);
  return (...values) => {
    if (!guest.attached || !guest.alive) return failed(SAFE_CLOSED);
    try {
      return call(...values);
    } catch (problem) {
      guest.mistake(name, problem instanceof Error ? problem.message : String(problem));
      return failed(problem instanceof SafeError ? problem.code : SAFE_UNEXPECTED);
    }
  };
}

/** The exports, with functions that tell when the guest has trapped. */
function exported(guest: Guest, exports: WebAssembly.Exports): Record<string, WebAssembly.ExportValue> {
  const guardedExports: Record<string, WebAssembly.ExportValue> = {};
  for (const [name, value] of Object.entries(exports)) {
    guardedExports[name] = typeof value !== 'function' ? value : (...values: unknown[]) => {
      if (!guest.alive) throw new SafeError(SAFE_CLOSED, 'SAFE_CLOSED', `${name}: the guest has trapped or was disposed of`);
      try {
        return value(...values);
      } catch (problem) {
        if (problem instanceof TypeError) throw problem; // values that wasm does not take: the guest has not run
        guest.trapped(name, problem);
        const message = `${name}: the guest has trapped: ${problem instanceof Error ? problem.message : String(problem)}`;
        throw new SafeError(SAFE_UNEXPECTED, 'SAFE_UNEXPECTED', message, {}, { cause: problem });
      }
    };
  }
  return guardedExports;
}

// Brings libsafe.wasm in, from wherever it is.
import * as constants from './constants.js';
import type { EngineName } from './choice.js';
import { Core, coreKey } from './core.js';
import { SafeError } from './error.js';
import { bind, type Functions, type safe_op } from './functions.js';
import type { CreateModule, Module } from './module.js';
import { inNode, Pump } from './pump.js';

export type WasmSource = BufferSource | URL | string | Response | WebAssembly.Module;

export interface LoadOptions {
  /**
   * The build of the library: libsafe.wasm, or in Node the addon, where there is one. By default what SAFE_ENGINE says in the
   * environment, and else libsafe.wasm, in which guests run.
   */
  engine?: EngineName;
  /** libsafe.wasm: its bytes, where it is, or compiled already. By default the file beside this one. */
  wasm?: WasmSource;
}

export interface Ffi extends Functions {
  /** Resolved when the operation has ended (done, failed or cancelled) or was freed. It may then have no queue or callback. */
  ended(op: safe_op): Promise<void>;
  /** The numbers of each enum by their names. */
  readonly enums: typeof constants.enums;
  /** Every constant by its name. */
  readonly constants: typeof constants;
  /** Which build of the library it is. */
  readonly engine: EngineName;
  /** The handles of this instance that are not freed; safe_debug_live_handles counts those of all that share the addon. */
  liveHandles(): number;
  /** The size of libsafe.wasm's memory, in bytes. 0 with the addon, whose memory is that of the process. */
  heapBytes(): number;
  /** Lets go of the library and all that it holds. Every call afterwards fails with SAFE_CLOSED. */
  dispose(): void;
  /** @internal What the package's other parts work with. Not with the addon. */
  readonly [coreKey]?: Core;
}

export async function load(create: CreateModule, options: LoadOptions, beside: URL): Promise<Ffi> {
  const compiled = await compile(options.wasm ?? beside);
  let core: Core | undefined;
  const pump = new Pump(() => core?.run());
  const module = await instantiate(create, compiled, (delayMs) => pump.wake(delayMs));
  const made = (core = new Core(module, pump));
  const functions = bind(made);
  const ffi: Ffi = {
    ...functions,
    safe_debug_live_handles: () => functions.safe_debug_live_handles() - made.hiddenHandles,
    ended: (op) => made.ended(op),
    enums: constants.enums,
    constants,
    [coreKey]: made,
    engine: 'wasm',
    liveHandles: () => Number(ffi.safe_debug_live_handles()),
    heapBytes: () => made.heap.size,
    dispose: () => {
      made.close();
      const closed = () => {
        throw disposed();
      };
      for (const name of Object.keys(ffi)) {
        if (name.startsWith('safe_')) Object.assign(ffi, { [name]: closed });
      }
    },
  };
  return ffi;
}

/** What every call of an instance that was disposed of fails with. */
export function disposed(): SafeError {
  return new SafeError(constants.SAFE_CLOSED, 'SAFE_CLOSED', 'the library was closed (dispose)');
}

async function instantiate(
  create: CreateModule, compiled: WebAssembly.Module, safeWake: (delayMs: number) => void,
): Promise<Module> {
  return new Promise<Module>((resolve, reject) => {
    create({
      instantiateWasm: (imports, receive) => {
        WebAssembly.instantiate(compiled, imports).then((instance) => receive(instance, compiled), reject);
        return {};
      },
      safeWake,
    }).then(resolve, reject);
  });
}

export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === 'string') return compile(locate(source));
  if (source instanceof URL) {
    if (inNode && source.protocol === 'file:') return WebAssembly.compile(await readFile(source));
    return compile(await fetch(source));
  }
  if (source instanceof Response) return compileResponse(source);
  return WebAssembly.compile(source);
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) {
    const { SAFE_IO } = constants;
    throw new SafeError(SAFE_IO, 'SAFE_IO', `cannot load ${response.url}: ${response.status} ${response.statusText}`);
  }
  // Static hosts that do not know .wasm send it as something else, which streaming refuses.
  if (response.headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** A URL, or a path: of this machine in Node, of the page in a browser. */
function locate(place: string): URL {
  if (!inNode) return new URL(place, globalThis.location.href);
  return /^[a-z][a-z0-9+.-]+:/i.test(place)
    ? new URL(place)
    : process.getBuiltinModule('node:url').pathToFileURL(place);
}

// Not an import: bundlers for browsers would look for it.
async function readFile(file: URL): Promise<BufferSource> {
  return new Uint8Array(await process.getBuiltinModule('node:fs/promises').readFile(file));
}

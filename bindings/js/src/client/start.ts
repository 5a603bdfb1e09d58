// Starts the engine in this thread: over libsafe.wasm, or over the addon.
import { loadAddon } from '../addon/load.js';
import { beside } from '../ffi/beside.js';
import { loadFfi } from '../ffi/index.js';
import { compile, type Ffi, type WasmSource } from '../ffi/load.js';
import type { Engine } from './engine.js';
import { NativeFiles } from './files-native.js';
import { PortFiles } from './files-port.js';
import { InlineEngine } from './inline.js';
import { Transports } from '../transports/index.js';

let compiled: Promise<WebAssembly.Module> | undefined; // the file beside this one
let addon: Ffi | undefined; // of this realm; to make one takes longer than to connect

export async function startInline(wasm: WasmSource | undefined, failed: (why: Error) => void): Promise<Engine> {
  const ffi = await loadFfi({ engine: 'wasm', wasm: wasm ?? (await usual()) });
  return new InlineEngine(ffi, await PortFiles.serve(ffi), new Transports(ffi), failed);
}

export async function startAddon(_wasm: undefined, failed: (why: Error) => void): Promise<Engine> {
  // It outlives its engines: what is not used holds nothing.
  const ffi = { ...(addon ??= loadAddon()), dispose: () => {} };
  return new InlineEngine(ffi, new NativeFiles(ffi), undefined, failed);
}

async function usual(): Promise<WebAssembly.Module> {
  try {
    return await (compiled ??= compile(beside()));
  } catch (problem) {
    compiled = undefined;
    throw problem;
  }
}

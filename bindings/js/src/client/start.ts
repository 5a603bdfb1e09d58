// Starts the engine in this thread.
import { beside } from '../ffi/beside.js';
import { loadFfi } from '../ffi/index.js';
import { compile, type WasmSource } from '../ffi/load.js';
import type { Engine } from './engine.js';
import { Files } from './files.js';
import { InlineEngine } from './inline.js';

let compiled: Promise<WebAssembly.Module> | undefined; // the file beside this one

export async function startInline(wasm: WasmSource | undefined, failed: (why: Error) => void): Promise<Engine> {
  const ffi = await loadFfi({ wasm: wasm ?? (await usual()) });
  return new InlineEngine(ffi, await Files.serve(ffi), failed);
}

async function usual(): Promise<WebAssembly.Module> {
  try {
    return await (compiled ??= compile(beside()));
  } catch (problem) {
    compiled = undefined;
    throw problem;
  }
}

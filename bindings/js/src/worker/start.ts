import type { Engine } from '../client/engine.js';
import type { WasmSource } from '../ffi/load.js';
export async function startWorker(_wasm: WasmSource | undefined, _failed: (why: Error) => void): Promise<Engine> {
  throw new Error('no worker yet');
}

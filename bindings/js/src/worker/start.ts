// Starts the engine's worker, and hears of its end.
import { arrived, broken } from '../client/failures.js';
import type { Engine } from '../client/engine.js';
import { compile, type WasmSource } from '../ffi/load.js';
import type { FromWorker, ToWorker } from './protocol.js';
import { RemoteEngine } from './remote.js';

export async function startWorker(wasm: WasmSource | undefined, failed: (why: Error) => void): Promise<Engine> {
  const ready = await sendable(wasm);
  const lock = `libsafe-engine ${unique()}`;
  // In this form bundlers know what is meant, too. The name is WORKER, which they want to see here.
  const worker = new Worker(new URL('./libsafe.js', import.meta.url), { type: 'module', name: 'libsafe-engine' });
  try {
    const locked = await started(worker, { kind: 'start', wasm: ready, lock });
    return serving(worker, locked ? lock : undefined, failed);
  } catch (problem) {
    worker.terminate();
    throw problem;
  }
}

/** Resolved with whether the worker holds its lock, when it is ready to take calls. */
function started(worker: Worker, start: ToWorker): Promise<boolean> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'ready') resolve(data.locked);
      else if (data.kind === 'broken') reject(arrived(data.failure));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const why = event.message ? `: ${event.message}` : '';
      reject(broken(`the engine's worker does not start${why}; libsafe.js and libsafe.wasm must lie beside the script that ` +
        'imports them, and the page must be allowed to load them; worker: false does without'));
    };
    worker.postMessage(start);
  });
}

function serving(worker: Worker, lock: string | undefined, failed: (why: Error) => void): Engine {
  const watch = new AbortController();
  const engine = new RemoteEngine(worker, (why) => {
    watch.abort();
    if (why) failed(why);
  });
  const dead = (message: string) => engine.fail(broken(`${message}; connect again to start it anew`));
  worker.onerror = (event) => {
    event.preventDefault();
    dead(`the engine's worker has failed: ${event.message}`);
  };
  worker.onmessageerror = () => dead('a message of the engine\'s worker could not be read');
  // The lock is free when the worker is gone, whoever has ended it.
  if (lock) {
    navigator.locks.request(lock, { signal: watch.signal }, () => dead('the engine\'s worker was ended')).catch(() => {});
  }
  return engine;
}

/** libsafe.wasm as a worker can get it. */
async function sendable(wasm: WasmSource | undefined): Promise<WebAssembly.Module | string | undefined> {
  if (wasm === undefined || wasm instanceof WebAssembly.Module) return wasm;
  if (typeof wasm === 'string' || wasm instanceof URL) return new URL(wasm, globalThis.location.href).href;
  return compile(wasm);
}

function unique(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return [...numbers].map((number) => number.toString(16)).join('-');
}


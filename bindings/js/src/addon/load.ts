// The flat layer over the addon: the functions are the addon's own, the rest is as over wasm.
import * as constants from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { safe_op } from '../ffi/functions.js';
import { disposed, type Ffi } from '../ffi/load.js';
import { findAddon, type Hooks, type Native } from './find.js';

/** Between looks at operations whose end nobody asks to be told of, in milliseconds. */
const moment = 20;

const hooks: Hooks = {
  fail: (code, codeName, message, details) => new SafeError(code, codeName, message, details),
  watch,
};

export function loadAddon(): Ffi {
  const addon = findAddon();
  if (addon instanceof SafeError) throw addon;
  const native = addon.open(hooks);
  const { sweep: _sweep, close, handles, ...functions } = native;
  const ends = new Ends(native);
  const ffi: Ffi = {
    ...functions,
    // Nothing waits on JavaScript's thread, whatever the library could do.
    safe_feature: (name) => (name === 'wait' ? 0 : native.safe_feature(name)),
    engine: 'addon',
    ended: (op) => ends.of(op),
    enums: constants.enums,
    constants,
    liveHandles: () => handles(),
    heapBytes: () => 0,
    dispose: () => {
      close();
      ends.fail(disposed());
      for (const name of Object.keys(ffi)) {
        if (name.startsWith('safe_')) Object.assign(ffi, { [name]: refuse });
      }
    },
  };
  return ffi;
}

function refuse(): never {
  throw disposed();
}

/** Until all of them have ended. The timer alone does not keep the process: the addon does. */
function watch(native: Native): void {
  setTimeout(() => {
    if (native.sweep() > 0) watch(native);
  }, moment).unref();
}

/** Promises of ends. */
class Ends {
  readonly #native: Native;
  readonly #waiting = new Map<safe_op, { promise: Promise<void>; reject(problem: unknown): void }>();
  #over: SafeError | undefined;

  constructor(native: Native) {
    this.#native = native;
  }

  /** Resolved when the operation has ended, or was freed. */
  of(op: safe_op): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    const known = this.#waiting.get(op);
    if (known) return known.promise;
    if (this.#native.safe_op_state(op) > constants.SAFE_OP_PENDING) return Promise.resolve();
    let reject!: (problem: unknown) => void;
    const promise = new Promise<void>((resolve, failed) => {
      reject = failed;
      this.#native.safe_op_on_done(op, () => {
        this.#waiting.delete(op);
        resolve();
      });
    });
    this.#waiting.set(op, { promise, reject });
    promise.catch(() => this.#waiting.delete(op)); // it could not be asked for
    return promise;
  }

  /** Nothing ends any more. */
  fail(problem: SafeError): void {
    this.#over = problem;
    for (const { reject } of this.#waiting.values()) reject(problem);
    this.#waiting.clear();
  }
}

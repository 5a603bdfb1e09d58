// One operation of the library, from its start to its result.
import type { safe_op } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import type { Stop } from './stop.js';

/** Takes the result of an operation that is done. */
export type Ending<Value> = (op: safe_op) => Value;

/**
 * Starts the operation, waits for its end and takes its result, or throws its failure. When the call has to stop it is
 * cancelled: it then fails, unless it has had its effect already.
 */
export async function during<Value>(ffi: Ffi, stop: Stop, start: () => safe_op, take: Ending<Value>): Promise<Value> {
  stop.check();
  const op = start();
  const unwatch = stop.watch(() => ffi.safe_op_cancel(op));
  try {
    await ffi.ended(op);
    return take(op);
  } finally {
    unwatch();
    ffi.safe_op_free(op);
  }
}

/** For operations without a result: throws what one has failed with. */
export function result(ffi: Ffi): Ending<void> {
  return (op) => void ffi.safe_op_wait(op, 0);
}

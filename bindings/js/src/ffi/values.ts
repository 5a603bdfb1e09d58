// Values on their way into the library: what does not fit is refused by name, never bent to fit.
import { SAFE_INVALID_ARGUMENT } from './constants.js';
import { SafeError } from './error.js';

/** Bytes in any clothes. */
export type Bytes = ArrayBufferView | ArrayBuffer;

export const none = new Uint8Array(0);

export function refuse(parameter: string, what: string): never {
  throw new SafeError(SAFE_INVALID_ARGUMENT, 'SAFE_INVALID_ARGUMENT', `${parameter}: ${what}`);
}

// Its type is 0, which no handle of the library has.
const foreign = 1;

/** A handle as the library takes it: null and undefined are NULL; what cannot be a handle is one that is not live. */
export function handle(value: number | null | undefined): number {
  if (value === null || value === undefined) return 0;
  return typeof value === 'number' && value >>> 0 === value ? value : foreign;
}

export function i32(value: number, parameter: string): number {
  return typeof value === 'number' && (value | 0) === value ? value : refuse(parameter, '32-bit integer expected');
}

export function u32(value: number, parameter: string): number {
  return typeof value === 'number' && value >>> 0 === value ? value : refuse(parameter, 'integer of 0 to 2^32-1 expected');
}

export function i64(value: bigint | number, parameter: string): bigint {
  const whole = integer(value, parameter);
  return BigInt.asIntN(64, whole) === whole ? whole : refuse(parameter, '64-bit integer expected');
}

export function u64(value: bigint | number, parameter: string): bigint {
  const whole = integer(value, parameter);
  return BigInt.asUintN(64, whole) === whole ? whole : refuse(parameter, 'integer of 0 to 2^64-1 expected');
}

function integer(value: bigint | number, parameter: string): bigint {
  if (typeof value === 'bigint') return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  return refuse(parameter, 'bigint, or a number that is a safe integer, expected');
}

/** A view of the bytes, which are `size` in number if that is given. */
export function bytesOf(value: Bytes, parameter: string, size?: number): Uint8Array {
  let view: Uint8Array;
  if (value instanceof Uint8Array) view = value;
  else if (ArrayBuffer.isView(value)) view = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  else if (value instanceof ArrayBuffer) view = new Uint8Array(value);
  else return refuse(parameter, 'Uint8Array, another view of an ArrayBuffer, or an ArrayBuffer expected');
  if (size !== undefined && view.length !== size) refuse(parameter, `${size} bytes expected, not ${view.length}`);
  return view;
}

/** A function that will be called back. */
export function listenerOf<F>(value: F, parameter: string): F {
  return typeof value === 'function' ? value : refuse(parameter, 'function expected');
}

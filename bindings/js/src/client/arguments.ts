// What callers give, checked before anything is done with it.
import type { Bytes } from '../ffi/values.js';
import type { Whole } from './engine.js';
import { invalid } from './failures.js';

export type { Bytes };

/** A view of the bytes. */
export function bytesOf(value: Bytes, what: string, size?: number): Uint8Array {
  let view;
  if (value instanceof Uint8Array) view = value;
  else if (ArrayBuffer.isView(value)) view = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  else if (isBuffer(value)) view = new Uint8Array(value);
  else throw new TypeError(`${what}: Uint8Array, another view, or ArrayBuffer expected, not ${nameOf(value)}`);
  if (size !== undefined && view.length !== size) throw invalid(`${what}: ${size} bytes expected, not ${view.length}`);
  return view;
}

/** The same bytes in memory of their own, which is sent on without being copied once more. */
export function copied(value: Bytes, what: string, size?: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytesOf(value, what, size));
}

export function isBuffer(value: unknown): value is ArrayBuffer {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]';
}

export function textOf(value: string, what: string): string {
  if (typeof value !== 'string') throw new TypeError(`${what}: string expected, not ${nameOf(value)}`);
  return value;
}

/** A whole number from 0 to `most`. */
export function wholeOf(value: Whole, what: string, most: Whole = 2n ** 64n - 1n): Whole {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    throw new TypeError(`${what}: number or bigint expected, not ${nameOf(value)}`);
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw invalid(`${what}: whole number expected, as a bigint above 2^53, not ${value}`);
  }
  if (value < 0 || value > most) throw invalid(`${what}: ${value} is not between 0 and ${most}`);
  return value;
}

/** Options by name; none for undefined. */
export function optionsOf<Options extends object>(options: Options | undefined): Options {
  if (options === undefined) return {} as Options;
  if (typeof options !== 'object' || options === null) throw new TypeError(`options: object expected, not ${nameOf(options)}`);
  return options;
}

export function flagOf(value: boolean | undefined, what: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${what}: boolean expected, not ${nameOf(value)}`);
  return value === true;
}

/** What a value is, for messages; never what it holds. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return value.constructor?.name ? `a value of type ${value.constructor.name}` : 'an object';
  return `a ${typeof value}`;
}

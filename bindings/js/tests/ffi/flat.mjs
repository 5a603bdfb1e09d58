// The flat layer for its tests: one instance, which has no handle left when the tests have ended.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { load } from '../common/installed.mjs';

export const flat = await load('libsafe/ffi');
export const { SafeError } = flat;
export const ffi = await flat.loadFfi();

after(() => assert.equal(ffi.safe_debug_live_handles(), 0n, 'handles are left'));

/** The result of an operation, by the name of its type. It is freed, whatever happens. */
export async function result(op, type = 'none') {
  try {
    await ffi.ended(op);
    ffi.safe_op_wait(op, 0);
    return type === 'none' ? undefined : ffi[`safe_op_take_${type}`](op);
  } finally {
    ffi.safe_op_free(op);
  }
}

export const connect = (url = 'mem:') => result(ffi.safe_connect(url, 0), 'client');

/** Bytes that an object holds, which is freed. */
export function bytesOf(handle) {
  const bytes = ffi.safe_bytes_data(handle);
  ffi.safe_bytes_free(handle);
  return bytes;
}

/** Puts bytes; gives the link, to be freed. */
export async function put(client, bytes, flags = flat.SAFE_PUT_PRIVATE) {
  const receipt = await result(ffi.safe_put(client, bytes, flags), 'receipt');
  const link = ffi.safe_receipt_link(receipt);
  ffi.safe_receipt_free(receipt);
  return link;
}

/** Content that does not compress, the same each time. */
export function noise(size, seed = 1) {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let at = 0; at < size; ++at) bytes[at] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  return bytes;
}

/** What assert.throws and assert.rejects take for a failure of the library. */
export const failure = (codeName, message = /./) => (problem) => {
  assert.ok(problem instanceof SafeError, String(problem));
  assert.equal(problem.codeName, codeName, problem.message);
  assert.equal(problem.code, flat[codeName]);
  assert.match(problem.message, message);
  return true;
};

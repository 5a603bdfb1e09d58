// A guest that exports all that it imports, so that a test can call the bridge with whatever numbers it likes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { load } from '../common/installed.mjs';
import { assemble } from './assemble.mjs';

export const flat = await load('libsafe/ffi');
export const { loadGuest } = await load('libsafe/guest');
export const model = JSON.parse(fs.readFileSync(process.env.SAFE_MODEL_JSON, 'utf8'));

const wide = (type) => ['int64_t', 'uint64_t'].includes(type);
const results = { void: '', status: 'i', op: 'i', str: 'i', bytes: 'i', handle: 'i' };

/** The type of a function of the C interface in wasm32, as assemble takes it. */
export function typeOf({ params, result }) {
  const takes = params.map(({ kind, type }) => (kind === 'int' && wide(type) ? 'j' : 'i')).join('');
  return `${takes}>${result.kind === 'int' ? (wide(result.type) ? 'j' : 'i') : results[result.kind]}`;
}

export const imports = model.functions.map((one) => ['safe_ffi', one.name, typeOf(one)]);

/** Loads such a guest, with functions of its own besides. */
export async function openGuest(ffi, functions = [], options = {}) {
  const reports = [];
  const bytes = assemble({ imports, functions, pages: 4, ...options });
  const guest = await loadGuest(bytes, ffi, { report: (message) => reports.push(message) });
  let top = 1024;
  const { memory } = guest.exports;
  return {
    guest,
    reports,
    call: guest.exports,
    index: (name) => 1 + imports.length + functions.findIndex(([own]) => own === name),
    /** Puts a text or bytes into the guest's memory; room for so many bytes. */
    put(what) {
      const bytes = typeof what === 'string' ? new TextEncoder().encode(`${what}\0`) : new Uint8Array(what);
      const at = top;
      top = (top + bytes.length + 15) & ~7;
      assert.ok(top <= memory.buffer.byteLength);
      new Uint8Array(memory.buffer).set(bytes, at);
      return at;
    },
    u32: (at) => new DataView(memory.buffer).getUint32(at, true),
    bytes: (at, size) => new Uint8Array(memory.buffer).slice(at, at + size),
  };
}

export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Waits for a guest's operation, and takes its result. */
export async function take(open, op, type) {
  while (open.call.safe_op_state(op) === flat.SAFE_OP_PENDING) await turn();
  const out = open.put(8);
  const status = open.call[`safe_op_take_${type}`](op, out, 0);
  open.call.safe_op_free(op);
  assert.equal(status, 0);
  return open.u32(out);
}

export const connect = (open) => take(open, open.call.safe_connect(open.put('mem:'), 0), 'client');

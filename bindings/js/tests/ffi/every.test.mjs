// Every function of the model is there, takes the arguments that the model names, and refuses what is no handle.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { ffi, flat, SafeError } from './flat.mjs';

const model = JSON.parse(fs.readFileSync(process.env.SAFE_MODEL_JSON, 'utf8'));
const { functions } = model;

// A value for each kind of parameter that is no handle, good as far as it goes.
function sample(param) {
  if (param.kind === 'int') return 0;
  if (param.kind === 'str') return 'x';
  if (param.kind === 'bytes') return new Uint8Array(1);
  if (param.kind === 'fixed_bytes') return new Uint8Array(param.size);
  if (param.kind === 'out_buffer') return new Uint8Array(1);
  if (param.kind === 'callback') return () => {};
  return undefined; // outputs are results; errors are exceptions; user data is JavaScript's own
}

// What a caller gives. Lengths are not among it: they are those of the arrays.
function given({ params }) {
  const kinds = ['handle', 'int', 'str', 'bytes', 'fixed_bytes', 'out_buffer', 'callback'];
  const lengths = new Set(params.filter(({ kind }) => ['bytes', 'out_buffer'].includes(kind)).map(({ len }) => len));
  return params.filter(({ kind, name }) => kinds.includes(kind) && !lengths.has(name));
}

const argumentsOf = (one, handle) => given(one).map((param) => (param.kind === 'handle' ? handle : sample(param)));

test('the functions are those of the headers, and so are the constants', () => {
  const there = Object.keys(ffi).filter((name) => name.startsWith('safe_'));
  assert.deepEqual(there.sort(), functions.map(({ name }) => name).sort());
  for (const { name, value } of [...model.constants, ...model.enums.flatMap(({ values }) => values)]) {
    assert.equal(Number(flat[name]), value, name); // JSON.parse has no bigint
  }
});

for (const [what, handle] of [['no handle', null], ['a number that is none', 0x7fff_fff1], ['a number that cannot be one', 2.5]]) {
  test(`every function that takes a handle refuses ${what}`, async () => {
    // NULL is a value like others for those that may do without.
    const counts = ({ kind, nullable }) => kind === 'handle' && !(nullable && handle === null);
    const handled = functions.filter(({ params, result }) => params.some(result.kind === 'op' ? counts : ({ kind }) => kind === 'handle'));
    assert.ok(handled.length > 80);
    for (const one of handled) {
      const call = () => ffi[one.name](...argumentsOf(one, handle));
      const { kind } = one.result;
      if (kind === 'op') {
        const op = call();
        assert.equal(ffi.safe_op_state(op), flat.SAFE_OP_FAILED, one.name);
        assert.throws(() => ffi.safe_op_wait(op, 0), { codeName: 'SAFE_INVALID_HANDLE' }, one.name);
        ffi.safe_op_free(op);
      } else if (kind === 'status' || (kind === 'bytes' && !one.result.nullable)) {
        assert.throws(call, { codeName: 'SAFE_INVALID_HANDLE' }, one.name);
      } else if (kind === 'str' && !one.result.nullable) {
        assert.throws(call, SafeError, one.name);
      } else {
        const value = call();
        assert.ok([undefined, null, 0, 0n, flat.SAFE_SIZE_UNKNOWN, flat.SAFE_INVALID_HANDLE, flat.SAFE_CLIENT_CLOSED].includes(value), `${one.name}: ${value}`);
      }
    }
  });
}

test('every function without a handle can be called', async () => {
  const free = functions.filter(({ params }) => !params.some(({ kind }) => kind === 'handle'));
  for (const one of free) {
    let value;
    try {
      value = ffi[one.name](...argumentsOf(one, null));
    } catch (problem) {
      assert.ok(problem instanceof SafeError, `${one.name}: ${problem}`);
      continue;
    }
    if (one.result.kind === 'op') {
      await ffi.ended(value);
      ffi.safe_op_free(value);
      continue;
    }
    const made = one.params.find((param) => param.kind === 'out_handle');
    if (made) ffi[`${made.type}_free`](value);
  }
});

const refused = (parameter) => ({ codeName, message }) =>
  codeName === 'SAFE_INVALID_ARGUMENT' && message.startsWith(`${parameter}: `);

test('a wrong kind of value is refused by the name of its parameter', () => {
  for (const one of functions) {
    for (const [at, param] of given(one).entries()) {
      if (param.kind === 'handle') continue;
      const values = argumentsOf(one, null);
      values[at] = Symbol('wrong');
      assert.throws(() => ffi[one.name](...values), refused(param.name), `${one.name}: ${param.name}`);
    }
  }
});

// Guests that do what they must not. They get errors; the host and other guests go on as if nothing had happened.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assemble, code } from './assemble.mjs';
import { connect, flat, imports, loadGuest, openGuest, take, turn } from './open.mjs';

const ffi = await flat.loadFfi();
const { SAFE_CLOSED, SAFE_INVALID_ARGUMENT, SAFE_INVALID_HANDLE, SAFE_OK, SAFE_OP_FAILED, SAFE_OUT_OF_MEMORY, SafeError } = flat;

/** The host can still do everything. */
async function hostWorks() {
  const connecting = ffi.safe_connect('mem:', 0);
  await ffi.ended(connecting);
  const client = ffi.safe_op_take_client(connecting);
  const putting = ffi.safe_put(client, new Uint8Array(5000).fill(7), flat.SAFE_PUT_PRIVATE);
  await ffi.ended(putting);
  ffi.safe_receipt_free(ffi.safe_op_take_receipt(putting));
  for (const op of [connecting, putting]) ffi.safe_op_free(op);
  ffi.safe_client_free(client);
}

after(async () => {
  await hostWorks();
  assert.equal(ffi.safe_debug_live_handles(), 0n);
});

const refused = (bytes, codeName, message) =>
  assert.rejects(loadGuest(bytes, ffi), (problem) => {
    assert.ok(problem instanceof SafeError, String(problem));
    assert.equal(problem.codeName, codeName);
    assert.match(problem.message, message);
    return true;
  });

test('foreign imports are refused by name', async () => {
  const own = ['safe_teleport', '__proto__', 'constructor'].map((name) => ['safe_ffi', name]);
  for (const [from, name] of [['env', 'abort'], ['wasi_snapshot_preview1', 'fd_write'], ...own]) {
    await refused(assemble({ imports: [[from, name, '>']] }), 'SAFE_UNSUPPORTED', new RegExp(`${name}`));
  }
});

test('a guest without a memory, or with a memory that is none, is refused', async () => {
  await refused(assemble({ pages: null }), 'SAFE_INVALID_ARGUMENT', /memory/);
  await refused(assemble({ pages: null, functions: [['memory', '>', []]] }), 'SAFE_INVALID_ARGUMENT', /memory/);
});

test('what is no wasm, or declares an import otherwise than the headers, is refused', async () => {
  await assert.rejects(loadGuest(new Uint8Array(8), ffi), WebAssembly.CompileError);
  const wrong = await loadGuest(assemble({ imports: [['safe_ffi', 'safe_version_number', 'jjj>j']] }), ffi, { report() {} });
  assert.throws(() => wrong.exports.safe_version_number(1n, 2n, 3n));
  wrong.dispose();
});

test('a start function may not call the library: it is not there yet', async () => {
  const call = imports.findIndex(([, name]) => name === 'safe_queue_create');
  const functions = [['begin', '>', [code.number(8), code.number(0), code.call(call), code.drop]]];
  const open = await openGuest(ffi, functions, { start: true });
  assert.equal(open.guest.liveHandles(), 0);
  assert.equal(open.u32(8), 0);
  open.guest.dispose();
});

test('pointers and lengths outside of the memory are errors that are told', async () => {
  const open = await openGuest(ffi);
  const { call } = open;
  const client = await connect(open);
  const size = call.memory.buffer.byteLength;
  const error = open.put(4);
  for (const [pointer, length] of [[size, 1], [size - 10, 11], [0xffff_fff0, 0x20], [1024, 0xffff_ffff], [-1, 1], [8, size]]) {
    const before = open.reports.length;
    for (const op of [call.safe_put(client, pointer, length, 0), call.safe_chunk_put(client, pointer, length)]) {
      while (call.safe_op_state(op) === 0) await turn();
      assert.equal(call.safe_op_state(op), SAFE_OP_FAILED);
      call.safe_op_free(op);
    }
    assert.equal(open.reports.length, before + 2);
    assert.match(open.reports.at(-1), /safe_chunk_put: data: \d+ bytes at 0x[0-9a-f]+ are not inside/);
  }
  assert.equal(call.safe_queue_create(size - 2, error), SAFE_INVALID_ARGUMENT);
  assert.equal(call.safe_queue_create(size + 4, size), SAFE_INVALID_ARGUMENT); // no room for the error either
  new Uint8Array(call.memory.buffer).fill(0x78, size - 100); // a text that does not end
  assert.equal(call.safe_link_parse(size - 50, open.put(4), 0), SAFE_INVALID_ARGUMENT);
  assert.equal(call.safe_feature(size + 1), 0);
  call.safe_error_free(open.u32(error));
  call.safe_client_free(client);
  assert.equal(open.guest.liveHandles(), 0);
  open.guest.dispose();
});

test('no handle but its own is good for a guest: neither the host\'s nor another guest\'s nor a guessed one', async () => {
  const [a, b] = [await openGuest(ffi), await openGuest(ffi)];
  const out = a.put(4);
  assert.equal(a.call.safe_key_generate(out, 0), SAFE_OK);
  const key = a.u32(out);
  const hosts = ffi.safe_key_generate();
  const room = b.put(64);
  const guessed = [1, 2, 0xffff_ffff, key - 1, key + 1, key ^ 0x8000_0000, key ^ 1 << 12];
  for (const other of [key, hosts, ...guessed]) {
    assert.equal(b.call.safe_key_public(other, room, 0), SAFE_INVALID_HANDLE);
    assert.equal(b.call.safe_key_export(other, room, 0), SAFE_INVALID_HANDLE);
    b.call.safe_key_free(other);
  }
  assert.deepEqual(b.bytes(room, 64), new Uint8Array(64));
  assert.match(b.reports[0], /0x[0-9a-f]+ is not a handle of this guest/);
  assert.equal(ffi.safe_key_public(hosts).length, 32);
  assert.equal(a.call.safe_key_public(key, a.put(32), 0), SAFE_OK);
  a.call.safe_client_free(key); // another type: stays
  assert.equal(a.call.safe_key_public(key, a.put(32), 0), SAFE_OK);
  a.call.safe_key_free(key);
  a.call.safe_key_free(key);
  assert.equal(a.call.safe_key_public(key, a.put(32), 0), SAFE_INVALID_HANDLE);
  ffi.safe_key_free(hosts);
  for (const { guest } of [a, b]) guest.dispose();
});

test('an operation of another guest is neither seen nor freed nor taken from', async () => {
  const [a, b] = [await openGuest(ffi), await openGuest(ffi)];
  const op = a.call.safe_connect(a.put('mem:'), 0);
  b.call.safe_op_cancel(op);
  b.call.safe_op_free(op);
  assert.equal(b.call.safe_op_state(op), SAFE_INVALID_HANDLE);
  assert.equal(b.call.safe_op_take_client(op, b.put(4), 0), SAFE_INVALID_HANDLE);
  a.call.safe_client_free(await take(a, op, 'client'));
  for (const { guest } of [a, b]) guest.dispose();
});

test('a callback must be a function of the table', async () => {
  const functions = [['done', 'ii>', []]];
  const open = await openGuest(ffi, functions);
  const op = open.call.safe_connect(open.put('mem:'), 0);
  for (const index of [9999, -1, 0]) assert.equal(open.call.safe_op_on_done(op, index, 0, 0), SAFE_INVALID_ARGUMENT);
  assert.equal(open.call.safe_op_on_done(op, open.index('done'), 0, 0), SAFE_OK);
  open.guest.dispose();
  const without = await openGuest(ffi, functions, { table: false });
  const other = without.call.safe_connect(without.put('mem:'), 0);
  assert.equal(without.call.safe_op_on_done(other, 1, 0, 0), SAFE_INVALID_ARGUMENT);
  assert.match(without.reports.at(-1), /__indirect_function_table/);
  without.guest.dispose();
});

test('a trap ends the guest, not the host: in a call, and in a callback', async () => {
  const functions = [['trap', '>', [code.trap]], ['done', 'ii>', [code.trap]]];
  const a = await openGuest(ffi, functions);
  assert.throws(() => a.call.trap(), (problem) => problem instanceof SafeError && /trapped/.test(problem.message));
  assert.throws(() => a.call.safe_version_number(), (problem) => problem.code === SAFE_CLOSED);
  a.guest.dispose();

  const b = await openGuest(ffi, functions);
  const op = b.call.safe_connect(b.put('mem:'), 0);
  b.call.safe_op_on_done(op, b.index('done'), 0, 0);
  while (b.reports.length === 0) await turn();
  assert.match(b.reports[0], /trapped \(callback safe_op_on_done: done\)/);
  assert.throws(() => b.call.safe_op_state(op), (problem) => problem.code === SAFE_CLOSED);
  await hostWorks();
  b.guest.dispose();
});

test('a guest that calls itself without end has trapped', async () => {
  const own = imports.length;
  const open = await openGuest(ffi, [['deep', '>', [code.call(own)]]]);
  assert.throws(() => open.call.deep(), (problem) => problem instanceof SafeError && /call stack/.test(problem.message));
  open.guest.dispose();
});

const allocators = {
  'that has no memory': [[code.number(0)], SAFE_OUT_OF_MEMORY],
  'that gives what is outside': [[code.number(0x7fff_0000)], SAFE_OUT_OF_MEMORY],
  'that gives the end': [[code.number(4 * 65536 - 1)], SAFE_OUT_OF_MEMORY],
  'that traps': [[code.trap], SAFE_OUT_OF_MEMORY],
  'that grows the memory': [[code.grow(3), code.number(2048)], SAFE_OK],
};
for (const [what, [body, status]] of Object.entries(allocators)) {
  test(`an allocator ${what}`, async () => {
    const functions = [['safe_guest_alloc', 'i>i', body], ['safe_guest_free', 'i>', []]];
    const open = await openGuest(ffi, functions);
    const text = open.call.safe_version_string();
    assert.equal(text === 0, status !== SAFE_OK);
    if (status === SAFE_OK) {
      assert.equal(text, 2048);
      assert.equal(new TextDecoder().decode(open.bytes(text, 5)), '1.0.0');
    } else {
      assert.ok(open.reports.length > 0);
    }
    open.guest.dispose();
  });
}

test('a guest without an allocator gets pages of its own', async () => {
  const open = await openGuest(ffi);
  const before = open.call.memory.buffer.byteLength;
  const text = open.call.safe_version_string();
  assert.ok(text >= before);
  assert.equal(open.call.safe_version_string(), text);
  open.guest.dispose();
});

test('a guest that is dropped with operations in flight leaves nothing, a hundred times', async () => {
  const drop = async () => {
    const open = await openGuest(ffi, [['done', 'ii>', []]]);
    const client = await connect(open);
    const data = open.put(new Uint8Array(40_000).fill(5));
    const writer = await take(open, open.call.safe_writer_open(client, 80_000n, 0), 'writer');
    const writing = open.call.safe_writer_write(writer, data, 40_000);
    const putting = open.call.safe_put(client, data, 40_000, 0);
    open.call.safe_op_on_done(putting, open.index('done'), 0, 0);
    const queue = open.put(4);
    open.call.safe_queue_create(queue, 0);
    open.call.safe_op_to_queue(writing, open.u32(queue), 1n, 0);
    open.call.safe_port_create(1, open.put('guest'), queue, 0);
    open.guest.dispose();
    assert.equal(open.guest.liveHandles(), 0);
    assert.throws(() => open.call.safe_version_number(), (problem) => problem.code === SAFE_CLOSED);
  };
  for (let round = 0; round < 20; ++round) await drop();
  await hostWorks();
  const before = ffi.heapBytes();
  for (let round = 0; round < 80; ++round) await drop();
  await hostWorks();
  assert.equal(ffi.heapBytes(), before);
  assert.equal(ffi.safe_debug_live_handles(), 0n);
});

test('a buffer whose guest was dropped is not written to', async () => {
  const open = await openGuest(ffi);
  const client = await connect(open);
  const data = open.put(new Uint8Array(30_000).fill(9));
  const receipt = await take(open, open.call.safe_put(client, data, 30_000, 1), 'receipt');
  const out = open.put(4);
  open.call.safe_receipt_link(receipt, out, 0);
  const reader = await take(open, open.call.safe_open(client, open.u32(out)), 'reader');
  const room = open.put(30_000);
  open.call.safe_reader_read_into(reader, 0n, room, 30_000);
  open.guest.dispose();
  for (let turns = 0; turns < 100; ++turns) await turn();
  assert.deepEqual(open.bytes(room, 30_000), new Uint8Array(30_000));
});

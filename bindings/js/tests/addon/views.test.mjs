// Bytes in every form that JavaScript has, also those that go away, grow or are shared while an operation has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noise } from '../api/check.mjs';
import { bytesOf, connect, failure, ffi, flat, put, result } from '../ffi/flat.mjs';

const free = (handles) => {
  for (const [name, handle] of Object.entries(handles)) ffi[`safe_${name}_free`](handle);
};
const client = await connect();

async function stored(bytes) {
  const link = await put(client, bytes);
  const back = bytesOf(await result(ffi.safe_get_bytes(client, link, 1 << 24), 'bytes'));
  ffi.safe_link_free(link);
  return back;
}

const detached = () => {
  const array = new Uint8Array(64);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};

test('every kind of view, with offsets, is the bytes that it shows', async () => {
  const whole = noise(8192);
  const { buffer } = whole;
  const kinds = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
    Float64Array, BigInt64Array, BigUint64Array];
  for (const Kind of kinds) {
    const view = new Kind(buffer, 64, 32);
    assert.deepEqual(await stored(view), whole.slice(64, 64 + view.byteLength), Kind.name);
  }
  assert.deepEqual(await stored(new DataView(buffer, 3, 1001)), whole.slice(3, 1004));
  assert.deepEqual(await stored(Buffer.from(buffer, 7, 100)), whole.slice(7, 107));
  assert.deepEqual(await stored(Uint8Array.of(1, 2, 3)), Uint8Array.of(1, 2, 3), 'small ones, which live on the heap');
});

test('nothing is as good as something', async () => {
  for (const empty of [new Uint8Array(0), new ArrayBuffer(0), new DataView(new ArrayBuffer(8), 8), Buffer.alloc(0)]) {
    assert.equal((await stored(empty)).length, 0);
  }
  assert.equal((await stored(detached())).length, 0, 'what was given away is nothing');
  const link = await put(client, noise(100));
  const reader = await result(ffi.safe_open(client, link), 'reader');
  assert.equal(await result(ffi.safe_reader_read_into(reader, 0, new Uint8Array(0)), 'u64'), 0n);
  assert.equal(await result(ffi.safe_reader_read_into(reader, 0, detached()), 'u64'), 0n);
  free({ reader, link });
});

test('memory that is shared with other threads can be read and filled as a view; itself it is none', async () => {
  const shared = new SharedArrayBuffer(4096);
  new Uint8Array(shared).set(noise(4096));
  assert.deepEqual(await stored(new Uint8Array(shared, 5, 1000)), noise(4096).slice(5, 1005));
  assert.throws(() => ffi.safe_put(client, shared, 0), failure('SAFE_INVALID_ARGUMENT', /^data: /));
  const link = await put(client, noise(4096, 2));
  const reader = await result(ffi.safe_open(client, link), 'reader');
  await result(ffi.safe_reader_read_into(reader, 0, new Uint8Array(shared, 100, 200)), 'u64');
  assert.deepEqual(new Uint8Array(shared, 100, 200).slice(), noise(4096, 2).slice(0, 200));
  free({ reader, link });
});

test('buffers that go away, shrink or grow while an operation has them', async () => {
  const content = noise(1_000_000, 3);
  const link = await put(client, content);
  const reader = await result(ffi.safe_open(client, link), 'reader');

  const gone = new Uint8Array(1_000_000);
  const op = ffi.safe_reader_read_into(reader, 0, gone);
  const moved = structuredClone(gone.buffer, { transfer: [gone.buffer] });
  assert.equal(await result(op, 'u64'), 1_000_000n);
  assert.ok(new Uint8Array(moved).every((byte) => byte === 0), 'it has a new owner, who sees nothing of it');

  const buffer = new ArrayBuffer(1_000_000, { maxByteLength: 2_000_000 });
  const tracking = new Uint8Array(buffer);
  for (const size of [10, 2_000_000]) {
    buffer.resize(1_000_000);
    const reading = ffi.safe_reader_read_into(reader, 0, tracking);
    buffer.resize(size);
    assert.equal(await result(reading, 'u64'), 1_000_000n);
  }
  buffer.resize(1_000_000);
  assert.equal(await result(ffi.safe_reader_read_into(reader, 0, tracking), 'u64'), 1_000_000n);
  assert.deepEqual(tracking.slice(), content);
  free({ reader, link });
});

test('a writer has what was in the buffer when it was given, whatever becomes of it', async () => {
  const content = noise(3_000_000, 4);
  const writer = await result(ffi.safe_writer_open(client, content.length, flat.SAFE_PUT_PRIVATE), 'writer');
  for (let at = 0; at < content.length; at += 1_000_000) {
    const piece = content.slice(at, at + 1_000_000);
    const op = ffi.safe_writer_write(writer, piece);
    piece.fill(0);
    structuredClone(piece.buffer, { transfer: [piece.buffer] });
    await result(op);
  }
  const receipt = await result(ffi.safe_writer_close(writer), 'receipt');
  const link = ffi.safe_receipt_link(receipt);
  assert.deepEqual(bytesOf(await result(ffi.safe_get_bytes(client, link, 1 << 24), 'bytes')), content);
  free({ writer, receipt, link });
});

test("the writer's own memory is JavaScript's until it is handed in, and never a way into the library", async () => {
  const content = noise(600_000, 5);
  const writer = await result(ffi.safe_writer_open(client, content.length, flat.SAFE_PUT_PRIVATE), 'writer');
  const first = ffi.safe_writer_reserve(writer, 300_000);
  first.set(content.subarray(0, 299_999));
  assert.equal(ffi.safe_writer_replay_size(writer), 0n, 'a look at the writer hands nothing in');
  first[299_999] = content[299_999];
  const op = ffi.safe_writer_commit(writer, 300_000);
  first.fill(0xee); // too late
  await result(op);
  const second = ffi.safe_writer_reserve(writer, 300_000);
  second.set(content.subarray(300_000));
  await result(ffi.safe_writer_commit(writer, 300_000));
  const receipt = await result(ffi.safe_writer_close(writer), 'receipt');
  const link = ffi.safe_receipt_link(receipt);
  assert.deepEqual(bytesOf(await result(ffi.safe_get_bytes(client, link, 1 << 24), 'bytes')), content);
  free({ writer, receipt, link });
  second.fill(1); // of a writer that is gone

  const other = await result(ffi.safe_writer_open(client, flat.SAFE_SIZE_UNKNOWN, flat.SAFE_PUT_PRIVATE), 'writer');
  const given = ffi.safe_writer_reserve(other, 1000);
  structuredClone(given.buffer, { transfer: [given.buffer] });
  await result(ffi.safe_writer_commit(other, 1000)); // whatever was there: what was given away is not taken
  await assert.rejects(result(ffi.safe_writer_commit(other, 1000)), failure('SAFE_INVALID_ARGUMENT'));
  ffi.safe_writer_free(other);
});

test('many operations with buffers that are freed at once keep no memory', async () => {
  const link = await put(client, noise(4_000_000, 6));
  const reader = await result(ffi.safe_open(client, link), 'reader');
  const settle = async () => {
    for (let turns = 0; turns < 20; ++turns) await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc();
  };
  const round = async () => {
    for (let at = 0; at < 10; ++at) ffi.safe_op_free(ffi.safe_reader_read_into(reader, 0, new Uint8Array(4_000_000)));
    await settle();
  };
  for (let at = 0; at < 3; ++at) await round();
  const before = process.memoryUsage().rss;
  for (let at = 0; at < 10; ++at) await round();
  // On a busy machine what was cancelled ends, and what was freed is collected, when its turn comes.
  let grown;
  for (let tries = 0; (grown = process.memoryUsage().rss - before) >= 64 << 20 && tries < 300; ++tries) await settle();
  assert.ok(grown < 64 << 20, `${grown} bytes more after 400 MB were lent`);
  free({ reader, link });
});

test('results are arrays of their own, plain ones of any size', async () => {
  for (const size of [1, 100, 4095, 4096, 1_000_000]) {
    const back = await stored(noise(size, size));
    assert.equal(Object.getPrototypeOf(back), Uint8Array.prototype);
    assert.deepEqual([back.byteOffset, back.buffer.byteLength], [0, size]);
    assert.deepEqual(back, noise(size, size));
    structuredClone(back.buffer, { transfer: [back.buffer] }); // it can be given away
  }
});

test('nothing is left', () => ffi.safe_client_free(client));

// Operations: told of by callback, queue and promise; buffers that they keep; cancelled, and freed while they run.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { folder } from '../common/installed.mjs';
import { bytesOf, connect, failure, ffi, flat, noise, put, result } from './flat.mjs';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a callback is called once, with the operation, and not while the starting call runs', async () => {
  const op = ffi.safe_connect('mem:', 0);
  const calls = [];
  await new Promise((resolve) => {
    ffi.safe_op_on_done(op, (ended) => {
      calls.push(ended);
      resolve();
    });
    assert.deepEqual(calls, []);
  });
  await turn();
  assert.deepEqual(calls, [op]);
  assert.throws(() => ffi.safe_op_on_done(op, () => {}), failure('SAFE_INVALID_ARGUMENT'));
  ffi.safe_client_free(ffi.safe_op_take_client(op));
  ffi.safe_op_free(op);
});

test('the callback of an operation that was freed is called with null', async () => {
  const client = await connect();
  const op = ffi.safe_put(client, noise(100_000), flat.SAFE_PUT_PRIVATE);
  const called = new Promise((resolve) => ffi.safe_op_on_done(op, resolve));
  ffi.safe_op_free(op);
  assert.equal(await called, null);
  ffi.safe_client_free(client);
});

test('a callback may free everything, and start anew', async () => {
  const client = await connect();
  let rounds = 0;
  await new Promise((resolve, reject) => {
    const next = () => {
      const op = ffi.safe_put(client, noise(1000, rounds), flat.SAFE_PUT_PRIVATE);
      ffi.safe_op_on_done(op, (ended) => {
        try {
          ffi.safe_receipt_free(ffi.safe_op_take_receipt(ended));
          ffi.safe_op_free(ended);
          if (++rounds < 20) return next();
          ffi.safe_client_free(client);
          resolve();
        } catch (problem) {
          reject(problem);
        }
      });
    };
    next();
  });
  assert.equal(rounds, 20);
});

test('a queue gives each operation once, with its tag, also one above 2^53', async () => {
  const client = await connect();
  const queue = ffi.safe_queue_create();
  assert.equal(ffi.safe_queue_next(queue, 60_000), null); // nothing waits in JavaScript
  const tags = new Map();
  for (let number = 0; number < 10; ++number) {
    const op = ffi.safe_put(client, noise(500, number), flat.SAFE_PUT_PRIVATE);
    tags.set(op, 2n ** 60n + BigInt(number));
    ffi.safe_op_to_queue(op, queue, tags.get(op));
  }
  while (tags.size > 0) {
    const ended = ffi.safe_queue_next(queue, 0);
    if (!ended) {
      await turn();
      continue;
    }
    assert.equal(ended.tag, tags.get(ended.op));
    tags.delete(ended.op);
    ffi.safe_receipt_free(ffi.safe_op_take_receipt(ended.op));
    ffi.safe_op_free(ended.op);
  }
  ffi.safe_queue_wake(queue);
  assert.throws(() => ffi.safe_queue_next(queue, 0), failure('SAFE_WOKEN'));
  if (ffi.engine === 'wasm') assert.throws(() => ffi.safe_queue_fd(queue), failure('SAFE_UNSUPPORTED'));
  else assert.ok(ffi.safe_queue_fd(queue) > 2);
  ffi.safe_queue_free(queue);
  ffi.safe_client_free(client);
});

test('waiting does not block: null while the operation goes on', async () => {
  const port = ffi.safe_port_create(flat.SAFE_PORT_STORE, 'silent'); // which nobody serves
  const op = ffi.safe_connect('silent:', 0);
  const start = performance.now();
  assert.equal(ffi.safe_op_wait(op, flat.SAFE_FOREVER), null);
  assert.ok(performance.now() - start < 10_000);
  assert.throws(() => ffi.safe_op_take_client(op), failure('SAFE_PENDING'));
  ffi.safe_op_cancel(op);
  await assert.rejects(result(op, 'client'), failure('SAFE_CANCELLED'));
  ffi.safe_port_free(port);
});

test('a stream is written in pieces whose buffers change afterwards, and through memory of the writer', async () => {
  const client = await connect();
  const content = noise(300_000);
  const writer = await result(ffi.safe_writer_open(client, content.length, flat.SAFE_PUT_PRIVATE), 'writer');
  const buffer = new Uint8Array(100_000);
  buffer.set(content.subarray(0, 100_000));
  const writing = ffi.safe_writer_write(writer, buffer);
  buffer.fill(0);
  await result(writing);
  ffi.safe_writer_reserve(writer, 150_000).set(content.subarray(100_000, 250_000));
  await result(ffi.safe_writer_commit(writer, 150_000));
  await result(ffi.safe_writer_write(writer, content.subarray(250_000)));
  const receipt = await result(ffi.safe_writer_close(writer), 'receipt');
  assert.equal(ffi.safe_receipt_size(receipt), 300_000n);
  const link = ffi.safe_receipt_link(receipt);
  assert.deepEqual(bytesOf(await result(ffi.safe_get_bytes(client, link, 300_000), 'bytes')), content);
  for (const [name, handle] of Object.entries({ writer, receipt, link, client })) ffi[`safe_${name}_free`](handle);
});

test('a read whose operation is freed or cancelled fills nothing afterwards, and keeps no memory', async () => {
  const client = await connect();
  const link = await put(client, noise(2_000_000));
  const reader = await result(ffi.safe_open(client, link), 'reader');
  const room = new Uint8Array(1_000_000).fill(0xee);
  const settle = async () => {
    for (let turns = 0; turns < 200; ++turns) await turn();
  };
  const rounds = async (count) => {
    for (let round = 0; round < count; ++round) {
      const freed = ffi.safe_reader_read_into(reader, 0, room);
      const cancelled = ffi.safe_reader_read_into(reader, 0, room);
      ffi.safe_op_free(freed);
      ffi.safe_op_cancel(cancelled);
      await ffi.ended(cancelled);
      assert.notEqual(ffi.safe_op_state(cancelled), flat.SAFE_OP_PENDING);
      const done = ffi.safe_op_state(cancelled) === flat.SAFE_OP_DONE;
      assert.equal(room[500_000] === 0xee, !done);
      room.fill(0xee);
      ffi.safe_op_free(cancelled);
      await settle();
      assert.equal(room[500_000], 0xee, 'a freed operation has filled its buffer');
    }
  };
  await rounds(3);
  const before = ffi.heapBytes();
  await rounds(20);
  assert.equal(ffi.heapBytes(), before);
  for (const [name, handle] of Object.entries({ reader, link, client })) ffi[`safe_${name}_free`](handle);
});

test('a buffer that went to a worker meanwhile is left alone', async () => {
  const client = await connect();
  const link = await put(client, noise(5000));
  const reader = await result(ffi.safe_open(client, link), 'reader');
  const room = new Uint8Array(5000);
  const op = ffi.safe_reader_read_into(reader, 0, room);
  structuredClone(room.buffer, { transfer: [room.buffer] });
  assert.equal(await result(op, 'u64'), 5000n);
  assert.equal(room.length, 0);
  for (const [name, handle] of Object.entries({ reader, link, client })) ffi[`safe_${name}_free`](handle);
});

test('the log has one listener, or none', async () => {
  const lines = [];
  ffi.safe_log_to(flat.SAFE_LOG_DEBUG, (level, message) => lines.push([level, message]));
  ffi.safe_client_free(await connect());
  ffi.safe_log_to(flat.SAFE_LOG_DEBUG, null);
  const before = lines.length;
  ffi.safe_client_free(await connect());
  assert.equal(lines.length, before);
  for (const [level, message] of lines) assert.ok(Number.isInteger(level) && typeof message === 'string');
});

// A program of its own, with the library as `ffi` and a client; what it printed.
async function program(body) {
  const script = `
    const { loadFfi } = await import(${JSON.stringify(path.join(folder, 'ffi.js'))});
    const ffi = await loadFfi();
    ffi.safe_op_on_done(ffi.safe_connect('mem:', 0), (op) => {
      const client = ffi.safe_op_take_client(op);
      ${body}
    });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 60_000 });
  return stdout;
}

test('Node lives as long as an operation is pending, and no longer', async () => {
  const body = "ffi.safe_op_on_done(ffi.safe_put(client, new Uint8Array(3_000_000), 1), () => console.log('stored'));";
  assert.equal(await program(body), 'stored\n');
});

test('a callback that throws harms nobody: it is an exception of the program', async () => {
  const body = `
      process.on('uncaughtException', ({ message }) => console.log(message));
      const put = () => ffi.safe_put(client, new Uint8Array(3000), 1);
      ffi.safe_op_on_done(put(), () => { throw new Error('on purpose'); });
      ffi.safe_op_on_done(put(), (op) => console.log(ffi.safe_op_state(op) === ${flat.SAFE_OP_DONE}));`;
  assert.deepEqual((await program(body)).trim().split('\n').sort(), ['on purpose', 'true']);
});

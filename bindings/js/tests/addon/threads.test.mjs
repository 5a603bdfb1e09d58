// Workers of Node's, each with an environment of its own, over the one library of the process: they come and go at any
// moment, and whatever they had of the library goes with them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { load } from '../common/installed.mjs';
import { until } from '../api/check.mjs';
import { head } from './scripts.mjs';

const flat = await load('libsafe/ffi');
const { connect, liveHandles } = await load('libsafe');
const count = () => flat.loadFfi({ engine: 'addon' }).then((ffi) => {
  const all = ffi.safe_debug_live_handles(); // of the whole process
  ffi.dispose();
  return all;
});

/** A worker that runs the program; `post` is what it says to us. `ended` is how it ends, from the beginning on. */
function worker(text) {
  const body = `${head()}
    import { parentPort, threadId } from 'node:worker_threads';
    const post = (what) => parentPort.postMessage(what);
    ${text}`;
  const one = new Worker(new URL(`data:text/javascript,${encodeURIComponent(body)}`));
  one.ended = new Promise((resolve) => one.once('exit', resolve)); // it may come together with the last message
  return one;
}

const message = (one) => new Promise((resolve, reject) => one.once('message', resolve).once('error', reject));

const work = `
  const client = await connect('mem:', { engine: 'addon' });
  const content = new Uint8Array(3_000_000).map((_, at) => at * at >> 3);
  const { link } = await client.put(content, { private: true });
  const back = await client.get(link);
  post(back.every((byte, at) => byte === content[at]));
  await client.close();`;

test('many workers at a time, beside the main thread', async () => {
  const client = await connect('mem:', { engine: 'addon' });
  const mine = client.put(new Uint8Array(5_000_000));
  const all = await Promise.all(Array.from({ length: 8 }, async () => {
    const one = worker(work);
    const good = await message(one);
    assert.equal(await one.ended, 0);
    return good;
  }));
  assert.deepEqual(all, Array(8).fill(true));
  assert.equal((await mine).size, 5_000_000);
  await client.close();
  assert.equal(await liveHandles(), 0);
  assert.equal(await count(), 0n);
});

test('a worker that ends with everything open leaves nothing behind', async () => {
  const one = worker(`
    const client = await connect('mem:', { engine: 'addon' });
    const { link } = await client.put(new Uint8Array(100_000));
    globalThis.kept = [client, await client.open(link), await safe.Key.generate(), await flat.loadFfi({ engine: 'addon' })];
    globalThis.kept[3].safe_key_generate();
    globalThis.kept[3].safe_log_to(flat.SAFE_LOG_DEBUG, () => {});
    post(true);`);
  await message(one);
  assert.equal(await one.ended, 0, 'idle objects do not keep it');
  assert.equal(await count(), 0n);
});

// What is under way when the worker is stopped.
const busy = {
  'a put of the classes': `
    const client = await connect('mem:', { engine: 'addon' });
    const put = () => client.put(new Uint8Array(8_000_000).fill(Math.random() * 256)).then(put);
    for (let at = 0; at < 4; ++at) put();`,
  'operations of the flat layer that nobody looks at': `
    const ffi = await flat.loadFfi({ engine: 'addon' });
    const connecting = ffi.safe_connect('mem:', 0);
    await ffi.ended(connecting);
    const client = ffi.safe_op_take_client(connecting);
    for (let at = 0; at < 500; ++at) ffi.safe_put(client, new Uint8Array(50_000).fill(at), 1);`,
  'buffers that are lent': `
    const ffi = await flat.loadFfi({ engine: 'addon' });
    const result = async (op, type) => (await ffi.ended(op), ffi['safe_op_take_' + type](op));
    const client = await result(ffi.safe_connect('mem:', 0), 'client');
    const receipt = await result(ffi.safe_put(client, new Uint8Array(4_000_000), 1), 'receipt');
    const reader = await result(ffi.safe_open(client, ffi.safe_receipt_link(receipt)), 'reader');
    const queue = ffi.safe_queue_create();
    const read = () => {
      const op = ffi.safe_reader_read_into(reader, 0, new Uint8Array(4_000_000));
      if (Math.random() < 0.5) return ffi.safe_op_on_done(op, () => (ffi.safe_op_free(op), read()));
      ffi.safe_op_to_queue(op, queue, 1);
      setTimeout(() => (ffi.safe_op_free(op), read()), 5);
    };
    for (let at = 0; at < 20; ++at) read();
    const writer = await result(ffi.safe_writer_open(client, flat.SAFE_SIZE_UNKNOWN, 1), 'writer');
    const write = () => ffi.safe_op_on_done(ffi.safe_writer_write(writer, new Uint8Array(1_000_000)), write);
    write();`,
  'a store of its own, which owes an answer': `
    const ffi = await flat.loadFfi({ engine: 'addon' });
    const scheme = 'silent' + threadId; // of one scheme there is one port in a process
    const port = ffi.safe_port_create(flat.SAFE_PORT_STORE, scheme);
    ffi.safe_port_on_request(port, () => ffi.safe_port_next(port, 0));
    for (let at = 0; at < 10; ++at) ffi.ended(ffi.safe_connect(scheme + ':' + at, 0));
    ffi.safe_connect(scheme + ':', 0);`,
  'a log': `
    const ffi = await flat.loadFfi({ engine: 'addon' });
    ffi.safe_log_to(flat.SAFE_LOG_DEBUG, () => {});
    const again = async () => {
      const client = await connect('mem:', { engine: 'addon' });
      await client.put(new Uint8Array(1000));
      await client.close();
      again();
    };
    for (let at = 0; at < 4; ++at) again();`,
};

for (const [what, text] of Object.entries(busy)) {
  test(`a worker that is stopped in the middle: ${what}`, async () => {
    for (let round = 0; round < 12; ++round) {
      const some = Array.from({ length: 2 }, () => worker(`${text}\n post('under way');`));
      await Promise.all(some.map(message));
      await new Promise((resolve) => setTimeout(resolve, round * 7));
      await Promise.all(some.map((one) => one.terminate()));
    }
    await until(async () => (await count()) === 0n, `${what}: handles are left`);
  });
}

test('a worker that ends by itself in the middle of its work', async () => {
  for (let round = 0; round < 10; ++round) {
    const one = worker(`${busy['a put of the classes']}\n setTimeout(() => process.exit(7), ${round * 5});`);
    assert.equal(await one.ended, 7);
  }
  await until(async () => (await count()) === 0n, 'handles are left');
});

test('a log goes to the one that asked for it last, and to nobody when that has gone', async () => {
  const ffi = await flat.loadFfi({ engine: 'addon' });
  const lines = [];
  ffi.safe_log_to(flat.SAFE_LOG_DEBUG, (level, text) => lines.push([level, text]));
  const one = worker(`
    const ffi = await flat.loadFfi({ engine: 'addon' });
    ffi.safe_log_to(flat.SAFE_LOG_DEBUG, () => {});
    post(true);
    setInterval(() => {}, 1000);`);
  await message(one);
  const before = lines.length;
  const act = async () => (await connect('mem:', { engine: 'addon' })).close();
  await act();
  assert.equal(lines.length, before, 'the other one has it');
  await one.terminate();
  await act();
  assert.equal(lines.length, before);
  ffi.dispose();
  assert.equal(await count(), 0n);
});

// The addon and Node's process: it goes on while an operation is under way and not longer, its thread stays free, and it may
// end at any moment.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../common/installed.mjs';
import { noise } from '../api/check.mjs';
import { program } from './scripts.mjs';

const rounds = process.env.SAFE_SCALE === 'full' ? 100 : 8; // for each way to end in the middle

const { connect, liveHandles } = await load('libsafe');
const flat = await load('libsafe/ffi');

const well = async (text, printed) =>
  assert.deepEqual(await program(text, { engine: 'addon' }), { code: 0, stdout: printed, stderr: '' });

test('an operation that nobody looks at keeps the process until it has ended', async () => {
  await well(`
    const ffi = await flat.loadFfi();
    const begun = performance.now();
    const connecting = ffi.safe_connect(\`file:\${folder}/kept\`, 0);
    await ffi.ended(connecting);
    const client = ffi.safe_op_take_client(connecting);
    const op = ffi.safe_put(client, new Uint8Array(6_000_000).map((_, at) => at * at >> 3), 0);
    process.on('exit', () => console.log(ffi.safe_op_state(op) === flat.SAFE_OP_DONE));`, 'true\n');
});

test('what has a queue of its own keeps it, too', async () => {
  await well(`
    const ffi = await flat.loadFfi();
    const queue = ffi.safe_queue_create();
    const op = ffi.safe_connect('mem:', 0);
    ffi.safe_op_to_queue(op, queue, 7);
    process.on('exit', () => console.log(ffi.safe_queue_next(queue, 0).tag));`, '7n\n');
});

test('ports, logs, queues and what lies idle do not', async () => {
  await well(`
    const ffi = await flat.loadFfi();
    ffi.safe_port_on_request(ffi.safe_port_create(flat.SAFE_PORT_STORE, 'idle'), () => {});
    ffi.safe_log_to(flat.SAFE_LOG_DEBUG, () => {});
    ffi.safe_queue_create();
    const client = await connect('mem:');
    await client.put(new Uint8Array(10));
    console.log('idle');`, 'idle\n');
});

test('a process that ends with operations in flight ends at once and well', async () => {
  const busy = `
    const client = await connect(\`file:\${folder}/in-flight\`);
    for (let at = 0; at < 8; ++at) client.put(new Uint8Array(9_000_000).fill(at + Math.random() * 99)).catch(() => {});
    const ffi = await flat.loadFfi();
    const connecting = ffi.safe_connect('mem:', 0);
    await ffi.ended(connecting);
    const other = ffi.safe_op_take_client(connecting);
    for (let at = 0; at < 100; ++at) ffi.ended(ffi.safe_put(other, new Uint8Array(100_000).fill(at), 1));
    const writing = ffi.safe_writer_open(other, flat.SAFE_SIZE_UNKNOWN, 1);
    await ffi.ended(writing);
    ffi.safe_writer_write(ffi.safe_op_take_writer(writing), new Uint8Array(4_000_000));
    const end = () => { ENDING };
    setTimeout(end, WAIT);`;
  const endings = { 'process.exit(3)': 3, "throw new Error('on purpose')": 1, "process.kill(process.pid, 'SIGTERM')": 'SIGTERM' };
  for (const [ending, code] of Object.entries(endings)) {
    for (let round = 0; round < rounds; ++round) {
      const ended = await program(busy.replace('ENDING', ending).replace('WAIT', String(round * 8)), { engine: 'addon' });
      assert.equal(ended.code, code, `${ending}: ${ended.stderr}`);
    }
  }
});

/** The longest turn of Node's loop while the content is put and read, how many there were, and how long it all took. */
async function turnsWhile(client, content) {
  let [longest, turns, last] = [0, 0, performance.now()];
  const begun = last;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    ++turns;
  }, 1);
  const { utilization } = await (async () => {
    const before = performance.eventLoopUtilization();
    const { link } = await client.put(content, { private: true });
    const reader = await client.open(link);
    for await (const piece of reader.stream()) assert.ok(piece.length > 0);
    return performance.eventLoopUtilization(before);
  })();
  const taken = performance.now() - begun;
  clearInterval(timer);
  console.log(`# longest turn ${longest.toFixed(1)} ms, ${turns} turns, Node's thread busy for ${(utilization * 100).toFixed(0)} %`);
  return { longest, turns, taken };
}

test("Node's thread stays free while 100 MB are put and read", async () => {
  const client = await connect('mem:', { engine: 'addon' });
  const content = new Blob([noise(100_000_000)]);
  const tries = [];
  // On a machine that does nothing else it is a few milliseconds; here others may keep the thread from its turn.
  const free = ({ longest, turns, taken }) => turns > 50 && longest < taken / 4;
  while (tries.length < 10 && !tries.some(free)) tries.push(await turnsWhile(client, content));
  assert.ok(tries.some(free), `a turn took as long as this: ${JSON.stringify(tries)}`);
  await client.close();
});

test('an instance that is disposed of in the middle ends everything', async () => {
  for (let round = 0; round < 20; ++round) {
    const ffi = await flat.loadFfi({ engine: 'addon' });
    const connecting = ffi.safe_connect('mem:', 0);
    await ffi.ended(connecting);
    const client = ffi.safe_op_take_client(connecting);
    const { safe_key_generate } = ffi;
    const ends = Array.from({ length: 20 }, (_, at) => ffi.ended(ffi.safe_put(client, noise(50_000, at), 1)));
    let called = 0;
    for (let at = 0; at < 20; ++at) ffi.safe_op_on_done(ffi.safe_put(client, noise(60_000, at), 1), () => ++called);
    if (round % 2) await new Promise((resolve) => setTimeout(resolve, round / 4));
    const before = called;
    const settled = Promise.allSettled(ends);
    ffi.dispose();
    ffi.dispose();
    for (const { status, reason } of await settled) assert.ok(status === 'fulfilled' || reason.codeName === 'SAFE_CLOSED');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(called, before, 'nothing is called afterwards');
    assert.throws(() => ffi.safe_version_string(), { codeName: 'SAFE_CLOSED' });
    assert.throws(safe_key_generate, { code: 'SAFE_CLOSED' }, 'a function that was kept');
    await assert.rejects(ffi.ended(1), { codeName: 'SAFE_CLOSED' });
  }
});

test('a callback may dispose of its instance', async () => {
  const ffi = await flat.loadFfi({ engine: 'addon' });
  let called = 0;
  await new Promise((resolve) => {
    for (let at = 0; at < 50; ++at) {
      ffi.safe_op_on_done(ffi.safe_connect('mem:', 0), () => {
        ++called;
        ffi.dispose();
        setTimeout(resolve, 50);
      });
    }
  });
  assert.equal(called, 1);
});

test('an exception of a callback is the program\'s, and harms nobody', async () => {
  await well(`
    const told = new Promise((resolve) => process.on('uncaughtException', ({ message }) => resolve(console.log(message))));
    const ffi = await flat.loadFfi();
    ffi.safe_op_on_done(ffi.safe_connect('mem:', 0), () => { throw new Error('on purpose'); });
    const other = new Promise((resolve) => ffi.safe_op_on_done(ffi.safe_connect('mem:', 0), resolve));
    await told; // in whatever order the two end
    await other;
    console.log('goes on');`, 'on purpose\ngoes on\n');
});

test('ten thousand operations under pressure of the garbage collector: each ends once, and nothing is left', async () => {
  const ffi = await flat.loadFfi({ engine: 'addon' });
  const connecting = ffi.safe_connect('mem:', 0);
  await ffi.ended(connecting);
  const client = ffi.safe_op_take_client(connecting);
  ffi.safe_op_free(connecting);
  const ends = new Map();
  const all = [];
  for (let at = 0; at < 10_000; ++at) {
    const op = at % 3 ? ffi.safe_chunk_exists(client, noise(32, at)) : ffi.safe_put(client, noise(300, at), flat.SAFE_PUT_PRIVATE);
    ends.set(op, 0);
    all.push(new Promise((resolve) => {
      const done = () => {
        ends.set(op, ends.get(op) + 1);
        resolve();
      };
      if (at % 2) ffi.safe_op_on_done(op, done);
      else void ffi.ended(op).then(done);
    }));
    if (at % 1000 === 0) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const pressure = setInterval(() => globalThis.gc(), 1);
  await Promise.all(all);
  clearInterval(pressure);
  for (const [op, times] of ends) {
    assert.equal(times, 1);
    assert.equal(ffi.safe_op_state(op), flat.SAFE_OP_DONE);
    ffi.safe_op_free(op);
  }
  ffi.safe_client_free(client);
  assert.deepEqual([ffi.liveHandles(), ffi.safe_debug_live_handles()], [0, 0n]);
  ffi.dispose();
});

test('instances that nobody has any more are freed with all that they had', async () => {
  const watcher = await flat.loadFfi({ engine: 'addon' });
  const forget = async () => {
    const ffi = await flat.loadFfi({ engine: 'addon' });
    for (let each = 0; each < 20; ++each) ffi.safe_key_generate();
    ffi.safe_op_free(ffi.safe_connect('mem:', 0));
  };
  for (let at = 0; at < 50; ++at) await forget();
  for (let tries = 0; watcher.safe_debug_live_handles() > 0n && tries < 500; ++tries) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(watcher.safe_debug_live_handles(), 0n);
  watcher.dispose();
  assert.equal(await liveHandles(), 0);
});

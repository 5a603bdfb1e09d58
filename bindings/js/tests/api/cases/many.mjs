// Much at a time, and much that is forgotten.
import { equal, fails, noise, ok, sleep, text, until } from '../check.mjs';
import { test } from './cases.mjs';

test('ten thousand calls at a time: none is lost, none is mixed up', async ({ connect }) => {
  const client = await connect();
  const { signal } = new AbortController();
  const receipts = await Promise.all(Array.from({ length: 3000 }, (_, number) =>
    client.put(text(`content ${number}`), { private: number % 2 === 0, signal })));
  const reads = receipts.map(async ({ link }, number) => {
    equal(await client.get(link, { signal }), text(`content ${number}`), 'content');
  });
  const other = Array.from({ length: 4000 }, (_, number) =>
    number % 2 ? client.hasChunk(noise(32, number), { signal }).then((has) => equal(has, false, 'chunk'))
      : fails(client.getChunk(noise(32, number)), 'SAFE_NO_SUCH_DATA'));
  await Promise.all([...reads, ...other]);
  await client.close();
}, { only: ['node', 'worker'] });

test('ten thousand reads of one reader at a time', async ({ connect }) => {
  const client = await connect();
  const bytes = noise(9_000_000);
  const reader = await client.open((await client.put(bytes)).link);
  await Promise.all(Array.from({ length: 10_000 }, async (_, number) => {
    const offset = (number * 899) % 8_999_000;
    equal(await reader.read(offset, 100), bytes.subarray(offset, offset + 100), `at ${offset}`);
  }));
  await client.close();
}, { only: ['node', 'worker'] });

test('twelve puts at a time have bounded memory', async ({ connect, safe }) => {
  const client = await connect();
  const sizes = Array.from({ length: 12 }, (_, number) => 5_000_000 + number);
  const puts = sizes.map((size) => client.put(new Blob([noise(size, size)]), { dryRun: true }));
  for (const [at, receipt] of (await Promise.all(puts)).entries()) equal(receipt.size, sizes[at], 'size');
  ok((await safe.heapBytes()) <= 64 << 20, `the library has ${await safe.heapBytes()} bytes`);
  await client.close();
}, { only: ['node', 'worker'] });

test('a thousand contents in a row take no more memory than the first of them', async ({ connect, safe }) => {
  const client = await connect();
  const contents = Array.from({ length: 10 }, (_, number) => noise(3000 * number ** 2, number));
  let heap;
  for (let round = 0; round < 100; ++round) {
    for (const content of contents) {
      const { link } = await client.put(new Blob([content]), { private: true });
      equal((await client.get(link)).length, content.length, 'size');
    }
    if (round === 1) heap = await safe.heapBytes();
  }
  equal(await safe.heapBytes(), heap, 'bytes of memory');
  await client.close();
}, { only: ['node', 'worker'] });

test('ten thousand readers that are forgotten are freed', async ({ connect, safe }) => {
  const client = await connect();
  const { link } = await client.put(text('x'));
  const before = await safe.liveHandles();
  for (let round = 0; round < 100; ++round) {
    await Promise.all(Array.from({ length: 100 }, () => client.open(link)));
    globalThis.gc();
    await sleep(0);
  }
  await collected(async () => (await safe.liveHandles()) <= before, 'readers are left');
  await client.close();
}, { gc: true });

test('keys and clients that are forgotten are freed', async ({ connect, safe }) => {
  const before = await safe.liveHandles();
  for (let round = 0; round < 20; ++round) {
    await Promise.all(Array.from({ length: 50 }, () => safe.Key.generate()));
    await Promise.all(Array.from({ length: 20 }, async () => {
      const client = await connect();
      await client.open((await client.put(text('x'))).link);
    }));
    globalThis.gc();
    await sleep(0);
  }
  await collected(async () => (await safe.liveHandles()) <= before, 'keys or clients are left');
}, { gc: true });

test('a client that is forgotten while it works is not freed before that is done', async ({ connect }) => {
  const working = connect().then((client) => client.put(noise(6_000_000)));
  const reading = connect().then(async (client) => (await client.open((await client.put(noise(3_000_000))).link)).read());
  const streaming = connect().then(async (client) =>
    new Response((await client.open((await client.put(noise(3_000_000))).link)).stream()).arrayBuffer());
  let done = false;
  const all = Promise.all([working, reading, streaming]).finally(() => (done = true));
  while (!done) {
    globalThis.gc();
    await sleep(5);
  }
  const [receipt, bytes, buffer] = await all;
  equal([receipt.size, bytes.length, buffer.byteLength], [6_000_000, 3_000_000, 3_000_000], 'sizes');
}, { gc: true });

async function collected(holds, what) {
  await until(async () => {
    globalThis.gc();
    await sleep(10);
    return holds();
  }, what);
}

// Calls that end before their time: aborted, or by the end of what they work on.
import { drain, equal, fails, noise, ok, random, sleep, text, until } from '../check.mjs';
import { test } from './cases.mjs';

/** A source that gives bytes for ever; tells whether it was let go. */
function endless() {
  const state = { given: 0, ended: false };
  const piece = noise(1 << 20);
  const content = (async function* () {
    try {
      for (;;) {
        state.given += piece.length;
        yield piece;
        await sleep(0);
      }
    } finally {
      state.ended = true;
    }
  })();
  return { content, state };
}

test('what is aborted fails with the reason, as everywhere', async ({ connect, safe }) => {
  const client = await connect();
  const { link } = await client.put(noise(1000));
  const reader = await client.open(link);
  const key = await safe.Key.generate();
  const reason = new Error('because');
  const signal = AbortSignal.abort(reason);
  const calls = {
    connect: () => connect('mem:', { signal }),
    put: () => client.put(text('x'), { signal }),
    open: () => client.open(link, { signal }),
    get: () => client.get(link, { signal }),
    exists: () => client.exists(link, { signal }),
    read: () => reader.read(0, 1, { signal }),
    stream: async () => reader.stream({ signal }).getReader().read(),
    blob: () => reader.blob({ signal }),
    createRecord: () => client.createRecord(key, 'l', text('x'), { signal }),
    setRecord: () => client.setRecord(key, 'l', 1, text('x'), { signal }),
    getRecord: () => client.getRecord(noise(32), { signal }),
    listRecord: () => client.listRecord(noise(32), { signal }).next(),
    getChunk: () => client.getChunk(noise(32), { signal }),
    putChunk: () => client.putChunk(text('x'), { signal }),
    hasChunk: () => client.hasChunk(noise(32), { signal }),
  };
  for (const [name, call] of Object.entries(calls)) {
    const problem = await fails(call(), 'SAFE_CANCELLED').catch((wrong) => { throw new Error(`${name}: ${wrong.message}`); });
    equal([problem.name, problem.code], ['AbortError', -3002], name);
    ok(problem.cause === reason && problem instanceof safe.SafeError, `${name} has the reason`);
  }
  const late = await fails(client.put(endless().content, { signal: AbortSignal.timeout(50) }), 'SAFE_CANCELLED', /time/);
  equal(late.name, 'TimeoutError', 'name after a time-out');
  await key.close();
  await client.close();
});

test('a put that is aborted lets go of everything, whatever it was given', async ({ connect, safe, place }) => {
  const client = await connect();
  const before = await safe.liveHandles();
  for (const kind of ['iterable', 'stream', 'Blob', 'bytes']) {
    const { content, state } = endless();
    const iterator = content[Symbol.asyncIterator]();
    const given = {
      iterable: content,
      stream: new ReadableStream({
        pull: async (controller) => controller.enqueue((await iterator.next()).value),
        cancel: () => iterator.return(),
      }),
      // Longer than a page that is held up needs to hear of the progress: its worker reads it without asking.
      Blob: new Blob(Array(400).fill(new Blob([noise(1 << 20)]))),
      bytes: noise(40 << 20),
    }[kind];
    const stop = new AbortController();
    let taken = 0;
    const onProgress = (done) => {
      taken = done;
      if (done > 3_000_000) stop.abort();
    };
    await fails(client.put(given, { signal: stop.signal, onProgress }), 'SAFE_CANCELLED');
    equal(await safe.liveHandles(), before, `handles after ${kind} in ${place}`);
    ok(taken < 12_000_000, `${kind} went on for ${taken} bytes`);
    if (kind === 'iterable' || kind === 'stream') await until(() => state.ended, `${kind} was not let go`);
  }
  equal((await client.put(text('and on'))).size, 6, 'the client goes on');
  await client.close();
});

test('a put whose source never gives anything can be aborted', async ({ connect }) => {
  const client = await connect();
  const stop = new AbortController();
  const stuck = client.put(new ReadableStream({ pull: () => new Promise(() => {}) }), { signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await fails(stuck, 'SAFE_CANCELLED');
  await client.close();
});

test('aborts at any moment leave nothing behind', async ({ connect, safe, seed }) => {
  const client = await connect();
  const bytes = noise(2_500_000);
  const { link } = await client.put(bytes);
  let usual = Infinity; // one of them may be held up by others on the machine
  for (let round = 0; round < 3; ++round) {
    const began = performance.now();
    await client.put(bytes.subarray(60 + round));
    usual = Math.min(usual, performance.now() - began);
  }
  const before = await safe.liveHandles();
  const next = random(seed);
  const ends = { fulfilled: 0, SAFE_CANCELLED: 0 };
  let round = 0;
  // Where others hold up the timers, more of them are fulfilled.
  for (; round < 60 || (round < 300 && ends.SAFE_CANCELLED <= 5); ++round) {
    const stop = new AbortController();
    const { signal } = stop;
    const content = [bytes.subarray(round), new Blob([bytes.subarray(round)]), [bytes.subarray(round)]][round % 3];
    const work = [
      () => client.put(content, { signal }),
      () => client.get(link, { signal }),
      async () => (await client.open(link, { signal })).close(),
      async () => drain((await client.open(link)).stream({ signal })),
    ][round % 4];
    setTimeout(() => stop.abort(), next() * usual);
    await work().then(
      () => ends.fulfilled++,
      (problem) => ends[problem.codeName]++,
    );
  }
  equal(ends.fulfilled + ends.SAFE_CANCELLED, round, `ends ${JSON.stringify(ends)}`);
  ok(ends.SAFE_CANCELLED > 5, 'some were aborted');
  equal(await client.get(link), bytes, 'content');
  await client.close();
  const again = await connect();
  ok((await safe.liveHandles()) <= before, 'handles');
  await again.close();
});

test('closing a client ends what it does, and its readers', async ({ connect, safe }) => {
  const client = await connect();
  const { link } = await client.put(noise(3_000_000));
  const reader = await client.open(link);
  const stream = reader.stream().getReader();
  equal((await stream.read()).value.length, 1 << 20, 'a piece');
  const { content, state } = endless();
  const under_way = [
    client.put(content), client.put(new Blob([noise(30 << 20)])), client.get(link), reader.read(), client.open(link),
    client.put(new ReadableStream({ pull: () => new Promise(() => {}) })),
  ];
  const ends = Promise.allSettled(under_way);
  await sleep(30);
  await client.close();
  for (const { status, reason } of await ends) {
    ok(status === 'fulfilled' || reason.codeName === 'SAFE_CLOSED', `ended with ${reason}`);
  }
  await until(() => state.ended || state.given === 0, 'the source was not let go');
  await fails(reader.read(0, 1), 'SAFE_CLOSED', /closed/);
  await fails(stream.read(), 'SAFE_CLOSED');
  await fails(reader.blob(), 'SAFE_CLOSED');
  await fails(client.put(text('x')), 'SAFE_CLOSED', /the client was closed/);
  await fails(client.open(link), 'SAFE_CLOSED');
  await fails(client.listRecord(noise(32)).next(), 'SAFE_CLOSED');
  equal([client.closed, client.url], [true, 'mem:'], 'closed');
  await client.close();
  await reader.close();
  ok((await safe.liveHandles()) <= 1, 'handles');
});

test('closing a reader ends its reads alone', async ({ connect }) => {
  const client = await connect();
  const { link } = await client.put(noise(3_000_000));
  const [one, two] = [await client.open(link), await client.open(link)];
  const reading = one.read();
  await one.close();
  await fails(reading, 'SAFE_CLOSED', /reader was closed/);
  await fails(one.read(0, 1), 'SAFE_CLOSED', /reader was closed/);
  equal(one.closed, true, 'closed');
  equal((await two.read()).length, 3_000_000, 'the other');
  await client.close();
});

test('clients of one engine do not disturb each other', async ({ connect }) => {
  const [one, two] = [await connect(), await connect()];
  const { link } = await one.put(text('of one'));
  await fails(two.open(link), 'SAFE_NO_SUCH_DATA');
  const putting = two.put(noise(5_000_000));
  await one.close();
  equal((await putting).size, 5_000_000, 'the other goes on');
  equal(await two.get((await putting).link), noise(5_000_000), 'and reads');
  await two.close();
});

test('close while connecting, connect while closing', async ({ connect, safe }) => {
  for (let round = 0; round < 10; ++round) {
    const first = connect();
    const closing = first.then((client) => client.close());
    const second = connect();
    await Promise.all([closing, second]);
    const client = await second;
    equal((await client.put(text(`round ${round}`))).size, 7, 'size');
    await client.close();
  }
  ok((await safe.liveHandles()) <= 1, 'handles');
});

test('the end of a scope closes', async ({ connect, safe }) => {
  const client = await connect();
  const reader = await client.open((await client.put(text('x'))).link);
  const key = await safe.Key.generate();
  await reader[Symbol.asyncDispose]();
  key[Symbol.dispose]();
  equal(reader.closed, true, 'reader');
  await fails(key.sign(text('x')), 'SAFE_CLOSED');
  await client[Symbol.asyncDispose]();
  equal(client.closed, true, 'client');
  const other = await connect();
  other[Symbol.dispose]();
  equal(other.closed, true, 'client, at once');
});

test('the last client takes the engine with it, and the next one starts another', async ({ connect, safe }) => {
  const client = await connect();
  const link = (await client.put(noise(9_000_000))).link;
  if (client.engine === 'wasm') ok((await safe.heapBytes()) > 8 << 20, 'memory while it runs');
  await client.close();
  equal(await safe.heapBytes(), 0, 'memory after the last client');
  equal(await safe.liveHandles(), 0, 'handles');
  const next = await connect();
  await fails(next.open(link), 'SAFE_NO_SUCH_DATA');
  await next.close();
}, { alone: true });

test('closing the last client in the middle of a put leaves no handle', async ({ connect, safe }) => {
  const client = await connect();
  const put = client.put(endless().content).catch((problem) => problem.codeName);
  await sleep(1);
  await client.close();
  equal(await put, 'SAFE_CLOSED');
  equal(await safe.liveHandles(), 0);
}, { alone: true });

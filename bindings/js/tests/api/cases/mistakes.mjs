// Wrong inputs of every kind: each is a clear error, and nothing is half done.
import { drain, equal, fails, noise, ok, text } from '../check.mjs';
import { test } from './cases.mjs';

const odd = [undefined, null, 1, NaN, 2n, true, Symbol('s'), () => {}, {}, new Date(0), Promise.resolve(text('x'))];

test('connect refuses what is no URL, and says so', async ({ safe, connect, place }) => {
  for (const url of [undefined, null, 1, {}, new URL('mem:')]) await fails(safe.connect(url), 'TypeError', /url: string expected/);
  for (const url of ['', 'mem', ':', '/a/path', 'mem:x', 'http://x']) {
    const problem = await fails(connect(url), 'SAFE_BAD_URL');
    ok(problem instanceof safe.SafeError, 'a SafeError');
  }
  await fails(connect('safe:public-abc'), 'SAFE_URL_IS_CONTENT', /open/);
  await fails(connect('mem:\0'), 'SAFE_INVALID_ARGUMENT', /NUL/);
  await fails(connect('mem:\ud800'), 'SAFE_INVALID_ARGUMENT', /surrogate/);
  await fails(safe.connect('mem:', 1), 'TypeError', /options/);
  await fails(safe.connect('mem:', { worker: 'yes' }), 'TypeError', /worker/);
  if (place === 'node') await fails(safe.connect('mem:', { worker: true }), 'SAFE_UNSUPPORTED', /browser/);
  await fails(connect('mem:', { create: 1 }), 'TypeError', /create/);
  await fails(connect('mem:', { signal: {} }), 'TypeError', /signal/);
});

test('put refuses what holds no bytes', async ({ connect, place }) => {
  const client = await connect();
  for (const content of odd) await fails(client.put(content), 'TypeError', /put takes/);
  if (place !== 'node') {
    await fails(client.put('a path'), 'TypeError', /only Node can put a path/);
    await fails(client.put(new URL('file:///x')), 'TypeError', /only Node can put a path/);
  } else {
    await fails(client.put(new URL('http://x/')), 'TypeError');
  }
  for (const piece of odd.concat('text')) {
    await fails(client.put([text('ab'), piece]), 'TypeError', /the source gave .*not bytes/);
    await fails(client.put((function* () { yield piece; })()), 'TypeError', /not bytes/);
  }
  await client.close();
});

test('put refuses options that make no sense, before it stores anything', async ({ connect }) => {
  const client = await connect();
  const put = (options) => client.put(noise(5000), options);
  await fails(client.put(noise(5000), null), 'TypeError', /options/);
  for (const name of ['private', 'dryRun', 'verify']) await fails(put({ [name]: 1 }), 'TypeError', new RegExp(name));
  await fails(put({ onProgress: 1 }), 'TypeError', /onProgress/);
  await fails(put({ signal: 1 }), 'TypeError', /signal/);
  await fails(put({ name: 1 }), 'TypeError', /name/);
  await fails(put({ name: 'a\0b' }), 'SAFE_INVALID_ARGUMENT', /NUL/);
  await fails(put({ name: 'x'.repeat(129) }), 'SAFE_INVALID_ARGUMENT', /name/);
  await fails(put({ mediaType: 'x'.repeat(65) }), 'SAFE_INVALID_ARGUMENT', /type/);
  await fails(put({ size: 4999 }), 'SAFE_SIZE_MISMATCH', /4999.*5000/);
  for (const size of [-1, 1.5, NaN, 2 ** 53, -1n, 2n ** 64n]) {
    await fails(client.put([text('x')], { size }), 'SAFE_INVALID_ARGUMENT', /size/);
    await fails(put({ size }), 'SAFE_INVALID_ARGUMENT', /size/);
  }
  await fails(put({ size: '5' }), 'TypeError', /size/);
  equal((await put({})).newChunks > 0, true, 'nothing of it was stored before');
  await client.close();
});

test('a stream that has more or fewer bytes than it said is an error', async ({ connect }) => {
  const client = await connect();
  const stream = () => [noise(3_000_000), noise(500_000)];
  await fails(client.put(stream(), { size: 3_500_001 }), 'SAFE_SIZE_MISMATCH');
  await fails(client.put(stream(), { size: 3_499_999 }), 'SAFE_SIZE_MISMATCH');
  await fails(client.put(stream(), { size: 2n ** 53n - 1n }), 'SAFE_TOO_LARGE');
  equal((await client.put(stream(), { size: 3_500_000n })).size, 3_500_000, 'size');
  await client.close();
});

test('what a source fails with is thrown as it is, and the source is let go', async ({ connect }) => {
  const client = await connect();
  const mine = new Error('mine');
  const thrown = await client.put((async function* () {
    yield noise(2_000_000);
    throw mine;
  })()).catch((problem) => problem);
  ok(thrown === mine, 'of an iterable');
  const errored = new ReadableStream({ pull: (controller) => controller.error(mine) });
  ok((await client.put(errored).catch((problem) => problem)) === mine, 'of a stream');
  const locked = new Blob(['x']).stream();
  locked.getReader();
  await fails(client.put(locked), 'TypeError', /locked/);
  let let_go = false;
  await fails(client.put((function* () {
    try {
      yield text('fine');
      yield 'no bytes';
    } finally {
      let_go = true;
    }
  })()), 'TypeError');
  ok(let_go, 'the generator was ended');
  await client.close();
});

test('open refuses what is no link', async ({ connect, safe }) => {
  const client = await connect();
  const { link } = await client.put(text('x'));
  for (const wrong of [undefined, null, 1, {}, []]) {
    await fails(client.open(wrong), 'TypeError', /link/);
    await fails(client.get(wrong), 'TypeError', /link/);
    await fails(client.exists(wrong), 'TypeError', /link/);
    await fails(safe.Link.parse(wrong), 'TypeError', /link/);
  }
  const { text: good } = link;
  const swapped = good.slice(0, 20) + (good[20] === 'y' ? 'b' : 'y') + good.slice(21);
  for (const wrong of ['', 'x', 'safe:', 'safe:public-', good.slice(1), good.slice(0, -1), `${good}y`, swapped, good.toUpperCase(), 'mem:']) {
    await fails(client.open(wrong), 'SAFE_BAD_LINK');
  }
  await client.close();
});

test('ranges that are no ranges are refused', async ({ connect }) => {
  const client = await connect();
  const reader = await client.open((await client.put(text('hello'))).link);
  for (const wrong of [-1, 0.5, NaN, Infinity, 2 ** 53, -1n, 2n ** 64n]) {
    await fails(reader.read(wrong, 1), 'SAFE_INVALID_ARGUMENT', /offset/);
    await fails(reader.read(0, wrong), 'SAFE_INVALID_ARGUMENT', /length/);
    await fails((async () => reader.stream({ offset: wrong }))(), 'SAFE_INVALID_ARGUMENT', /offset/);
    await fails(client.get('x', { limit: wrong }), 'SAFE_INVALID_ARGUMENT', /limit/);
  }
  for (const wrong of ['1', null, {}]) await fails(reader.read(wrong, 1), 'TypeError', /offset/);
  await client.close();
});

test('keys, labels, addresses and versions are checked', async ({ connect, safe }) => {
  const client = await connect();
  const key = await safe.Key.generate();
  for (const wrong of [undefined, null, {}, 1]) await fails(client.createRecord(wrong, 'l', text('x')), 'TypeError', /key/);
  await fails(client.createRecord(key, 1, text('x')), 'TypeError', /label/);
  await fails(client.createRecord(key, '', text('x')), 'SAFE_INVALID_ARGUMENT', /label/);
  await fails(client.createRecord(key, 'l'.repeat(256), text('x')), 'SAFE_INVALID_ARGUMENT', /label/);
  await fails(client.createRecord(key, 'l', 'text'), 'TypeError', /value/);
  await fails(client.createRecord(key, 'l', noise((1 << 20) + 1)), 'SAFE_DATA_TOO_LARGE');
  await fails(client.setRecord(key, 'l', '1', text('x')), 'TypeError', /version/);
  await fails(client.getRecord(noise(31)), 'SAFE_INVALID_ARGUMENT', /32 bytes expected, not 31/);
  await fails(client.getRecord('text'), 'TypeError', /address/);
  for (const pageSize of [0, 1001]) {
    await fails(client.listRecord(noise(32), { pageSize }).next(), 'SAFE_INVALID_ARGUMENT', /limit|pageSize/);
  }
  await fails(client.listRecord(noise(32), { pageSize: 1.5 }).next(), 'SAFE_INVALID_ARGUMENT');
  await fails(client.putChunk(new Uint8Array(0)), 'SAFE_INVALID_ARGUMENT');
  await fails(client.putChunk(new Uint8Array((4 << 20) + 1)), 'SAFE_DATA_TOO_LARGE');
  await fails(client.getChunk(noise(32)), 'SAFE_NO_SUCH_DATA');
  await fails(safe.Key.import(noise(31)), 'SAFE_INVALID_ARGUMENT', /seed/);
  await fails(safe.Key.verify(key.publicKey, text('x'), noise(63)), 'SAFE_INVALID_ARGUMENT', /signature/);
  await fails(safe.recordAddress(noise(33), 'l'), 'SAFE_INVALID_ARGUMENT', /owner/);
  await key.close();
  await client.close();
});

test('content that is nowhere, or damaged, is an error by name', async ({ connect }) => {
  const client = await connect();
  const other = await connect();
  const { link } = await client.put(noise(100_000), { private: true });
  const reader = await other.open(link);
  await fails(reader.read(0, 1), 'SAFE_NO_SUCH_DATA');
  await fails(other.get(link), 'SAFE_NO_SUCH_DATA');
  await fails(reader.blob(), 'SAFE_NO_SUCH_DATA');
  await fails(drain(reader.stream()), 'SAFE_NO_SUCH_DATA');
  await client.close();
  await other.close();
});

// What is put comes back, whatever it is given as.
import { equal, fails, noise, ok, text } from '../check.mjs';
import { test } from './cases.mjs';

const sizes = [0, 1, 2, 3, 100, 65_536, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_333_333, (12 << 20) + 7];

async function* pieces(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('bytes of every size come back', async ({ connect }) => {
  const client = await connect();
  for (const size of sizes) {
    const bytes = noise(size, size + 1);
    const receipt = await client.put(bytes, { private: size % 2 === 1 });
    equal(receipt.size, size, 'size of the receipt');
    equal(receipt.link.size, size, 'size of the link');
    equal(receipt.link.isPrivate, size % 2 === 1, 'private');
    equal(await client.get(receipt.link), bytes, `${size} bytes`);
    equal(await client.get(receipt.link.text), bytes, `${size} bytes by the text of the link`);
  }
  await client.close();
});

test('the same content has the same link, in whatever form it is given', async ({ connect }) => {
  const client = await connect();
  for (const size of [0, 5000, (9 << 20) + 11]) {
    const bytes = noise(size, 7);
    const roomy = new Uint8Array(size + 64);
    roomy.set(bytes, 33);
    const forms = {
      Uint8Array: bytes,
      'a view with an offset': roomy.subarray(33, 33 + size),
      DataView: new DataView(roomy.buffer, 33, size),
      ArrayBuffer: bytes.slice().buffer,
      Blob: new Blob([bytes]),
      File: new File([bytes], 'x', { type: '' }),
      ReadableStream: new Blob([bytes]).stream(),
      'a stream of large pieces': new ReadableStream({
        start(controller) {
          controller.enqueue(bytes);
          controller.close();
        },
      }),
      AsyncIterable: pieces(bytes, 99_991),
      'an iterable of ArrayBuffers': [bytes.slice(0, 3).buffer, bytes.slice(3).buffer],
      'tiny pieces': pieces(bytes, size > 100_000 ? 4001 : 1),
      'empty pieces among others': [new Uint8Array(0), bytes, new Uint8Array(0)],
    };
    const { link } = await client.put(bytes, { private: true });
    for (const [form, content] of Object.entries(forms)) {
      const receipt = await client.put(content, { private: true, name: null });
      equal(receipt.link.text, link.text, `${form}, ${size} bytes`);
      equal(receipt.newChunks, 0, `new chunks of ${form}, ${size} bytes`);
    }
    const sized = await client.put(pieces(bytes, 50_000), { private: true, size });
    equal(sized.link.text, link.text, `a stream that says its size, ${size} bytes`);
  }
  await client.close();
});

test('words of two and four bytes are put as the bytes that they are', async ({ connect }) => {
  const client = await connect();
  const numbers = new Uint32Array([1, 2, 0xffffffff]);
  const { link } = await client.put(numbers.subarray(1));
  equal(await client.get(link), new Uint8Array(numbers.buffer, 4), 'bytes');
  await client.close();
});

test('an iterable may use one buffer for all that it gives', async ({ connect }) => {
  const client = await connect();
  const one = new Uint8Array(300_000);
  const content = (async function* () {
    for (let value = 1; value <= 20; ++value) yield one.fill(value);
  })();
  const { link } = await client.put(content);
  const bytes = await client.get(link);
  equal(bytes.length, 6_000_000, 'size');
  for (let value = 1; value <= 20; ++value) {
    ok(bytes.subarray((value - 1) * 300_000, value * 300_000).every((byte) => byte === value), `piece ${value}`);
  }
  await client.close();
});

test('name and media type are in the link: those that are given, and else the content\'s own', async ({ connect }) => {
  const client = await connect();
  const file = new File(['abc'], 'ä name.txt', { type: 'text/plain' });
  const described = async (content, options) => {
    const { link } = await client.put(content, options);
    const reader = await client.open(link);
    equal([reader.name, reader.mediaType], [link.name, link.mediaType], 'of the reader and of the link');
    await reader.close();
    return [link.name, link.mediaType];
  };
  equal(await described(file), ['ä name.txt', 'text/plain'], 'File');
  equal(await described(file, { name: 'b', mediaType: null }), ['b', undefined], 'File with others');
  equal(await described(new Blob(['abc'], { type: 'text/css' })), [undefined, 'text/css'], 'Blob');
  equal(await described(text('abc'), { mediaType: 'a/b' }), [undefined, 'a/b'], 'bytes');
  equal(await described(new File(['abc'], 'n'.repeat(129))), [undefined, undefined], 'a name that is too long for a link');
  await fails(client.put(text('x'), { name: 'n'.repeat(129) }), 'SAFE_INVALID_ARGUMENT', /name/);
  await client.close();
});

test('a receipt tells its chunks, which can be had one by one', async ({ connect }) => {
  const client = await connect();
  const other = await connect();
  const receipt = await client.put(noise(9_000_000), { private: true });
  ok(receipt.chunks.length >= 3 && receipt.newChunks === receipt.chunks.length, 'chunks');
  equal(receipt.chunks.reduce((sum, { size }) => sum + size, 0), receipt.newBytes, 'bytes');
  for (const { address, size } of receipt.chunks) {
    const bytes = await client.getChunk(address);
    equal(bytes.length, size, 'size of the chunk');
    equal(await other.hasChunk(address), false, 'before');
    equal(await other.putChunk(bytes), address, 'address');
    equal(await other.hasChunk(address), true, 'after');
  }
  equal(await other.get(receipt.link), noise(9_000_000), 'content, from a vault that got its chunks');
  await client.close();
  await other.close();
});

test('a dry run gives the same link and stores nothing; verify reads back', async ({ connect }) => {
  const client = await connect();
  const dry = await client.put(noise(50_000), { dryRun: true });
  equal(await client.exists(dry.link), false, 'stored');
  await fails(client.open(dry.link), 'SAFE_NO_SUCH_DATA');
  const real = await client.put(noise(50_000), { verify: true });
  equal(real.link.text, dry.link.text, 'link');
  equal(await client.exists(real.link), true, 'stored');
  const hidden = await client.put(noise(50_001), { private: true, dryRun: true });
  equal(await client.exists(hidden.link), false, 'private, stored');
  await client.close();
});

test('progress tells the bytes taken, up to all', async ({ connect }) => {
  const client = await connect();
  const size = 5_000_000;
  const seen = [];
  const onProgress = (done, total) => seen.push([done, total]);
  await client.put(new Blob([noise(size)]), { onProgress });
  equal(seen[0], [0, size], 'first');
  equal(seen.at(-1), [size, size], 'last');
  ok(seen.length > 4 && seen.every(([done], at) => at === 0 || done >= seen[at - 1][0]), 'it never goes back');
  seen.length = 0;
  await client.put(pieces(noise(size), 1 << 20), { onProgress });
  equal(seen.at(-1), [size, undefined], 'last, of a stream');
  const mine = new Error('mine');
  const thrown = await client.put(noise(size), { onProgress: () => { throw mine; } }).catch((problem) => problem);
  ok(thrown === mine, 'what the callback throws ends the put');
  await client.close();
});

test('a path is put in Node, with its name', async ({ connect, folder }) => {
  const { writeFile } = await import('node:fs/promises');
  const { pathToFileURL } = await import('node:url');
  const client = await connect();
  for (const size of [0, 10, 10_000_000]) {
    const path = `${folder}/file of ${size}.bin`;
    await writeFile(path, noise(size));
    const { link } = await client.put(path);
    equal([link.name, link.size], [`file of ${size}.bin`, size], 'name and size');
    equal(await client.get(link), noise(size), 'content');
    equal((await client.put(pathToFileURL(path))).link.text, link.text, 'by its URL');
    equal((await client.put(path, { name: null })).link.text, (await client.put(noise(size))).link.text, 'as bytes');
  }
  equal((await client.put('/proc/self/status')).size > 100, true, 'a file that does not know its size');
  await fails(client.put(`${folder}/none`), 'SAFE_FILE_NOT_FOUND', /none/);
  await fails(client.put(folder), 'SAFE_IO', /directory/);
  await fails(client.put(''), 'SAFE_FILE_NOT_FOUND');
  await client.close();
}, { only: ['node'] });

test('a file that changes while it is put is an error', async ({ connect, folder }) => {
  const { appendFileSync } = await import('node:fs');
  const { writeFile } = await import('node:fs/promises');
  const client = await connect();
  const path = `${folder}/changing`;
  await writeFile(path, noise(9_000_000));
  let changed = false;
  const onProgress = (done) => {
    if (done < 2_000_000 || changed) return;
    changed = true;
    appendFileSync(path, 'more');
  };
  await fails(client.put(path, { onProgress }), 'SAFE_SOURCE_CHANGED', /changing/);
  await client.close();
}, { only: ['node'] });

test('a stream of Node is put', async ({ connect, folder }) => {
  const { createReadStream } = await import('node:fs');
  const { writeFile } = await import('node:fs/promises');
  const { Readable } = await import('node:stream');
  const client = await connect();
  await writeFile(`${folder}/streamed`, noise(3_000_000));
  const { link } = await client.put(createReadStream(`${folder}/streamed`));
  equal(await client.get(link), noise(3_000_000), 'content');
  await fails(client.put(Readable.from(['text'])), 'TypeError', /string, not bytes/);
  await client.close();
}, { only: ['node'] });

// Content is read at random, in order, and whole.
import { equal, fails, noise, ok, random, text } from '../check.mjs';
import { test } from './cases.mjs';

test('any range can be read, and many at a time', async ({ connect, seed }) => {
  const client = await connect();
  const bytes = noise(11_000_000);
  const reader = await client.open((await client.put(bytes)).link);
  equal(reader.size, bytes.length, 'size');
  const next = random(seed);
  const ranges = [[0, 0], [0, 1], [bytes.length - 1, 1], [bytes.length - 1, 5], [bytes.length, 1], [bytes.length + 5, 1],
    [2 ** 53 - 1, 1], [2n ** 64n - 1n, 2n ** 64n - 1n], [4_194_300, 10], [0, 2n ** 60n], [0n, 3n]];
  for (let at = 0; at < 20; ++at) ranges.push([Math.floor(next() * bytes.length), Math.floor(next() * 2_000_000)]);
  await Promise.all(ranges.map(async ([offset, length]) => {
    const wanted = bytes.subarray(Math.min(Number(offset), bytes.length), Math.min(Number(offset) + Number(length), bytes.length));
    equal(await reader.read(offset, length), wanted, `[${offset}, +${length}]`);
  }));
  equal(await reader.read(10_999_000), bytes.subarray(10_999_000), 'up to the end');
  equal(await reader.read(), bytes, 'all');
  await client.close();
});

test('a stream gives all, or a range, in pieces of 1 MiB at most', async ({ connect }) => {
  const client = await connect();
  const bytes = noise(5_500_000);
  const reader = await client.open((await client.put(bytes)).link);
  const all = async (options) => {
    const pieces = [];
    for await (const piece of reader.stream(options)) {
      ok(piece.length > 0 && piece.length <= 1 << 20, 'size of a piece');
      pieces.push(piece);
    }
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  };
  equal(await all(), bytes, 'all');
  equal(await all({ offset: 3, length: 2_000_000 }), bytes.subarray(3, 2_000_003), 'a range');
  equal(await all({ offset: 5_499_999 }), bytes.subarray(5_499_999), 'the last byte');
  equal(await all({ offset: 6_000_000 }), new Uint8Array(0), 'nothing');
  equal(new Uint8Array(await new Response(reader.stream()).arrayBuffer()), bytes, 'as a Response');
  await client.close();
});

test('a stream that is left half-way takes nothing along', async ({ connect }) => {
  const client = await connect();
  const reader = await client.open((await client.put(noise(5_500_000))).link);
  for await (const piece of reader.stream()) {
    ok(piece.length > 0, 'a piece');
    break;
  }
  await reader.stream().cancel();
  equal((await reader.read(0, 5)).length, 5, 'the reader goes on');
  await client.close();
});

test('a Blob has the content and its media type', async ({ connect }) => {
  const client = await connect();
  const bytes = noise(2_500_000);
  const { link } = await client.put(bytes, { mediaType: 'image/png' });
  const reader = await client.open(link);
  const blob = await reader.blob();
  equal([blob.size, blob.type], [bytes.length, 'image/png'], 'size and type');
  equal(new Uint8Array(await blob.arrayBuffer()), bytes, 'content');
  const empty = await client.open((await client.put(new Uint8Array(0))).link);
  equal((await empty.blob()).size, 0, 'size of nothing');
  await client.close();
});

test('get has a limit', async ({ connect }) => {
  const client = await connect();
  const { link } = await client.put(text('hello'));
  equal(await client.get(link, { limit: 5 }), text('hello'), 'at the limit');
  const problem = await fails(client.get(link, { limit: 4n }), 'SAFE_DATA_TOO_LARGE', /5 bytes.*limit of 4/);
  equal(problem.details, { limit: 4 }, 'details');
  await client.close();
});

test('private content is read with its link, which does not show itself', async ({ connect, safe }) => {
  const client = await connect();
  const { link } = await client.put(text('secret'), { private: true });
  for (const shown of [String(link), `${link}`, JSON.stringify({ link })]) {
    ok(/private link, 6 bytes/.test(shown) && !shown.includes(link.text), `shown as ${shown}`);
  }
  const parsed = await safe.Link.parse(link.text);
  equal([parsed.isPrivate, parsed.size], [true, 6], 'parsed');
  equal(await client.get(parsed), text('secret'), 'content');
  equal(await client.get(await safe.Link.fromDatamap(link.datamap)), text('secret'), 'content by its data map');
  const problem = await fails((async () => link.address)(), 'SAFE_INVALID_ARGUMENT');
  ok(!problem.message.includes(link.text), 'the message keeps it too');
  await client.close();
});

test('links are made of addresses, and get other names', async ({ connect, safe }) => {
  const client = await connect();
  const { link } = await client.put(text('public'));
  equal([String(link), JSON.stringify(link)], [link.text, `"${link.text}"`], 'a public link shows itself');
  const made = await safe.Link.fromAddress(link.address);
  equal([made.size, made.isPrivate], [undefined, false], 'made of an address');
  equal(await client.get(made), text('public'), 'content');
  const named = await link.with({ name: 'n', mediaType: 'a/b' });
  equal([named.name, named.mediaType, named.size], ['n', 'a/b', 6], 'with a name');
  equal((await named.with({})).text, link.text, 'without again');
  await fails(safe.Link.parse(`${link.text.slice(0, -1)}!`), 'SAFE_BAD_LINK');
  await fails((async () => link.datamap)(), 'SAFE_INVALID_ARGUMENT', /getChunk/);
  await client.close();
});

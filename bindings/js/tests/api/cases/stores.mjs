// file: stores behind the classes: what is put stays, and what a store tells of itself.
import { equal, fails, noise, ok, text } from '../check.mjs';
import { test } from './cases.mjs';

let last = 0;

/** Runs with the URL of a store that is not there yet, and removes it. */
function stored(name, work, options) {
  test(name, async (given) => {
    const { place, folder, safe } = given;
    const inNode = place === 'node';
    const url = inNode ? `file:${folder}/vault-${++last}` : `file:case-${place}-${++last}`;
    await work({ ...given, url });
    if (inNode) return;
    await safe.removeStore(url); // at once: what is closed is closed
    ok(!(await safe.listStores()).includes(url), 'it is gone');
  }, options);
}

stored('what is put into a file: store is there for the next connection', async ({ connect, safe, url }) => {
  const client = await connect(url);
  equal(client.url, url, 'url');
  const bytes = noise(9_000_000);
  const { link } = await client.put(bytes);
  const key = await safe.Key.generate();
  const { address } = await client.createRecord(key, 'kept', text('value'));
  await client.close();
  const again = await connect(url, { create: false });
  equal(await again.get(link), bytes, 'content');
  equal((await again.getRecord(address)).value, text('value'), 'record');
  equal((await again.put(bytes)).newChunks, 0, 'new chunks');
  await key.close();
  await again.close();
});

stored('a store that is not there is made only if that is wanted', async ({ connect, url }) => {
  await fails(connect(url, { create: false }), 'SAFE_STORE_MISSING');
  await (await connect(url)).close();
  await (await connect(url, { create: false })).close();
});

stored('clients of one store see what the others put', async ({ connect, url }) => {
  const [one, two] = await Promise.all([connect(url), connect(url)]);
  const { link } = await one.put(noise(200_000));
  equal(await two.get(link), noise(200_000), 'content');
  await one.close();
  equal(await two.exists(link), true, 'after the other was closed');
  await two.close();
});

stored('a store tells what it holds and what it was asked', async ({ connect, url }) => {
  const client = await connect(url);
  const { link, chunks } = await client.put(noise(6_000_000), { private: true });
  const figures = await client.figures();
  ok(figures.objects >= chunks.length && figures.bytes > 6_000_000 && figures.free > 0, `figures ${JSON.stringify(figures)}`);
  const before = await client.stats();
  if (client.engine === 'addon') equal(before, null, 'stats'); // the library's own store does not count
  else ok(before.create >= chunks.length && before.heapBytes > 1 << 20, `stats ${JSON.stringify(before)}`);
  await client.get(link);
  if (before) ok((await client.stats()).get >= before.get + chunks.length, 'requests for chunks');
  await client.close();
  const memory = await connect();
  equal([await memory.figures(), await memory.stats()], [null, null], 'of mem:');
  await memory.close();
});

stored('a client that is closed in the middle leaves a sound store', async ({ connect, url }) => {
  const client = await connect(url);
  const { link } = await client.put(noise(300_000));
  const putting = client.put(noise(30_000_000), { onProgress: (done) => done > 12_000_000 && void client.close() });
  await fails(putting, 'SAFE_CLOSED');
  const again = await connect(url);
  equal(await again.get(link), noise(300_000), 'content from before');
  equal((await again.put(noise(30_000_000))).size, 30_000_000, 'the same put once more');
  await again.close();
});

test('URLs that name no store are refused', async ({ connect, safe, place, folder }) => {
  if (place === 'node') {
    await fails(connect('file:'), 'SAFE_BAD_URL', /directory/);
    await fails(connect('file://host/x'), 'SAFE_BAD_URL', /host/);
    await fails(connect(`file:${folder}/a/b/c/%`), 'SAFE_BAD_URL', /%/);
    await fails(connect('file:/proc/none'), 'SAFE_STORE_IO');
    await fails(safe.listStores(), 'SAFE_UNSUPPORTED');
    await fails(safe.removeStore('file:x'), 'SAFE_UNSUPPORTED');
  } else {
    for (const url of ['file:', 'file:/etc/x', 'file:a b', 'file:../x']) await fails(connect(url), 'SAFE_BAD_URL');
    await fails(safe.removeStore('mem:'), 'SAFE_BAD_URL');
  }
});

// The page's side of memory.test.mjs.
import { connect, heapBytes } from '/libsafe/libsafe.js';

const MiB = 1 << 20;

const same = (one, other) => {
  const size = one.length & ~3;
  const [a, b] = [new Uint32Array(one.slice(0, size).buffer), new Uint32Array(other.slice(0, size).buffer)];
  return one.length === other.length && a.every((word, at) => word === b[at]) &&
    one.slice(size).every((byte, at) => byte === other[size + at]);
};

export async function throughAndBack(file) {
  const client = await connect('file:memory');
  const facts = { told: 0, same: true };

  let start = performance.now();
  const { link } = await client.put(file, { private: true, onProgress: () => ++facts.told });
  facts.put = file.size / MiB / ((performance.now() - start) / 1000);

  const reader = await client.open(link);
  start = performance.now();
  let at = 0;
  for await (const part of pieces(reader.stream())) {
    const wanted = new Uint8Array(await file.slice(at, at + part.length).arrayBuffer());
    facts.same &&= same(part, wanted);
    at += part.length;
  }
  facts.get = file.size / MiB / ((performance.now() - start) / 1000);
  facts.same &&= at === file.size;
  await reader.close();
  facts.heap = await heapBytes();
  facts.stored = (await client.figures()).bytes > file.size / 4;
  await client.close();
  return facts;
}

/** Not every browser can iterate streams. */
async function* pieces(stream) {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

export async function manyFiles(count) {
  const client = await connect('file:many');
  let tenth = 0;
  for (let number = 1; number <= count; ++number) {
    const content = new Uint8Array(20_000).map((_, at) => (at * number) >> 3);
    const { link } = await client.put(new File([content], `${number}.bin`));
    const back = await client.get(link);
    if (back.length !== content.length || back[777] !== content[777]) throw new Error(`file ${number} came back otherwise`);
    if (number === 10) tenth = await heapBytes();
  }
  const last = await heapBytes();
  await client.close();
  return { tenth, last };
}

export async function cancelled(file) {
  const client = await connect('file:cancelled');
  const stop = new AbortController();
  let at = 0;
  const onProgress = (done) => {
    if (done < 8 * MiB || at) return;
    at = performance.now();
    stop.abort();
  };
  const error = await client.put(file, { signal: stop.signal, onProgress }).then(() => 'none', ({ codeName }) => codeName);
  const waited = performance.now() - at;
  await client.get((await client.put(new Uint8Array(5000))).link);
  const heap = await heapBytes();
  await client.close();
  return { error, waited, heap };
}

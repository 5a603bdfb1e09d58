// Much content through file: in Node: put from a path, a Blob and a stream, and read back, with bounded memory: that of wasm,
// or with the addon what the process has more than before.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { noise } from './check.mjs';

const MiB = 1 << 20;
const size = (process.env.SAFE_SCALE === 'full' ? 1024 : 256) * MiB;
const overAddon = process.env.SAFE_ENGINE === 'addon';
const most = (overAddon ? 256 : 64) * MiB;

const { connect, heapBytes, liveHandles } = await import(pathToFileURL(path.join(process.env.SAFE_NPM, 'libsafe.js')));
const folder = await mkdtemp(path.join(process.env.SAFE_TMPDIR ?? tmpdir(), 'safe-memory-'));
after(() => rm(folder, { recursive: true, force: true }));

/** What the library takes now. */
async function memory(before) {
  if (!overAddon) return heapBytes();
  globalThis.gc();
  return Math.max(0, process.memoryUsage().rss - before);
}

/** One mebibyte: noise, text, or both. */
function piece(number) {
  if (number % 3 === 0) return noise(MiB, number + 1);
  const lines = [];
  for (let length = 0, line = 0; length < MiB; ++line) {
    lines.push(`${number * 7919 + line * line} is the number of line ${line} of piece ${number}; the rest repeats itself\n`);
    length += lines.at(-1).length;
  }
  const text = Buffer.from(lines.join('')).subarray(0, MiB);
  if (number % 3 === 1) text.set(noise(MiB / 2, number + 1), MiB / 4);
  return text;
}

function makeFile(name, first) {
  const file = path.join(folder, name);
  const hash = createHash('sha256');
  const out = fs.openSync(file, 'w');
  for (let number = 0; number < size / MiB; ++number) {
    const bytes = piece(first + number);
    hash.update(bytes);
    fs.writeSync(out, bytes);
  }
  fs.closeSync(out);
  return { file, hash: hash.digest('hex') };
}

const forms = {
  'a path': (file) => file,
  'a Blob': (file) => fs.openAsBlob(file),
  'a stream': (file) => fs.createReadStream(file),
};

for (const [at, [form, content]] of Object.entries(forms).entries()) {
  test(`${size / MiB} MiB are put from ${form} and read back with at most ${most / MiB} MiB of memory`, async () => {
    const { file, hash } = makeFile(`content ${at}`, at * 10_000);
    const client = await connect(`file:${folder}/vault`);
    const before = process.memoryUsage().rss;
    const begun = performance.now();
    const receipt = await client.put(await content(file), { private: true });
    const stored = performance.now();
    assert.equal(receipt.size, size);
    const written = await memory(before);
    const reader = await client.open(receipt.link);
    const read = createHash('sha256');
    for await (const bytes of reader.stream()) read.update(bytes);
    assert.equal(read.digest('hex'), hash);
    const heap = await memory(before);
    const speed = (from, to) => (size / MiB / ((to - from) / 1000)).toFixed(1);
    console.log(`# ${form}: put ${speed(begun, stored)} MiB/s with ${(written / MiB).toFixed()} MiB, ` +
      `read ${speed(stored, performance.now())} MiB/s with ${(heap / MiB).toFixed()} MiB`);
    assert.ok(Math.max(written, heap) <= most, `${written / MiB} and ${heap / MiB} MiB`);
    await client.close();
    assert.equal(await liveHandles(), 0);
    await rm(file);
  });
}

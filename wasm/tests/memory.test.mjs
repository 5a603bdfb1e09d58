// The memory law of the wasm build (DETAILS D7): a heap never shrinks, so all that counts is how far it has grown.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { content } from './content.mjs';
import { DiskStore } from './disk_store.mjs';
import { PUT, Safe } from './module.mjs';

const MIB = 1 << 20;
const LIMIT = 64 * MIB;
const UNKNOWN = 0xffffffffffffffffn;
const full = process.env.SAFE_SCALE === 'full';
const size = (full ? 1024 : 96) * MIB;
const seed = Number(process.env.SAFE_SEED ?? Date.now()) % 100000;
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'safe-wasm-memory-'));
after(() => fs.rmSync(room, { recursive: true }));

// A fresh heap, and a vault outside of it.
async function withVault(work) {
  const safe = await Safe.load(process.env.SAFE_WASM_DIR);
  const folder = fs.mkdtempSync(path.join(room, 'vault-'));
  const store = new DiskStore(safe, 'disk', folder);
  const client = await safe.connect('disk:');
  try {
    await work(safe, client);
  } finally {
    safe.module._safe_client_free(client);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the process lets go of the vault
    store.close();
    fs.rmSync(folder, { recursive: true });
  }
  assert.equal(safe.module._safe_debug_live_handles(), 0n);
}

function checkHeap(context, safe, what) {
  context.diagnostic(`heap ${(safe.heapBytes / MIB).toFixed(1)} MiB: ${what}, seed ${seed}`);
  assert.ok(safe.heapBytes <= LIMIT, `${what}: the heap has grown to ${safe.heapBytes} bytes`);
}

async function readBack(safe, client, { kind, bytes, seed: own, link }) {
  const parsed = safe.parseLink(link);
  const reader = await safe.result('reader', safe.module._safe_open(client, parsed));
  safe.module._safe_link_free(parsed);
  assert.equal(safe.module._safe_reader_size(reader), BigInt(bytes));
  let at = 0;
  for (const piece of content(kind, bytes, own)) {
    const read = safe.module._safe_reader_read(reader, BigInt(at), BigInt(piece.length));
    const got = safe.takeBytes(await safe.result('bytes', read));
    assert.ok(Buffer.from(got.buffer, got.byteOffset, got.length).equals(piece), `${kind} at ${at}`);
    at += piece.length;
  }
  safe.module._safe_reader_free(reader);
}

async function put(safe, client, kind, bytes, own, announced = bytes) {
  const { link } = await safe.put(client, announced, PUT.private, content(kind, bytes, own));
  return { kind, bytes, seed: own, link };
}

for (const kind of ['random', 'text', 'hex', 'numbers', 'mixed']) {
  test(`${size / MIB} MiB of ${kind} content`, async (context) => {
    await withVault(async (safe, client) => {
      const file = await put(safe, client, kind, size, seed);
      checkHeap(context, safe, `put of ${kind} content`);
      await readBack(safe, client, file);
      checkHeap(context, safe, `put and get of ${kind} content`);
    });
  });
}

test('several are put and read at once, of known and unknown size', async (context) => {
  await withVault(async (safe, client) => {
    const small = size / 8;
    const first = await Promise.all(
      ['text', 'hex'].map((kind, i) => put(safe, client, kind, small, seed + i)));
    const kinds = ['numbers', 'hex', 'random', 'mixed'];
    const [second] = await Promise.all([
      Promise.all(kinds.map((kind, i) => put(safe, client, kind, small + i, seed + 10 + i, i % 2 ? UNKNOWN : small + i))),
      ...first.map((file) => readBack(safe, client, file)),
      ...first.map((file) => readBack(safe, client, file)),
    ]);
    await Promise.all(second.map((file) => readBack(safe, client, file)));
    checkHeap(context, safe, 'four puts and four gets at once');
  });
});

test('1,000 files end with the heap that they had after the tenth', async (context) => {
  await withVault(async (safe, client) => {
    const kinds = ['text', 'random', 'hex', 'mixed'];
    let early = 0;
    for (let i = 0; i < 1000; ++i) {
      const bytes = 1 + ((Math.imul(i + seed, 2654435761) >>> 0) % (i % 20 ? 60_000 : 3 * MIB));
      const file = await put(safe, client, kinds[i % 4], bytes, seed + i);
      await readBack(safe, client, file);
      if (i === 9) early = safe.heapBytes;
    }
    checkHeap(context, safe, '1,000 files');
    assert.equal(safe.heapBytes, early);
  });
});

test('what is cancelled gives back what it had', async (context) => {
  await withVault(async (safe, client) => {
    let early = 0;
    for (let round = 0; round < 30; ++round) {
      const writer = await safe.result('writer', safe.module._safe_writer_open(client, UNKNOWN, PUT.private));
      let left = 1 + ((round * 7) % 23);
      let commit = 0;
      for (const piece of content('text', left * MIB, seed + round)) {
        const memory = safe.ask('writer_reserve', writer, piece.length);
        safe.module.HEAPU8.set(piece, memory);
        commit = safe.module._safe_writer_commit(writer, piece.length);
        if (--left > 0) await safe.result('none', commit);
      }
      safe.module._safe_op_cancel(commit);
      safe.module._safe_op_free(commit);
      safe.module._safe_writer_free(writer);
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (let turns = 0; turns < 100; ++turns) await new Promise((resolve) => setImmediate(resolve)); // however slow they are
      if (round === 9) early = safe.heapBytes;
    }
    assert.equal(safe.heapBytes, early);
    const file = await put(safe, client, 'text', 40 * MIB, seed);
    await readBack(safe, client, file);
    checkHeap(context, safe, 'after 30 cancelled puts');
  });
});

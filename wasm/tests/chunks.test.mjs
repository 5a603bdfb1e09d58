// Content has the same addresses in wasm and in the native build: sizes around every border, and real files. With
// SAFE_SCALE=full these are the whole corpus of tests/differential, which compares the native build with the upstream crate.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PUT, Safe } from './module.mjs';

const CHUNK = 4190208;
const SIZES = [3, 4, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1, 3 * CHUNK, 3 * CHUNK + 1];
const MOST = 25;
const CORPUS = fileURLToPath(new URL('../../tests/differential/collect.py', import.meta.url));

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'safe-wasm-'));
const safe = await Safe.load(process.env.SAFE_WASM_DIR);
const client = await safe.connect('mem:');
after(() => {
  safe.module._safe_client_free(client);
  fs.rmSync(room, { recursive: true });
  assert.equal(safe.module._safe_debug_live_handles(), 0n);
});

// Not compressible in one half, text in the other.
function made(size) {
  const bytes = Buffer.alloc(size);
  let state = size | 1;
  for (let at = 0; at < size; ++at) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = at % 8192 < 4096 ? state >>> 24 : 97 + ((state >>> 28) % 7);
  }
  const file = path.join(room, `made-${size}`);
  fs.writeFileSync(file, bytes);
  return file;
}

function* filesBelow(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && fs.statSync(file).size >= 3 && fs.statSync(file).size < 24e6) yield file;
  }
}

function native(files) {
  const list = path.join(room, 'files');
  fs.writeFileSync(list, files.map((file) => `${file}\n`).join(''));
  const lines = execFileSync(process.env.SAFE_TOOL, ['put', '--dry-run', '--private', '--json', '--files-from', list], {
    env: { ...process.env, SAFE_VAULT: `file:${room}/vault` },
    maxBuffer: 1 << 28,
  });
  const named = lines.toString().trim().split('\n').map((line) => JSON.parse(line));
  return new Map(named.map(({ file, chunks }) => [file, chunks.map(({ name }) => name)]));
}

async function sameAsNative(files) {
  const wanted = native(files);
  for (const file of files) {
    const bytes = fs.readFileSync(file);
    const { chunks } = await safe.put(client, bytes.length, PUT.private | PUT.dryRun, [bytes]);
    assert.deepEqual(chunks, wanted.get(file), file);
  }
}

// Other ones at each seed.
function someOfThisMachine(seed) {
  const folders = ['/usr/bin', '/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/share/misc', '/usr/include'];
  const all = folders.filter(fs.existsSync).flatMap((folder) => [...filesBelow(folder)]);
  const step = Math.max(1, Math.floor(all.length / MOST));
  return all.filter((_, index) => (index + seed) % step === 0).slice(0, MOST);
}

function corpus() {
  return execFileSync('/usr/bin/python3', [CORPUS], { encoding: 'utf8', maxBuffer: 1 << 24 }).trim().split('\n');
}

test('sizes around the borders of chunks', () => sameAsNative(SIZES.map(made)));

test('real files', async (context) => {
  const seed = Number(process.env.SAFE_SEED ?? Date.now());
  const files = process.env.SAFE_SCALE === 'full' ? corpus() : someOfThisMachine(seed);
  assert.ok(files.length > 0);
  await sameAsNative(files);
  const size = files.reduce((sum, file) => sum + fs.statSync(file).size, 0);
  context.diagnostic(`${files.length} files equal of ${files.length} tried, ${size} bytes, seed ${seed}`);
});

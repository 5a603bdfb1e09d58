// Large blocks of the heap: none overlaps another, and what is free is one again, so that the heap does not grow for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Safe } from './module.mjs';

const safe = await Safe.load(process.env.SAFE_WASM_DIR);
const { module } = safe;
const KIB = 1024;
const seed = Number(process.env.SAFE_SEED ?? Date.now()) | 1;

function random(most) {
  random.state = (Math.imul(random.state ?? seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((random.state / 2 ** 32) * most);
}

function take(size, briefly = random(2) === 1) {
  const at = module._safe_wasm_take(size, briefly) >>> 0;
  assert.notEqual(at, 0);
  assert.equal(at % 4096, 0);
  return at;
}

test('blocks of all sizes come and go, and keep what is written to them', (context) => {
  context.diagnostic(`seed ${seed}`);
  const blocks = [];
  for (let step = 0; step < 3_000; ++step) {
    if (blocks.length < 40 && random(2)) {
      const size = 64 * KIB + random(random(2) ? 4000 * KIB : 100 * KIB);
      const at = take(size);
      const mark = step & 255;
      module.HEAPU8.fill(mark, at, at + size);
      blocks.push({ at, size, mark });
    } else if (blocks.length) {
      const [{ at, size, mark }] = blocks.splice(random(blocks.length), 1);
      assert.ok(Buffer.alloc(size, mark).equals(module.HEAPU8.subarray(at, at + size)), `step ${step}, seed ${seed}`);
      module._safe_wasm_give(at, size);
    }
  }
  for (const { at, size } of blocks) module._safe_wasm_give(at, size);
});

test('all that was given back is one block, whatever malloc does in between', () => {
  const before = safe.heapBytes;
  const whole = 24 * 1024 * KIB; // less than the blocks above had together
  module._safe_wasm_give(take(whole, false), whole);
  assert.equal(safe.heapBytes, before);
});

test('a heap that cannot grow gives nothing, and stays usable', () => {
  assert.equal(module._safe_wasm_take(0x7ff00000, false) >>> 0, 0);
  module._safe_wasm_give(take(100 * KIB), 100 * KIB);
});

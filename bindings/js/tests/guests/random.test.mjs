// A guest that calls everything with anything: good handles and stale ones, those of others, pointers in and out of its
// memory, sizes of any kind. Every call returns; nothing of it reaches the host's memory or another guest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, flat, loadGuest, model, openGuest, turn } from './open.mjs';

const seed = Number(process.env.SAFE_SEED ?? Date.now()) >>> 0;
const calls = process.env.SAFE_SCALE === 'full' ? 500_000 : 20_000;

let state = seed | 1;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const pick = (items) => items[random(items.length)];

test(`${calls} calls of any function with any arguments, seed ${seed}`, async (context) => {
  const ffi = await flat.loadFfi();
  const other = await openGuest(ffi);
  const others = await connect(other);
  const hosts = ffi.safe_key_generate();
  const open = await openGuest(ffi, [['done', 'ii>', []], ['log', 'iii>', []]]);
  const size = open.call.memory.buffer.byteLength;
  const known = [await connect(open), others, hosts];
  const texts = ['mem:', 'mem:x', 'safe:', 'name', ''].map((text) => open.put(text));
  const out = open.put(64);

  const pointer = () => pick([0, out, out, ...texts, random(size), size - random(40), 0xffff_ffff - random(100), size + random(1e6)]);
  const length = () => pick([0, 1, 32, random(5000), 1 << 16, random(2 ** 32), 0xffff_ffff]);
  const argument = ({ kind, type }) => {
    if (kind === 'handle') return pick([0, random(2 ** 32), ...known]);
    if (kind === 'int' && /64/.test(type)) return pick([0n, 1n, BigInt(random(1e6)), 2n ** 63n, -1n]);
    if (kind === 'int') return pick([0, 1, 2, length()]);
    if (kind === 'callback') return pick([0, open.index('done'), open.index('log'), 99_999, 3]);
    return kind === 'user_data' ? random(100) : pointer();
  };

  const answers = new Map();
  for (let number = 0; number < calls; ++number) {
    const one = pick(model.functions);
    if (one.name === 'safe_set') continue; // would change what the rest of this test measures
    const values = one.params.map(argument);
    const given = open.call[one.name](...values);
    if (one.result.kind === 'status') answers.set(given, (answers.get(given) ?? 0) + 1);
    if (one.result.kind === 'op') known.push(given >>> 0);
    if (one.params.some(({ kind }) => kind === 'out_handle') && given === 0) known.push(open.u32(out));
    // What was freed is asked for again for a while, then forgotten.
    if (known.length > 60) open.call.safe_op_free(known.splice(3 + random(20), 1)[0]);
    if (number % 50 === 0) await turn();
    if (!open.call.safe_op_state) assert.fail('the guest is gone');
  }
  context.diagnostic(`answers: ${[...answers].map(([code, times]) => `${ffi.safe_code_name(code)} ${times}`).join(', ')}`);
  assert.ok(answers.get(0) > 0 && answers.get(flat.SAFE_INVALID_HANDLE) > 0 && answers.get(flat.SAFE_INVALID_ARGUMENT) > 0);

  assert.equal(ffi.safe_key_public(hosts).length, 32);
  const url = other.call.safe_client_url(others);
  assert.equal(new TextDecoder().decode(other.bytes(url, 4)), 'mem:');
  other.call.safe_client_free(others);
  for (const { guest } of [open, other]) guest.dispose();
  ffi.safe_key_free(hosts);
  for (let turns = 0; turns < 1000 && ffi.safe_debug_live_handles() > 0n; ++turns) await turn();
  assert.equal(ffi.safe_debug_live_handles(), 0n);
  assert.ok(ffi.heapBytes() < 64 << 20, `${ffi.heapBytes()} bytes of memory`);
});

test('random bytes are no guest', async () => {
  const ffi = await flat.loadFfi();
  for (let round = 0; round < 200; ++round) {
    const bytes = Uint8Array.from({ length: random(200) }, () => random(256));
    bytes.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].slice(0, bytes.length));
    await assert.rejects(loadGuest(bytes, ffi));
  }
});

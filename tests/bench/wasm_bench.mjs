// What the module costs in Node, on one file: the same as capi_bench.c, of libsafe.wasm as it is shipped.
//
//   wasm_bench.mjs DIR FILE        DIR holds libsafe.mjs and libsafe.wasm; the last line is JSON
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PUT, Safe } from '../../wasm/tests/module.mjs';

const [dir, file] = process.argv.slice(2);
const PIECE = 1 << 20;
const CALLS = 20_000_000;

// From bytes to the first call.
async function instantiation() {
  const { default: create } = await import(pathToFileURL(path.resolve(dir, 'libsafe.mjs')));
  const wasmBinary = fs.readFileSync(path.join(dir, 'libsafe.wasm'));
  const began = performance.now();
  (await create({ wasmBinary }))._safe_abi_version();
  return performance.now() - began;
}

async function timed(work) {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1e3, cpu: (user + system) / 1e6 };
}

async function read(safe, client, link, size) {
  const parsed = safe.parseLink(link);
  const reader = await safe.result('reader', safe.module._safe_open(client, parsed));
  const memory = safe.module._malloc(PIECE);
  const into = new Uint8Array(PIECE);
  for (let at = 0; at < size; at += PIECE) {
    const length = Math.min(PIECE, size - at);
    await safe.result('u64', safe.module._safe_reader_read_into(reader, BigInt(at), memory, length));
    into.set(safe.module.HEAPU8.subarray(memory, memory + length));
  }
  safe.module._free(memory);
  safe.module._safe_reader_free(reader);
  safe.module._safe_link_free(parsed);
}

function emptyCall({ _safe_abi_version: call }) {
  const began = performance.now();
  for (let i = 0; i < CALLS; ++i) call();
  return ((performance.now() - began) / CALLS) * 1e6;
}

const instantiation_ms = await instantiation();
// As the npm package schedules it.
const safe = await Safe.load(dir, {
  safeWake: (delay) => (delay > 0 ? setTimeout(pump, delay) : setImmediate(pump)),
});
function pump() {
  safe.module._safe_wasm_pump();
}
const client = await safe.connect('mem:');
const bytes = fs.readFileSync(file);
const writing = await timed(() => safe.put(client, bytes.length, PUT.private | PUT.dryRun, [bytes]));
const { link } = await safe.put(client, bytes.length, PUT.private, [bytes]);
const reading = await timed(() => read(safe, client, link, bytes.length));
safe.module._safe_client_free(client);
const empty_call_ns = emptyCall(safe.module);
console.log(JSON.stringify({ bytes: bytes.length, writing, reading, empty_call_ns, instantiation_ms }));

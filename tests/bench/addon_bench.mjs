// What the Node addon costs, on one file:
//
//   addon_bench.mjs PACKAGE FILE             the last line is JSON
//   addon_bench.mjs PACKAGE WHAT COUNT       does so many calls of one kind and no more, for allocations to be counted
//
// The same work as capi_bench.c does, through the classes and the flat layer. Wants --expose-gc.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { nsOf } from './rounds.mjs';

const [folder, file, count] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(path.resolve(folder, name)).href);
const { loadFfi } = await load('ffi.js');
const ffi = await loadFfi({ engine: 'addon' });
const address = Uint8Array.of(1, ...new Uint8Array(31));

async function ended(op, take) {
  await ffi.ended(op);
  const result = take(op);
  ffi.safe_op_free(op);
  return result;
}

const handle = await ended(ffi.safe_connect('mem:', 0), ffi.safe_op_take_client);
const link = ffi.safe_link_from_address(new Uint8Array(32));

// Calls that end at once, by what crosses the boundary.
const calls = {
  empty: () => ffi.safe_abi_version(),
  getter: () => ffi.safe_link_size(link), // a handle goes in, a bigint comes out
  text: () => ffi.safe_link_text(link),
  bytes: () => ffi.safe_link_address(link),
  object: () => ffi.safe_link_free(ffi.safe_link_from_address(address)), // two calls
};

const operation = () => ended(ffi.safe_chunk_exists(handle, address), ffi.safe_op_take_u64);

async function operationNs(times, atOnce) {
  const begun = process.hrtime.bigint();
  for (let at = 0; at < times; at += atOnce) {
    if (atOnce === 1) await operation();
    else await Promise.all(Array.from({ length: atOnce }, operation));
  }
  return Number(process.hrtime.bigint() - begun) / times;
}

/** Bytes on JavaScript's heap for each call. */
function heapOf(call) {
  const times = 20_000;
  for (let at = 0; at < times; ++at) call();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let at = 0; at < times; ++at) call();
  return Math.max(0, Math.round((process.memoryUsage().heapUsed - before) / times));
}

async function seconds(work) {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await work();
  const taken = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: taken, cpu: (user + system) / 1e6 };
}

async function throughput() {
  const { connect } = await load('libsafe.js');
  const bytes = new Uint8Array(fs.readFileSync(file));
  const client = await connect('mem:', { engine: 'addon' });
  const nowhere = { private: true, dryRun: true };
  const writing = await seconds(() => client.put(bytes, nowhere));
  const { link: whole } = await client.put(bytes, { private: true });
  const reader = await client.open(whole);
  const readAll = async () => {
    let read = 0;
    for await (const piece of reader.stream()) read += piece.length;
    if (read !== bytes.length) throw new Error(`${read} bytes were read`);
  };
  await readAll(); // V8 compiles
  const reading = await seconds(readAll);
  const stored = await seconds(() => client.put(file, nowhere));
  await client.close();
  return { bytes: bytes.length, writing, reading, file: stored };
}

if (count !== undefined) {
  if (file === 'operation') await operationNs(Number(count), 1);
  else for (let at = 0; at < Number(count); ++at) calls[file]();
} else {
  const each = (measure) => Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, measure(call)]));
  const figures = { calls_ns: each(nsOf), heap_bytes: each(heapOf) };
  await operationNs(2000, 1);
  figures.operation_ns = await operationNs(20_000, 1);
  figures.operation_of_100_ns = await operationNs(50_000, 100);
  console.log(JSON.stringify({ ...(await throughput()), ...figures }));
}
ffi.safe_link_free(link);
ffi.safe_client_free(handle);

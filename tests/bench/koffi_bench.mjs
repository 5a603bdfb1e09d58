// The same calls as addon_bench.mjs makes, through koffi, a generic foreign function interface of npm's, over libsafe.so:
//
//   koffi_bench.mjs NODE_MODULES LIBRARY FILE        the last line is JSON
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { nsOf } from './rounds.mjs';

const [modules, library, file] = process.argv.slice(2);
const koffi = createRequire(path.join(path.resolve(modules), 'x'))('koffi');
const lib = koffi.load(path.resolve(library));
const of = (declaration) => lib.func(declaration);
const safe = {
  version: of('uint32_t safe_abi_version()'),
  connect: of('void *safe_connect(str url, uint32_t flags)'),
  exists: of('void *safe_chunk_exists(void *client, const uint8_t *address)'),
  wait: of('int32_t safe_op_wait(void *op, int64_t timeout_ms, void *error)'),
  takeClient: of('int32_t safe_op_take_client(void *op, _Out_ void **out, void *error)'),
  takeU64: of('int32_t safe_op_take_u64(void *op, _Out_ uint64_t *out, void *error)'),
  takeReceipt: of('int32_t safe_op_take_receipt(void *op, _Out_ void **out, void *error)'),
  takeReader: of('int32_t safe_op_take_reader(void *op, _Out_ void **out, void *error)'),
  freeOp: of('void safe_op_free(void *op)'),
  linkOf: of('int32_t safe_link_from_address(const uint8_t *address, _Out_ void **out, void *error)'),
  linkOfReceipt: of('int32_t safe_receipt_link(void *receipt, _Out_ void **out, void *error)'),
  size: of('uint64_t safe_link_size(void *link)'),
  text: of('str safe_link_text(void *link)'),
  freeLink: of('void safe_link_free(void *link)'),
  put: of('void *safe_put(void *client, const uint8_t *data, size_t size, uint32_t flags)'),
  putFile: of('void *safe_put_file(void *client, str path, uint32_t flags)'),
  open: of('void *safe_open(void *client, void *link)'),
  readInto: of('void *safe_reader_read_into(void *reader, uint64_t offset, uint8_t *buffer, size_t size)'),
};
const address = Uint8Array.of(1, ...new Uint8Array(31));

function out(call) {
  const box = [null];
  if (call(box) !== 0) throw new Error('koffi_bench: a call has failed');
  return box[0];
}

// What blocks runs on a thread of libuv's, so that Node's stays free.
const waited = (op) => new Promise((resolve, reject) => safe.wait.async(op, -1, null, (problem, status) =>
  (problem || status !== 0 ? reject(problem ?? new Error(String(status))) : resolve(op))));

async function ended(op, take) {
  await waited(op);
  const result = take && out((box) => take(op, box, null));
  safe.freeOp(op);
  return result;
}

const client = await ended(safe.connect('mem:', 0), safe.takeClient);
const link = out((box) => safe.linkOf(address, box, null));
const calls = {
  empty: () => safe.version(),
  getter: () => safe.size(link),
  text: () => safe.text(link),
  object: () => safe.freeLink(out((box) => safe.linkOf(address, box, null))),
};

async function timed(work) {
  const begun = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begun);
}

const operation_ns = await timed(async () => {
  for (let at = 0; at < 20_000; ++at) await ended(safe.exists(client, address), safe.takeU64);
}) / 20_000;

const PRIVATE = 1;
const DRY_RUN = 2;
const bytes = new Uint8Array(fs.readFileSync(file));
const writing = await timed(() => ended(safe.put(client, bytes, bytes.length, PRIVATE | DRY_RUN)));
const stored = await timed(() => ended(safe.putFile(client, file, PRIVATE | DRY_RUN)));
const receipt = await ended(safe.put(client, bytes, bytes.length, PRIVATE), safe.takeReceipt);
const reader = await ended(safe.open(client, out((box) => safe.linkOfReceipt(receipt, box, null))), safe.takeReader);
const PIECE = 1 << 20;
const reading = await timed(async () => {
  for (let at = 0; at < bytes.length; at += PIECE) {
    const size = Math.min(PIECE, bytes.length - at);
    await ended(safe.readInto(reader, at, new Uint8Array(size), size));
  }
});
const seconds = (ns) => ({ seconds: ns / 1e9 });
console.log(JSON.stringify({
  bytes: bytes.length, writing: seconds(writing), reading: seconds(reading), file: seconds(stored), operation_ns,
  calls_ns: Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, nsOf(call)])),
}));

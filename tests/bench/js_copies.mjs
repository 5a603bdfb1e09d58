// Bytes that the npm package copies between JavaScript's memory and that of wasm, on one file:
//
//   js_copies.mjs PACKAGE FILE        the last line is JSON
//
// What the library copies within its own memory is not among them: that is the C interface's.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, file] = process.argv.slice(2);
const PIECE = 1 << 20;
const LEAST = 4096;

let copied = 0;
const { prototype } = Object.getPrototypeOf(Uint8Array);
const { set, slice } = prototype;
prototype.set = function (from, ...rest) {
  if (from.length >= LEAST) copied += from.length;
  return set.call(this, from, ...rest);
};
prototype.slice = function (...range) {
  const part = slice.apply(this, range);
  if (part.length >= LEAST) copied += part.length;
  return part;
};

async function copiesOf(work) {
  copied = 0;
  const result = await work();
  return { copied, result };
}

function* pieces(bytes) {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function readAll(reader) {
  for (let at = 0; at < reader.size; at += PIECE) await reader.read(at, Math.min(PIECE, reader.size - at));
}

const { connect } = await import(pathToFileURL(path.resolve(folder, 'libsafe.js')));
const bytes = new Uint8Array(fs.readFileSync(file));
const client = await connect('mem:');
const { copied: writing, result: receipt } = await copiesOf(() => client.put(pieces(bytes), { private: true }));
const reader = await client.open(receipt.link);
const { copied: reading } = await copiesOf(() => readAll(reader));
await reader.close();
await client.close();
console.log(JSON.stringify({ bytes: bytes.length, writing: { copied: writing }, reading: { copied: reading } }));

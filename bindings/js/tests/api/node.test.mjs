// The cases of the API in Node, where the library runs in this thread.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { namesFor, run } from './run.mjs';

const safe = await import(pathToFileURL(path.join(process.env.SAFE_NPM, 'libsafe.js')));
const folder = await mkdtemp(path.join(tmpdir(), 'safe-api-'));
const seed = Number(process.env.SAFE_SEED ?? Date.now() % 2 ** 31);
console.log(`SAFE_SEED=${seed}`);
after(() => rm(folder, { recursive: true, force: true }));

const wasmFile = path.join(process.env.SAFE_NPM, 'libsafe.wasm');
const wasm = { url: pathToFileURL(wasmFile).href, bytes: async () => new Uint8Array(await readFile(wasmFile)), missing: 'Error' };

for (const name of namesFor('node')) test(name, () => run(name, safe, 'node', { seed, folder, wasm }));

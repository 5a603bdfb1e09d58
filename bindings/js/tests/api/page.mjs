// In the page: the cases, for the test to call.
import * as safe from './libsafe/libsafe.js';
import { run } from './run.mjs';

const wasm = {
  url: new URL('./libsafe/libsafe.wasm', import.meta.url).href,
  bytes: async () => new Uint8Array(await (await fetch(wasm.url)).arrayBuffer()),
  missing: 'SAFE_IO',
};

Object.assign(globalThis, { safe, run: (name, place, more) => run(name, safe, place, { ...more, wasm }), ready: true });

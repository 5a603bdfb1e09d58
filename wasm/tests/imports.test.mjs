// What the module asks of its host is the ports and the runtime: no socket, lock, mmap or process call that Emscripten
// has only a stub for. wasm/imports.lock is the list; one line more is a decision.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const lock = new URL('../imports.lock', import.meta.url);
// C++ exceptions: one function for each signature, and the steps of throwing and catching.
const family = (name) => name.replace(/^env\.invoke_.*/, 'env.invoke_*').replace(/^env\.__cxa_.*/, 'env.__cxa_*');

test('the imports are those of the lock', () => {
  const wasm = fs.readFileSync(path.join(process.env.SAFE_WASM_DIR, 'libsafe.wasm'));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
  const names = new Set(imports.map(({ module, name }) => family(`${module}.${name}`)));
  assert.deepEqual([...names].sort(), fs.readFileSync(lock, 'utf8').trim().split('\n'));
});

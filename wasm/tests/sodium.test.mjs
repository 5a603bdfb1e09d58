// libsodium's own tests (test/default of its source), against the libsodium.a that libsafe.wasm is linked from: each prints
// what the file of its name with .exp says. Each has an instance of its own, since some change how libsodium works.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const dir = process.env.SAFE_VECTORS_DIR;
const { default: create } = await import(path.join(dir, 'sodium_vectors.mjs'));
const compiled = new WebAssembly.Module(fs.readFileSync(path.join(dir, 'sodium_vectors.wasm')));
const names = WebAssembly.Module.exports(compiled).flatMap(({ name }) => name.match(/^test_(.*)/)?.[1] ?? []);

async function instance() {
  return create({
    instantiateWasm(imports, receive) {
      const made = new WebAssembly.Instance(compiled, imports);
      receive(made, compiled);
      return made.exports;
    },
  });
}

for (const name of names) {
  test(name, async () => {
    const module = await instance();
    assert.equal(module._begin(), 0);
    assert.equal(module[`_test_${name}`](), 0);
    const printed = Buffer.from(module.HEAPU8.buffer, module._output(), module._output_size()).toString('latin1');
    assert.equal(printed, fs.readFileSync(path.join(dir, 'sodium', `${name}.exp`), 'latin1'));
  });
}

test('they are all there', () => assert.ok(names.length >= 75, `${names.length} programs`));

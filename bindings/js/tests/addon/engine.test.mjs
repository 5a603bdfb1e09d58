// Which engine is used: the addon where it can be loaded, whatever is forced, and nothing else in silence.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { folder as installed } from '../common/installed.mjs';
import { folder, program } from './scripts.mjs';

const which = "const client = await connect('mem:'); console.log(client.engine, (await client.put(new Uint8Array(9))).size); await client.close();";

/** What a program prints that ends well. */
async function printed(text, options) {
  const { code, stdout, stderr } = await program(text, options);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
}

/** The package without the addon, or with another file in its place. */
function packageWith(name, addon) {
  const copy = path.join(folder, name);
  fs.cpSync(installed, copy, { recursive: true });
  const file = path.join(copy, 'prebuilds', `${process.platform}-${process.arch}`, 'libsafe.node');
  assert.ok(fs.existsSync(file), 'the package has the addon');
  fs.rmSync(file);
  if (addon !== undefined) fs.writeFileSync(file, addon);
  return copy;
}

test('the addon is used when it is there, and libsafe.wasm or it when that is said', async () => {
  assert.equal(await printed(which), 'addon 9\n');
  assert.equal(await printed(which, { engine: 'wasm' }), 'wasm 9\n');
  assert.equal(await printed(which, { engine: 'addon' }), 'addon 9\n');
  const options = which.replace("'mem:'", "'mem:', { engine: 'wasm' }");
  assert.equal(await printed(options), 'wasm 9\n');
  assert.equal(await printed(options, { engine: 'addon' }), 'wasm 9\n', 'what the caller says goes before the environment');
});

test('the flat layer is over libsafe.wasm, in which guests run, unless the addon is asked for', async () => {
  const flat = 'const ffi = await flat.loadFfi(OPTIONS); console.log(ffi.engine, ffi.safe_version_string()); ffi.dispose();';
  assert.equal(await printed(flat.replace('OPTIONS', '')), 'wasm 1.0.0\n');
  assert.equal(await printed(flat.replace('OPTIONS', "{ engine: 'addon' }")), 'addon 1.0.0\n');
  assert.equal(await printed(flat.replace('OPTIONS', ''), { engine: 'addon' }), 'addon 1.0.0\n');
});

test('both engines run side by side, and give the same content the same link', async () => {
  const text = `
    const clients = await Promise.all(['addon', 'wasm'].map((engine) => connect('mem:', { engine })));
    const content = new Uint8Array(5_000_000).map((_, at) => at * at >> 5);
    const links = await Promise.all(clients.map(async (client) => (await client.put(content)).link.text));
    console.log(clients.map(({ engine }) => engine).join(), links[0] === links[1], await safe.liveHandles() > 0);
    const key = await safe.Key.generate();
    for (const client of clients) await client.createRecord(key, 'of both', content.subarray(0, 5));
    for (const one of [key, ...clients]) await one.close();
    console.log(await safe.liveHandles());`;
  assert.equal(await printed(text), 'addon,wasm true true\n0\n');
});

test('a name that is none is refused, not taken for another', async () => {
  const text = "await connect('mem:').catch((problem) => console.log(failed(problem), problem.message));";
  const said = await printed(text, { engine: 'native' });
  assert.match(said, /^SAFE_INVALID_ARGUMENT SAFE_ENGINE in the environment is 'native'; set it to addon or wasm/);
  for (const wrong of ["'native'", 'null', '1']) {
    assert.match(await printed(text.replace("'mem:'", `'mem:', { engine: ${wrong} }`)), /^TypeError engine: 'addon' or 'wasm'/);
  }
  assert.equal(await printed(which, { engine: '' }), 'addon 9\n', 'nothing said');
});

test('without an addon there is libsafe.wasm; one that was forced is a clear failure', async () => {
  const forced = `
    for (const made of [() => connect('mem:', { engine: 'addon' }), () => flat.loadFfi({ engine: 'addon' })]) {
      await made().catch((problem) => console.log(problem instanceof safe.SafeError, failed(problem), problem.message));
    }`;
  for (const [name, addon, why] of [
    ['missing', undefined, /^the Node addon cannot be used: there is no .*libsafe\.node/],
    ['damaged', 'not a shared object', /^the Node addon cannot be used: .*(invalid ELF header|file too short)/],
  ]) {
    const from = packageWith(name, addon);
    assert.equal(await printed(which, { from }), 'wasm 9\n', name);
    const lines = (await printed(forced, { from })).trim().split('\n');
    assert.equal(lines.length, 2);
    for (const line of lines) {
      assert.match(line, /^true SAFE_UNSUPPORTED /);
      assert.match(line.replace('true SAFE_UNSUPPORTED ', ''), why);
      assert.match(line, /engine: 'wasm' does without$/);
    }
    const environment = await program(which, { from, engine: 'addon' });
    assert.match(environment.stderr, /the Node addon cannot be used/, 'SAFE_ENGINE=addon');
    assert.equal(environment.code, 1);
  }
});

test('a directory belongs to the engine that made it; the other one says so', async () => {
  const text = `
    for (const [first, second] of [['addon', 'wasm'], ['wasm', 'addon']]) {
      const url = \`file:\${folder}/made-by-\${first}\`;
      const client = await connect(url, { engine: first });
      const { link } = await client.put(new Uint8Array(100_000));
      await client.close();
      await connect(url, { engine: second }).catch((problem) => console.log(failed(problem), problem.message));
      const again = await connect(url, { engine: first });
      console.log((await again.get(link)).length);
      await again.close();
    }`;
  const [native, one, wasm, two] = (await printed(text)).trim().split('\n');
  assert.match(native, /^SAFE_STORE_VERSION .*made by a native build .*engine: 'addon'/);
  assert.match(wasm, /^SAFE_STORE_VERSION .*made by the WebAssembly build/);
  assert.deepEqual([one, two], ['100000', '100000']);
});

test('a vault that the tool has made is read through the addon, and the other way round', async () => {
  const { execFileSync } = await import('node:child_process');
  const vault = `file:${folder}/of-the-tool`;
  const tool = (...words) => execFileSync(process.env.SAFE_TOOL, ['--vault', vault, ...words], { encoding: 'utf8', cwd: folder });
  fs.writeFileSync(path.join(folder, 'content'), Buffer.alloc(300_000, 'of the tool '));
  const link = tool('put', 'content').trim();
  const text = `
    const client = await connect(${JSON.stringify(vault)}, { create: false });
    console.log(new TextDecoder().decode((await client.get(${JSON.stringify(link)})).subarray(0, 11)));
    console.log((await client.put(new TextEncoder().encode('of the addon'))).link.text);
    await client.close();`;
  const [read, other] = (await printed(text)).trim().split('\n');
  assert.equal(read, 'of the tool');
  assert.equal(tool('get', other), 'of the addon');
});

test('guests say that they want libsafe.wasm', async () => {
  const guest = JSON.stringify(new URL(`file://${path.join(installed, 'guest.js')}`).href);
  const text = `
    const { loadGuest } = await import(${guest});
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await loadGuest(empty, await flat.loadFfi({ engine: 'addon' })).catch((problem) => console.log(failed(problem), problem.message));`;
  assert.match(await printed(text), /^SAFE_UNSUPPORTED guests run in libsafe\.wasm.*loadFfi\(\{ engine: 'wasm' \}\)/);
});

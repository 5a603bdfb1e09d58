// The package's entries, from a project of a user: ES modules, CommonJS, the seed's `import safe_ffi from 'safe_ffi'`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { folder, load, project } from '../common/installed.mjs';

/** Runs a file of the project; what it printed. */
function run(name, text) {
  const file = path.join(project, name);
  fs.writeFileSync(file, text);
  return execFileSync(process.execPath, ['--no-warnings', file], { cwd: project, encoding: 'utf8', timeout: 60_000 });
}

const sha256 = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

test('libsafe: connect, put, get', () => {
  const printed = run('main.mjs', `
    import { connect, liveHandles } from 'libsafe';
    const client = await connect('mem:');
    const { link } = await client.put(new TextEncoder().encode('any bytes'));
    console.log(new TextDecoder().decode(await client.get(link)));
    await client.close();
    console.log(await liveHandles());`);
  assert.match(printed, /^any bytes\n0n?\n$/);
});

test('libsafe/ffi and libsafe/guest', () => {
  const printed = run('parts.mjs', `
    import { loadFfi, SAFE_OK, SafeError } from 'libsafe/ffi';
    import { loadGuest, SafeError as Same } from 'libsafe/guest';
    const ffi = await loadFfi();
    console.log(ffi.safe_version_string(), SAFE_OK, typeof loadGuest, new SafeError(-1, 'X', 'x') instanceof Same);`);
  assert.equal(printed, '1.0.0 0 function true\n');
});

test("import safe_ffi from 'safe_ffi': the C interface, loaded, one for all; its README runs", () => {
  const readme = fs.readFileSync(path.join(folder, 'safe_ffi/README.md'), 'utf8');
  const [, snippet] = /```js\n(.*?)```/s.exec(readme);
  assert.equal(run('readme.mjs', snippet), 'mem:\n0n\n');
  const printed = run('seed.mjs', `
    import safe_ffi, { SAFE_BAD_LINK } from 'safe_ffi';
    const again = await import('safe_ffi');
    console.log(safe_ffi === again.default, safe_ffi.safe_code_name(SAFE_BAD_LINK));`);
  assert.equal(printed, 'true SAFE_BAD_LINK\n');
});

test('a project that is linked to the package, as npm install of a folder does, has safe_ffi, too', () => {
  const linked = path.join(project, 'linked');
  fs.mkdirSync(linked, { recursive: true });
  fs.writeFileSync(path.join(linked, 'package.json'), '{ "type": "module", "private": true }');
  const npm = (what) => execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', what], { cwd: linked });
  npm('../node_modules/libsafe');
  npm('./node_modules/libsafe/safe_ffi');
  const printed = run('linked/main.mjs', "import safe_ffi from 'safe_ffi'; console.log(safe_ffi.safe_version_string());");
  assert.equal(printed, '1.0.0\n');
});

test('CommonJS gets it by import(), and by require() where Node can', () => {
  assert.equal(run('import.cjs', "import('libsafe').then(({ connect }) => console.log(typeof connect));"), 'function\n');
  const printed = run('require.cjs', `
    let answer;
    try {
      answer = typeof require('libsafe').connect;
    } catch (problem) {
      answer = problem.code;
    }
    console.log(answer);`);
  assert.match(printed, /^(function|ERR_REQUIRE_ESM)\n$/);
});

test('there is one libsafe.wasm, the one that was built', () => {
  const all = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.wasm'));
  assert.deepEqual(all, ['libsafe.wasm']);
  assert.equal(sha256(path.join(folder, 'libsafe.wasm')), sha256(process.env.SAFE_WASM));
});

test('an entry that is not named is none', async () => {
  await assert.rejects(async () => load('libsafe/types/index.js'), /not defined by "exports"/);
  for (const name of ['libsafe.js', 'libsafe.wasm', 'package.json']) {
    assert.ok(run('resolve.cjs', `console.log(require.resolve('libsafe/${name}'));`).includes(name));
  }
});

test('what is downloaded by a page is small, and no file names the machine that made it', () => {
  const gzip = (name) => zlib.gzipSync(fs.readFileSync(path.join(folder, name)), { level: 9 }).length;
  const gzipped = ['libsafe.js', 'libsafe.wasm'].map(gzip);
  assert.ok(gzipped[0] + gzipped[1] <= 1_200_000, `${gzipped} bytes gzipped`);
  const home = path.resolve(process.env.SAFE_NPM_TOOLS, '../../../..');
  for (const name of fs.readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (fs.statSync(file).isFile()) assert.ok(!fs.readFileSync(file).includes(home), `${name} names ${home}`);
  }
});

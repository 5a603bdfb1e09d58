// What the store of Node says when it cannot: each message has what is wrong and what to do next.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { bundle, stores, temporaryFolder } from './bundle.mjs';
import { noise } from './law.mjs';

const folder = await temporaryFolder();
const tool = process.env.SAFE_TOOL;
let kind;

before(async () => {
  const { fileStores } = await import(await bundle('stores.mjs', stores, folder));
  kind = await fileStores();
});

const at = (name) => path.join(folder, name);
const open = (name, noCreate = false) => kind.open(`file:${at(name)}`, noCreate);
const fails = (promise, codeName, message) => assert.rejects(promise, { name: 'SafeError', codeName, message });

/** A vault with one value. */
async function vault(name) {
  const store = await open(name);
  await store.create('chunks/a', noise(1000, 1));
  return store;
}

/** Calls `work` while a function of Node's fails. */
async function failing(name, code, work) {
  const real = fs[name];
  fs[name] = async () => {
    throw Object.assign(new Error(`${code}: no luck, ${name}`), { code });
  };
  try {
    await work();
  } finally {
    fs[name] = real;
  }
}

test('no vault, and none wanted', async () => {
  await fails(open('missing', true), 'SAFE_STORE_MISSING', /^there is no vault; check the path/);
  await assert.rejects(fs.stat(at('missing')));
  await fs.mkdir(at('empty'));
  await fails(open('empty', true), 'SAFE_STORE_MISSING', /^there is no vault/);
});

test('a file, a folder with other things, a place below a file', async () => {
  await fs.writeFile(at('file'), 'x');
  await fails(open('file'), 'SAFE_BAD_URL', /^it is a file; name a directory/);
  await fails(open('file/below'), 'SAFE_BAD_URL', /^it is a file; name a directory/);
  await fs.mkdir(at('full'));
  await fs.writeFile(at('full/letter.txt'), 'x');
  await fails(open('full'), 'SAFE_BAD_URL', /^the directory has other things in it; choose an empty or a new one/);
  assert.deepEqual(await fs.readdir(at('full')), ['letter.txt']);
});

test('a folder in which somebody died while making a vault becomes one', async () => {
  await fs.mkdir(at('half'));
  await fs.writeFile(at('half/safe-vault.1-2'), '');
  const store = await open('half');
  assert.equal(await store.create('a', noise(3, 3)), true);
});

test('URLs', async () => {
  const relative = path.relative(process.cwd(), at('a vault'));
  for (const url of [`file:${at('a%20vault')}`, `file://${at('a vault')}`, `file://localhost${at('a vault')}`, `file:${relative}`]) {
    const store = await kind.open(url, false);
    await store.create('a', noise(3, 3));
    await store.close();
  }
  assert.deepEqual((await fs.readdir(at('a vault'))).sort(), ['safe-vault', 'tmp', 'values']);
  for (const url of ['file:', 'file://host/a', 'file://', 'file:%zz', 'file:%ff', 'file:a%00b']) {
    await fails(kind.open(url, false), 'SAFE_BAD_URL', /./);
  }
});

test('a newer format, and a marker that is none', async () => {
  await vault('newer');
  await fs.writeFile(at('newer/safe-vault'), 'safe vault wasm format 2\n');
  await fails(open('newer'), 'SAFE_STORE_VERSION', /^written by format 2, this library reads 1-1; upgrade libsafe or choose another/);
  for (const text of ['', 'safe vault wasm format 1', 'safe vault wasm format 01\n', 'safe vault wasm format x\n', 'x\n']) {
    await fs.writeFile(at('newer/safe-vault'), text);
    await fails(open('newer'), 'SAFE_STORE_CORRUPT', /^its marker file safe-vault is damaged; restore it/);
  }
});

test('the native library refuses such a directory, and the other way round', { skip: !tool && 'SAFE_TOOL is not set' }, async () => {
  await vault('ours');
  const run = promisify(execFile);
  const file = at('content');
  await fs.writeFile(file, 'content');
  await assert.rejects(run(tool, ['put', '--vault', `file:${at('ours')}`, file]), ({ code, stderr }) => {
    assert.equal(code, 4);
    assert.match(stderr, /made by the WebAssembly build.*STORE_VERSION -3104/s);
    return true;
  });
  await run(tool, ['put', '--vault', `file:${at('native')}`, file]);
  await fails(open('native'), 'SAFE_STORE_VERSION', /^made by a native build of the library/);
});

test('a full disk: nothing of the value is there, and room makes it work', async () => {
  const store = await vault('no room');
  for (const [name, code] of [['open', 'ENOSPC'], ['link', 'EDQUOT'], ['mkdir', 'ENOSPC']]) {
    const key = `${name}/b`;
    await failing(name, code, () => fails(store.create(key, noise(1000, 2)), 'SAFE_STORE_FULL', /free some space/));
    assert.equal(await store.exists(key), false);
    assert.equal(await store.create(key, noise(1000, 2)), true);
  }
  assert.deepEqual(await fs.readdir(at('no room/tmp')), []);
});

test('a disk that is read only can be read', async () => {
  const store = await vault('read only');
  for (const code of ['EROFS', 'EACCES', 'EPERM']) {
    await failing('unlink', code, () => fails(store.remove('chunks/a'), 'SAFE_STORE_READ_ONLY', /check who may write there/));
  }
  await failing('mkdir', 'EROFS', async () => {
    const again = await open('read only', true);
    await fails(again.create('records/a', noise(3, 3)), 'SAFE_STORE_READ_ONLY', /check who may write there/);
    assert.equal((await again.get('chunks/a', 0, 5000)).length, 1000);
  });
});

test('a directory that may not be read', async () => {
  await vault('closed');
  await failing('readFile', 'EACCES', () => fails(open('closed'), 'SAFE_ACCESS_DENIED', /check who may read there/));
});

test('a file system without hard links', async () => {
  await failing('link', 'EPERM', () => fails(open('linkless'), 'SAFE_UNSUPPORTED', /^its file system has no hard links/));
});

test('other errors name the system’s', async () => {
  const store = await vault('broken');
  await failing('open', 'EIO', () => fails(store.get('chunks/a', 0, 9), 'SAFE_STORE_IO', /EIO.*; check the disk and the system log/));
  await failing('open', 'EMFILE', () => fails(store.get('chunks/a', 0, 9), 'SAFE_STORE_BUSY', /raise the limit of open files/));
  await failing('open', 'ENOMEM', () => fails(store.get('chunks/a', 0, 9), 'SAFE_OUT_OF_MEMORY', /ENOMEM/));
});

test('a value that is torn is damaged, never other bytes, and a replacement mends it', async () => {
  const store = await vault('torn');
  const file = at('torn/values/chunks/a.value');
  const sound = await fs.readFile(file);
  const zeros = (begin, end) => Buffer.from(sound).fill(0, begin, end);
  for (const [torn, length] of [
    [sound.subarray(0, 500), 1], [sound.subarray(0, 1008), 1], [sound.subarray(0, 8), 1], [Buffer.alloc(0), 1],
    [Buffer.alloc(12), 1], [Buffer.alloc(1012), 1], [zeros(500, 1012), 1], [Buffer.concat([sound, sound]), 1], [zeros(0, 500), 0],
  ]) {
    await fs.writeFile(file, torn);
    await fails(store.get('chunks/a', 0, 10), 'SAFE_STORE_CORRUPT', /^its file .*; put it again, or restore/);
    if (length) await fails(store.exists('chunks/a'), 'SAFE_STORE_CORRUPT', /^its file is cut short/);
  }
  assert.equal(await store.create('chunks/a', noise(1000, 1)), false);
  await store.replace('chunks/a', noise(1000, 1));
  assert.equal(Buffer.compare(await store.get('chunks/a', 0, 5000), noise(1000, 1)), 0);
});

test('a writer whose file was taken for stale writes it again', async () => {
  const store = await vault('swept');
  const { link } = fs;
  let taken = 0;
  fs.link = async (from, to) => {
    if (taken++ === 0) await fs.unlink(from);
    return link(from, to);
  };
  try {
    assert.equal(await store.create('chunks/b', noise(1000, 2)), true);
  } finally {
    fs.link = link;
  }
  assert.equal(Buffer.compare(await store.get('chunks/b', 0, 5000), noise(1000, 2)), 0);
});

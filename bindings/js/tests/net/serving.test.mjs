// A vault that a program in Node serves: over libsafe.wasm by Node's sockets, over the addon by the library's.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { folder as installed, load } from '../common/installed.mjs';
import { noise, sleep, until } from '../api/check.mjs';
import { safe as tool, temporaryFolder } from './daemon.mjs';

const safe = await load('libsafe');
const { connect, Key, SafeError, Vault } = safe;
const run = promisify(execFile);
const { folder, remove } = await temporaryFolder();
const addon = process.env.SAFE_ENGINE === 'addon';
after(remove);
afterEach(() => until(async () => (await safe.liveHandles()) === 0, 'handles are left'));

const same = (a, b) => assert.equal(Buffer.compare(a, b), 0, 'other bytes came back');
const failure = (...codeNames) => (problem) => {
  assert.ok(problem instanceof SafeError && codeNames.includes(problem.codeName), `${problem.codeName}: ${problem.message}`);
  return true;
};
const here = 'tcp://127.0.0.1:0';

test('the tool, Python and this process store in a served vault, and read what the others did', async () => {
  const vault = await Vault.open(`file:${folder}/vault`);
  const url = await vault.listen(here);
  assert.match(url, new RegExp(`^tcp://127\\.0\\.0\\.1:\\d+#${vault.key}$`));
  assert.deepEqual(vault.urls, [url]);
  const content = noise(20_000_000, 1);
  const client = await connect(url);
  const { link } = await client.put(content);
  same(await tool(['get', link.text, '--vault', url]), content);
  const theirs = String(await tool(['put', '-', '--vault', url], noise(3_000_000, 2))).trim().split(/\s/)[0];
  same(await client.get(theirs), noise(3_000_000, 2));
  if (process.env.SAFE_PYTHON) {
    const script = `import sys, libsafe
with libsafe.connect(sys.argv[1]) as client:
    data = client.get(sys.argv[2])
    key = libsafe.Key.generate()
    client.create_record(key, "r", b"of Python")
    print(client.put(data[::-1]).link.text, key.public.hex())`;
    const { stdout } = await run(process.env.SAFE_PYTHON, ['-c', script, url, link.text]);
    const [reversed, owner] = stdout.trim().split(' ');
    same(await client.get(reversed), content.slice().reverse());
    const address = await safe.recordAddress(Buffer.from(owner, 'hex'), 'r');
    assert.equal(Buffer.from((await client.getRecord(address)).value).toString(), 'of Python');
  }
  assert.match(await vault.metrics(), /^safe_vault_connections/m);
  await client.close();
  await vault.close();
  await assert.rejects(connect(url), failure('SAFE_CONNECTION_FAILED'));
});

test('the key stays with the directory, is nobody else\'s, and is as the native library keeps it', async () => {
  const url = `file:${folder}/kept`;
  const vault = await Vault.open(url);
  const { key } = vault;
  await vault.close();
  const file = path.join(folder, 'kept/vault.key');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await readFile(file)).length, 32);
  for (const again of await Promise.all([Vault.open(url), Vault.open(url)])) {
    assert.equal(again.key, key);
    await again.close();
  }
  await chmod(file, 0o644);
  await assert.rejects(Vault.open(url), failure('SAFE_BAD_KEY'));
  await chmod(file, 0o600);
  const raced = await Promise.all(Array.from({ length: 8 }, () => Vault.open(`file:${folder}/raced`)));
  assert.equal(new Set(raced.map((one) => one.key)).size, 1);
  for (const one of raced) await one.close();
  await assert.rejects(Vault.open(`file:${folder}/none`, { create: false }), failure('SAFE_STORE_MISSING'));
});

test('a key of one\'s own makes the same URL again', async () => {
  const key = await Key.generate();
  const first = await Vault.open('mem:', { key });
  const url = await first.listen(here);
  await first.close();
  const second = await Vault.open('mem:', { key });
  await key.close();
  assert.equal(await second.listen(url.replace(/#.*/, '')), url);
  const client = await connect(url);
  await client.put(Uint8Array.of(1));
  await client.close();
  await second.close();
});

test('limits hold', async () => {
  const vault = await Vault.open('mem:');
  await vault.setLimit('connections', 1);
  await vault.setLimit('quota', 1_000_000);
  const url = await vault.listen(here);
  const client = await connect(url);
  await assert.rejects(connect(url), failure('SAFE_BUSY'));
  await assert.rejects(client.put(noise(3_000_000, 4)), failure('SAFE_VAULT_REFUSED'));
  await assert.rejects(vault.setLimit('other', 1), TypeError);
  await assert.rejects(vault.setLimit('connections', 0), failure('SAFE_INVALID_ARGUMENT'));
  await client.close();
  await vault.close();
});

test('drained, it takes nothing new, and ends what is under way', async () => {
  const vault = await Vault.open('mem:');
  const url = await vault.listen(here);
  const client = await connect(url);
  const { link } = await client.put(noise(1_000_000, 5));
  const reading = client.get(link);
  await reading;
  await vault.drain(5000);
  await assert.rejects(connect(url), failure('SAFE_CONNECTION_FAILED', 'SAFE_BUSY'));
  await client.setTimeout(2000); // long enough for an attempt, also on a busy machine
  await assert.rejects(client.get(link), failure('SAFE_CONNECTION_FAILED', 'SAFE_BUSY'));
  await client.close();
  await vault.close();
});

test('strangers do not disturb', async () => {
  const vault = await Vault.open('mem:');
  const url = await vault.listen(here);
  const port = Number(new URL(url.replace('tcp:', 'ws:')).port);
  const sockets = [];
  for (let at = 0; at < 60; ++at) {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    if (at % 3 === 0) socket.write(noise(5000, at));
    if (at % 3 === 1) socket.once('connect', () => socket.resetAndDestroy());
  }
  const client = await connect(url);
  const { link } = await client.put(noise(2_000_000, 6));
  same(await client.get(link), noise(2_000_000, 6));
  await client.close();
  for (const socket of sockets) socket.destroy();
  await vault.close();
});

test('what cannot be listened at says so', async () => {
  const vault = await Vault.open('mem:');
  const taken = net.createServer();
  await new Promise((resolve) => taken.listen(0, '127.0.0.1', resolve));
  await assert.rejects(vault.listen(`tcp://127.0.0.1:${taken.address().port}`), failure('SAFE_CONNECTION_FAILED'));
  for (const url of ['tcp://127.0.0.1', 'other://127.0.0.1:1', 'tcp:', '']) {
    await assert.rejects(vault.listen(url), failure('SAFE_BAD_URL'), url);
  }
  if (!addon) await assert.rejects(vault.listen('ws://127.0.0.1:0/'), failure('SAFE_UNSUPPORTED'));
  await assert.rejects(vault.accept('nothing:'), failure('SAFE_BAD_URL'));
  taken.close();
  await vault.close();
  assert.ok(vault.closed);
  await assert.rejects(vault.listen(here), failure('SAFE_CLOSED'));
  await vault.close();
});

test('a vault that listens keeps the process, and nothing else does when it is closed', async () => {
  const script = `const { Vault } = await import(${JSON.stringify(pathToFileURL(path.join(installed, 'libsafe.js')).href)});
    let vault = await Vault.open('mem:');
    console.log(await vault.listen(${JSON.stringify(here)}));
    process.on('SIGUSR2', async () => { await vault.close(); console.log('closed'); });`;
  const running = run(process.execPath, ['--input-type=module', '-e', script], { timeout: 60_000 });
  const { child } = running;
  const url = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
  await sleep(500);
  const client = await connect(url);
  await client.put(noise(100_000, 7));
  child.kill('SIGUSR2');
  const { stdout } = await running;
  assert.match(stdout, /closed\n$/);
  await client.close();
});

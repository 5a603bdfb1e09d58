// Clients in Node over libsafe.wasm, whose sockets are Node's own, of vaults that the daemon serves.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { after, afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { folder as installed, load } from '../common/installed.mjs';
import { noise, sleep, until } from '../api/check.mjs';
import { between, certificate, Daemon, peer, safe as tool, temporaryFolder } from './daemon.mjs';

const safe = await load('libsafe');
const module = pathToFileURL(path.join(installed, 'libsafe.js')).href;
const { connect, Key, SafeError } = safe;
const { folder, remove } = await temporaryFolder();
const daemon = await Daemon.start(`file:${folder}/vault`);
after(async () => {
  await daemon.stop();
  await remove();
});
afterEach(async () => assert.equal(await safe.liveHandles(), 0, 'handles are left'));

const same = (a, b) => assert.equal(Buffer.compare(a, b), 0, 'other bytes came back');
const failure = (...codeNames) => (problem) => {
  assert.ok(problem instanceof SafeError && codeNames.includes(problem.codeName), `${problem.codeName}: ${problem.message}`);
  return true;
};
const withPort = (url, port) => url.replace(/:\d+/, `:${port}`);

for (const scheme of ['tcp', 'ws']) {
  test(`${scheme}: 32 MiB go there and come back, also by the tool`, async () => {
    const client = await connect(daemon.url(scheme));
    assert.equal(client.engine, 'wasm');
    assert.equal(await client.state(), 'connected');
    const content = noise(32 << 20, scheme.length);
    const { link, newChunks } = await client.put(content, { private: true, verify: true });
    assert.ok(newChunks >= 8);
    same(await client.get(link), content);
    same(await tool(['get', link.text, '--vault', daemon.url('tcp')]), content);
    const reader = await client.open(link);
    same(await reader.read(20_000_000, 10), content.subarray(20_000_000, 20_000_010));
    await client.close();
  });

  test(`${scheme}: records, and many things at once`, async () => {
    const client = await connect(daemon.url(scheme));
    const key = await Key.generate();
    await client.createRecord(key, 'r', Uint8Array.of(1));
    await assert.rejects(client.createRecord(key, 'r', Uint8Array.of(2)), failure('SAFE_DATA_EXISTS'));
    await client.setRecord(key, 'r', 1, Uint8Array.of(2));
    const address = await safe.recordAddress(key.publicKey, 'r');
    assert.deepEqual([...(await client.getRecord(address)).value], [2]);
    const links = await Promise.all(Array.from({ length: 200 }, (_, at) => client.put(noise(1000 + at, at))));
    const back = await Promise.all(links.map(({ link }) => client.get(link)));
    back.forEach((bytes, at) => same(bytes, noise(1000 + at, at)));
    await key.close();
    await client.close();
  });

  test(`${scheme}: what is aborted ends, and the connection goes on`, async () => {
    const client = await connect(daemon.url(scheme));
    const stop = new AbortController();
    const putting = client.put(noise(20_000_000, 77), { private: true, signal: stop.signal, onProgress: () => stop.abort() });
    await assert.rejects(putting, failure('SAFE_CANCELLED'));
    const { link } = await client.put(Uint8Array.of(1, 2, 3));
    same(await client.get(link), Uint8Array.of(1, 2, 3));
    await client.close();
  });
}

test('a daemon that is killed and started again is found again, and nothing that was answered is lost', async () => {
  const other = await Daemon.start(`file:${folder}/killed`);
  for (const scheme of ['tcp', 'ws']) {
    const client = await connect(other.url(scheme));
    const { link } = await client.put(noise(100_000, 5));
    await other.kill();
    assert.equal(await client.nextState('connected'), 'disconnected');
    const reading = client.get(link);
    await sleep(300);
    await other.begin();
    same(await reading, noise(100_000, 5));
    assert.equal(await client.state(), 'connected');
    await client.close();
  }
  await other.stop();
});

test('a put goes on over a connection that was cut, and others are tried in order', async () => {
  const middle = await between(new URL(daemon.url('ws')).port);
  const client = await connect(`${withPort(daemon.url('ws'), middle.port)} ${daemon.url('tcp')}`);
  const content = noise(24 << 20, 9);
  const putting = client.put(content, { private: true });
  await until(() => middle.carried > 4_000_000, 'bytes pass');
  middle.cut();
  await middle.close();
  const { link } = await putting;
  same(await client.get(link), content);
  await client.close();
});

test('who does not read holds up the sender, who keeps little', async () => {
  for (const scheme of ['tcp', 'ws']) {
    const middle = await between(new URL(daemon.url(scheme).replace('tcp:', 'ws:')).port);
    const client = await connect(withPort(daemon.url(scheme), middle.port));
    let taken = 0;
    middle.held = true;
    async function* content() {
      for (let at = 0; at < 64; ++at) {
        taken += 1 << 20;
        yield noise(1 << 20, 1000 + at);
      }
    }
    const before = process.memoryUsage().rss;
    const putting = client.put(content(), { private: true });
    let last;
    await until(async () => {
      last = taken;
      await sleep(500);
      return taken > 0 && taken === last;
    }, 'it goes on taking');
    assert.ok(taken < 48 << 20, `${taken} bytes were taken`);
    assert.ok(process.memoryUsage().rss - before < 96 << 20, 'memory grows');
    middle.release();
    await putting;
    await client.close();
    await middle.close();
  }
});

const hostile = {
  'nobody': [null, 'SAFE_CONNECTION_FAILED'],
  'one who says nothing': [() => {}, 'SAFE_TIMEOUT', 'SAFE_CONNECTION_FAILED'],
  'one who hangs up': [(socket) => socket.destroy(), 'SAFE_CONNECTION_FAILED'],
  'one who resets': [(socket) => socket.once('data', () => socket.resetAndDestroy()), 'SAFE_CONNECTION_FAILED'],
  'one who says anything': [
    (socket) => socket.write(noise(100_000, 3)), 'SAFE_BAD_MESSAGE', 'SAFE_CONNECTION_FAILED',
  ],
  'a web server': [
    (socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'), 'SAFE_BAD_MESSAGE', 'SAFE_CONNECTION_FAILED',
  ],
};
for (const [who, [meet, ...codes]] of Object.entries(hostile)) {
  test(`connecting to ${who} fails, in time`, { timeout: 60_000 }, async () => {
    const there = await peer(meet ?? (() => {}));
    if (!meet) await there.close();
    const begun = performance.now();
    await Promise.all(['tcp', 'ws'].map((scheme) =>
      assert.rejects(connect(withPort(daemon.url(scheme), there.port)), failure(...codes))));
    assert.ok(performance.now() - begun < 20_000, 'it takes too long');
    if (meet) await there.close();
  });
}

/** Answers the request of a WebSocket, and goes on as `then` says. */
const upgrading = (then) => (socket) => socket.once('data', (bytes) => {
  const [, key] = /Sec-WebSocket-Key: (.*)\r\n/.exec(bytes.toString());
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  then(socket);
});
const frames = {
  'a text': Buffer.from([0x81, 1, 65]),
  'a masked frame': Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5]),
  'a frame with a bit that was not agreed on': Buffer.from([0xc2, 1, 1]),
  'an empty message': Buffer.from([0x82, 0]),
  'a message that is too large': Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 1]),
  'a continuation of nothing': Buffer.from([0x80, 1, 1]),
  'a control frame in parts': Buffer.from([0x09, 1, 1]),
  'the end': Buffer.from([0x88, 2, 3, 0xe8]),
};
test('a WebSocket that says what is not allowed is ended', { timeout: 120_000 }, async () => {
  for (const [what, bytes] of Object.entries(frames)) {
    const there = await peer(upgrading((socket) => socket.write(bytes)));
    const connecting = connect(withPort(daemon.url('ws'), there.port));
    await assert.rejects(connecting, failure('SAFE_CONNECTION_FAILED', 'SAFE_BAD_MESSAGE'), what);
    await there.close();
  }
});

test('a vault with another key is refused', async () => {
  const other = await Daemon.start('mem:');
  for (const scheme of ['tcp', 'ws']) {
    const port = new URL(other.url(scheme).replace('tcp:', 'ws:')).port;
    await assert.rejects(connect(withPort(daemon.url(scheme), port)), failure('SAFE_BAD_SIGNATURE'));
  }
  await other.stop();
});

test('wss: takes the certificate of whom this system trusts, and no other', async () => {
  const files = await certificate(folder);
  const more = ['--cert', files.cert, '--key-file', files.key];
  const other = await Daemon.start('mem:', ['wss://127.0.0.1:0/vault', 'wss://localhost:0/'], more);
  const refused = connect(other.url('wss'));
  await assert.rejects(refused, failure('SAFE_CONNECTION_FAILED', 'SAFE_ACCESS_DENIED'));
  await refused.catch(({ message }) => assert.match(message, /certificate/));
  process.env.SSL_CERT_FILE = files.cert;
  for (const url of other.urls) {
    const client = await connect(url);
    const { link } = await client.put(noise(5_000_000, 8));
    same(await client.get(link), noise(5_000_000, 8));
    await client.close();
  }
  delete process.env.SSL_CERT_FILE;
  await assert.rejects(connect(other.url('wss').replace('/vault', '/other')), failure('SAFE_CONNECTION_FAILED', 'SAFE_BAD_MESSAGE'));
  await other.stop();
});

test('URLs that cannot be meant are refused as everywhere', async () => {
  const [, key] = daemon.url('tcp').split('#');
  for (const url of ['tcp://127.0.0.1:1', 'ws://127.0.0.1:1/', `tcp://127.0.0.1#${key}`, `ws://127.0.0.1:0/#${key}`,
    `ws://h:1/\u00e4#${key}`, `tcp://h:1/path#${key}`, `wss://[::1:2/#${key}`, `tcp://127.0.0.1:1#${key.slice(1)}`]) {
    await assert.rejects(connect(url), failure('SAFE_BAD_URL'), url);
  }
});

test('a closed client leaves no connection, and an idle one lets the process end', async () => {
  const other = await Daemon.start('mem:', ['tcp://127.0.0.1:0', 'ws://127.0.0.1:0/', 'http://127.0.0.1:0']);
  const connections = async () => {
    const text = await (await fetch(new URL('metrics', other.url('http')))).text();
    return Number(/^safe_vault_connections(?:\{[^}]*\})? (\d+)$/m.exec(text)[1]);
  };
  const idle = await connections();
  const clients = await Promise.all(['tcp', 'ws', 'tcp', 'ws'].map((scheme) => connect(other.url(scheme))));
  await until(async () => (await connections()) - idle === 4, 'connections are counted');
  for (const client of clients) await client.close();
  await until(async () => (await connections()) === idle, 'connections are closed');

  const script = `const { connect } = await import(${JSON.stringify(module)});
    for (const url of process.argv.slice(1)) await (await connect(url)).put(new Uint8Array(100_000));
    console.log('idle');`;
  const args = ['--input-type=module', '-e', script, other.url('tcp'), other.url('ws')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  assert.equal(stdout, 'idle\n');
  await until(async () => (await connections()) === idle, 'they go with the process');
  await other.stop();
});

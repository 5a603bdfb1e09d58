// A browser on the network: clients in a page's worker, and in the page itself, of a vault that the daemon serves over ws:.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { DEADLINE, launch, within } from '../browser-common/browser.mjs';
import { POLICY, serve } from '../browser-common/server.mjs';
import { folder as installed } from '../common/installed.mjs';
import { noise } from '../api/check.mjs';
import { certificate, Daemon, peer, safe as tool, temporaryFolder } from './daemon.mjs';

const { folder, remove } = await temporaryFolder();
let browser, server, daemon;
before(async () => {
  daemon = await Daemon.start(`file:${folder}/vault`);
  browser = await launch();
  const html = '<!doctype html><meta charset="utf-8"><title>Page</title>';
  server = await serve({ '/': () => html, '/libsafe/': installed }, { policy: `${POLICY}; connect-src 'self' ws:` });
});
after(async () => {
  await browser?.close();
  server?.close();
  await daemon?.stop();
  await remove();
});

/** A page with the package as `safe`. */
async function opened(context) {
  const page = await context.newPage();
  await page.goto(server.address);
  await page.evaluate(() => import('/libsafe/libsafe.js').then((module) => void (globalThis.safe = module)));
  return page;
}

for (const worker of [true, false]) {
  const where = worker ? 'the worker' : 'the page';
  test(`from ${where}: 32 MiB, shared with the tool both ways`, () => within(browser, async (context) => {
    const page = await opened(context);
    const file = path.join(folder, 'content');
    const bytes = noise(32 << 20, worker ? 5 : 6);
    await writeFile(file, bytes);
    const theirs = String(await tool(['put', '--private', file, '--vault', daemon.url('tcp')])).trim().split(/\s/)[0];
    const said = await page.evaluate(async ([url, theirs, worker]) => {
      const client = await safe.connect(url, { worker });
      const state = await client.state();
      const read = await client.get(theirs);
      read.reverse();
      const { link } = await client.put(new Blob([read]), { private: true });
      const key = await safe.Key.generate();
      const record = await client.createRecord(key, 'r', new Uint8Array([1, 2]));
      const back = await client.getRecord(record.address);
      await key.close();
      await client.close();
      return { state, link: link.text, value: [...back.value], live: await safe.liveHandles() };
    }, [daemon.url('ws'), theirs, worker]);
    assert.deepEqual({ ...said, link: '' }, { state: 'connected', link: '', value: [1, 2], live: 0 });
    const mine = await tool(['get', said.link, '--vault', daemon.url('tcp')]);
    assert.equal(Buffer.compare(mine, bytes.reverse()), 0);
  }));
}

test('a daemon that is killed and started again is found again', () => within(browser, async (context) => {
  const other = await Daemon.start(`file:${folder}/killed`);
  context.removeAllListeners('console'); // the browser complains of each attempt
  const page = await opened(context);
  const link = await page.evaluate(async (url) => {
    globalThis.client = await safe.connect(url);
    globalThis.changed = client.nextState('connected');
    return (await client.put(new Uint8Array(100_000).fill(7))).link.text;
  }, other.url('ws'));
  await other.kill();
  assert.equal(await page.evaluate(() => changed), 'disconnected');
  const reading = page.evaluate(async (link) => [(await client.get(link)).length, await client.state()], link);
  await other.begin();
  assert.deepEqual(await reading, [100_000, 'connected']);
  assert.equal(await page.evaluate(() => client.close().then(() => safe.liveHandles())), 0);
  await other.stop();
}));

test('what cannot be reached says so, in time', () => within(browser, async (context) => {
  context.removeAllListeners('console');
  const page = await opened(context);
  const failed = (url) => page.evaluate(async (url) => {
    const begun = performance.now();
    const said = await safe.connect(url).then(() => 'connected', (problem) => `${problem.codeName}: ${problem.message}`);
    return [said, performance.now() - begun];
  }, url);
  const silent = await peer(() => {});
  const key = daemon.url('ws').split('#')[1];
  const cases = [
    [`ws://127.0.0.1:1/#${key}`, /^SAFE_CONNECTION_FAILED: .*does not say why/],
    [`ws://127.0.0.1:${silent.port}/#${key}`, /^SAFE_CONNECTION_FAILED: .*in 5 s/],
    [`tcp://127.0.0.1:1#${key}`, /^SAFE_UNSUPPORTED: .*no tcp: transport/],
    ['ws://127.0.0.1:1/', /^SAFE_BAD_URL: .*key is missing/],
  ];
  for (const [url, wanted] of cases) {
    const [said, took] = await failed(url);
    assert.match(said, wanted);
    assert.ok(took < 15_000, `${took} ms`);
  }
  await silent.close();
}));

test('a page that came over https: uses wss:, and says why ws: does not do', async () => {
  const files = await certificate(folder);
  const other = await Daemon.start('mem:', ['wss://127.0.0.1:0/'], ['--cert', files.cert, '--key-file', files.key]);
  const tls = { cert: await readFile(files.cert), key: await readFile(files.key) };
  const html = '<!doctype html><meta charset="utf-8"><title>Page</title>';
  const secure = await serve({ '/': () => html, '/libsafe/': installed }, { policy: null, tls });
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(DEADLINE);
  const page = await context.newPage();
  await page.goto(secure.address);
  const said = (url) => page.evaluate(async (url) => {
    const { connect, liveHandles } = await import('/libsafe/libsafe.js');
    try {
      const client = await connect(url);
      const { link } = await client.put(new Uint8Array(100_000));
      const { length } = await client.get(link);
      await client.close();
      return `${length} ${await liveHandles()}`;
    } catch (problem) {
      return `${problem.codeName}: ${problem.message}`;
    }
  }, url);
  assert.equal(await said(other.url('wss')), '100000 0');
  const key = daemon.url('ws').split('#')[1];
  assert.match(await said(`ws://vault.example:1/#${key}`), /^SAFE_ACCESS_DENIED: .*mixed content.*wss:/);
  await context.close();
  secure.close();
  await other.stop();
});

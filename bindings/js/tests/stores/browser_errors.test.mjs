// What the stores of a browser say when they cannot: each message has what is wrong and what to do next.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { launch, newProfile, openTab, removed, serve } from './browser.mjs';
import { temporaryFolder } from './bundle.mjs';

const folder = await temporaryFolder();
let server;
let chromium;
let tab;

before(async () => {
  server = await serve(folder);
  chromium = await launch(await newProfile(folder));
});

after(async () => {
  await chromium?.kill();
  server?.close();
});

beforeEach(async () => {
  tab = await openTab(chromium.context, server.address);
});

afterEach(() => tab.tab.close());

const fails = (promise, codeName, message) => assert.rejects(promise, { codeName, message });

test('names', async () => {
  for (const name of ['', '.', '..', 'a/b', '/a', 'a b', 'a%20b', 'ä', 'x'.repeat(101)]) {
    await fails(tab.page('open', `file:${name}`, false), 'SAFE_BAD_URL', /^in a browser file: is followed by a name of letters/);
    await fails(tab.page('removeStore', `file:${name}`), 'SAFE_BAD_URL', /write file:mine, for example/);
  }
  await fails(tab.page('removeStore', 'mem:'), 'SAFE_BAD_URL', /./);
  const names = ['A.b-c_9', 'a.b-c_9', 'x'.repeat(100)];
  for (const name of names) await tab.worker('open', `file:${name}`, false);
  assert.deepEqual(await tab.page('listStores'), names.map((name) => `file:${name}`));
  for (const name of names) await tab.worker('close', `file:${name}`);
  for (const name of names) await tab.page('removeStore', `file:${name}`);
});

test('no store, and none wanted', async () => {
  await fails(tab.page('open', 'file:missing', true), 'SAFE_STORE_MISSING', /^there is no store of this name here; check the name/);
  assert.deepEqual(await tab.page('listStores'), []);
  await tab.page('open', 'file:missing', false);
  await tab.page('close', 'file:missing');
  await tab.page('open', 'file:missing', true);
});

test('a newer format', async () => {
  await tab.page('makeNewer', 'newer');
  await fails(tab.page('open', 'file:newer', false), 'SAFE_STORE_VERSION', /^written by a newer format, this library reads 1-1; reload/);
  await fails(tab.worker('open', 'file:newer', true), 'SAFE_STORE_VERSION', /./);
});

test('a store that is open is not removed; one whose tab was reloaded is', async () => {
  await tab.worker('open', 'file:open', false);
  await fails(tab.page('removeStore', 'file:open'), 'SAFE_BUSY', /^cannot remove file:open: it is open, here or in another tab; close it/);
  assert.equal(await tab.worker('create', 'file:open', 'a', 100, 1), true);
  await tab.tab.reload();
  await tab.tab.waitForFunction(() => 'ask' in globalThis);
  await removed(tab.page, 'file:open');
  await fails(tab.page('open', 'file:open', true), 'SAFE_STORE_MISSING', /./);
  await tab.page('removeStore', 'file:open'); // of one that is not there nothing is to be removed
});

for (const place of ['worker', 'page']) {
  test(`no more room, in a ${place}: nothing of the value is there, and what was stored stays`, async () => {
    const small = await launch(await newProfile(folder));
    try {
      const { tab, [place]: ask } = await openTab(small.context, server.address);
      const devtools = await small.context.newCDPSession(tab);
      const limit = (size) => devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.address).origin, ...size });
      await limit({ quotaSize: 6 << 20 });
      await ask('open', 'file:full', false);
      const stored = [];
      const fill = async (name, size) => {
        for (let at = 0; at < 200; ++at) {
          await ask('create', 'file:full', `${name} ${at}`, size, at);
          stored.push([`${name} ${at}`, size, at]);
        }
      };
      await fill('small', 60_000).catch((problem) => assert.equal(problem.codeName, 'SAFE_STORE_FULL'));
      const smallOnes = stored.length;
      assert.ok(smallOnes > 0 && smallOnes < 200, `${smallOnes} small values`);
      await limit({ quotaSize: 16 << 20 });
      await fails(fill('large', 900_000), 'SAFE_STORE_FULL', /^the browser gives this site no more room .*; free some space/);
      assert.ok(stored.length > smallOnes);
      assert.equal(await ask('exists', 'file:full', `large ${stored.length - smallOnes}`), false);
      for (const [key, size, content] of stored) assert.equal(await ask('holds', 'file:full', key, size, content), true);
      await limit({});
      assert.equal(await ask('create', 'file:full', 'one more', 900_000, 1), true);
    } finally {
      await small.kill();
    }
  });
}

test('a window without private files, and one without locks', async () => {
  for (const place of ['page', 'worker']) {
    await tab[place]('forbidFiles');
    for (const work of [tab[place]('open', 'file:private', false), tab[place]('removeStore', 'file:private')]) {
      await fails(work, 'SAFE_UNSUPPORTED', /^this window keeps no files for the site .*as private windows.*; use an ordinary window/);
    }
    await tab[place]('forbidLocks');
    await fails(tab[place]('open', 'file:private', false), 'SAFE_UNSUPPORTED', /^this browser lacks .*; use a newer one, or mem:/);
  }
});

test('a page that is not from a secure place', async () => {
  const address = server.address.replace('127.0.0.1', 'not-secure.test');
  const insecure = await launch(await newProfile(folder), ['--host-resolver-rules=MAP not-secure.test 127.0.0.1']);
  try {
    const { page } = await openTab(insecure.context, address);
    await fails(page('open', 'file:insecure', false), 'SAFE_UNSUPPORTED', /^browsers keep files for pages from https: and localhost only/);
  } finally {
    await insecure.kill();
  }
});

for (const length of [0, 50_000, null]) {
  test(`a value whose file ${length === null ? 'is gone' : `is cut to ${length} bytes`} is damaged, and a replacement mends it`, async () => {
    await tab.worker('open', 'file:torn', false);
    await tab.worker('create', 'file:torn', 'a', 100_000, 1);
    await tab.page('tear', 'torn', length);
    for (const place of ['worker', 'page']) {
      if (place === 'page') await tab.page('open', 'file:torn', true);
      await fails(tab[place]('holds', 'file:torn', 'a', 100_000, 1), 'SAFE_STORE_CORRUPT', /^its file is .*; put it again/);
      await fails(tab[place]('exists', 'file:torn', 'a'), 'SAFE_STORE_CORRUPT', /^its file is gone or cut short; put it again/);
      assert.equal(await tab[place]('create', 'file:torn', 'a', 100_000, 1), false);
    }
    await tab.worker('replace', 'file:torn', 'a', 100_000, 2);
    assert.equal(await tab.page('holds', 'file:torn', 'a', 100_000, 2), true);
    for (const place of ['worker', 'page']) await tab[place]('close', 'file:torn');
    await tab.page('removeStore', 'file:torn');
  });
}

test('the site’s data is cleared while a store is open', async () => {
  await tab.worker('open', 'file:cleared', false);
  await tab.worker('create', 'file:cleared', 'a', 100, 1);
  const devtools = await chromium.context.newCDPSession(tab.tab);
  await devtools.send('Storage.clearDataForOrigin', { origin: new URL(server.address).origin, storageTypes: 'all' });
  // The worker hears of it later than who has cleared it.
  const said = () => tab.worker('exists', 'file:cleared', 'a').then(() => '', ({ message }) => message);
  for (const end = Date.now() + 60_000; !/^the browser has closed/.test(await said()) && Date.now() < end; ) continue;
  await fails(tab.worker('exists', 'file:cleared', 'a'), 'SAFE_STORE_IO', /^the browser has closed the store.*; connect again/);
});

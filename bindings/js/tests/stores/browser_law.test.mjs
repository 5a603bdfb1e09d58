// The stores of a browser keep the law of stores: in a worker, on the page, and between tabs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newProfile, openTab, removed, serve } from './browser.mjs';
import { temporaryFolder } from './bundle.mjs';
import { laws } from './law.mjs';
import { seed } from './seed.mjs';

const folder = await temporaryFolder();
let server;
let chromium;
let tab;

before(async () => {
  server = await serve(folder);
  chromium = await launch(await newProfile(folder));
  tab = await openTab(chromium.context, server.address);
});

after(async () => {
  await chromium?.kill();
  server?.close();
});

for (const place of ['worker', 'page']) {
  for (const [at, name] of Object.keys(laws).entries()) {
    test(`in a ${place}: ${name}`, async () => {
      const url = `file:${place}-${at}`;
      await tab[place]('law', name, url, seed);
      await tab[place]('removeStore', url);
    });
  }
}

test('nothing of a store that was removed is left', async () => {
  assert.deepEqual(await tab.page('listStores'), []);
  assert.equal(await tab.tab.evaluate(async () => {
    let number = 0;
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('libsafe');
    for await (const _ of top.keys()) ++number;
    return number;
  }), 0);
});

test('two tabs that create the same keys at once make each once', async () => {
  const tabs = [tab, await openTab(chromium.context, server.address)];
  for (const each of tabs) await each.worker('open', 'file:both');
  const places = [tabs[0].worker, tabs[1].worker];
  for (let round = 0; round < 10; ++round) {
    for (const size of [100, 200_000]) {
      const key = `chunks/${round}-${size}`;
      const made = await Promise.all(places.map((ask, at) => ask('create', 'file:both', key, size, at + 1)));
      assert.equal(made.filter(Boolean).length, 1);
      for (const ask of places) assert.equal(await ask('holds', 'file:both', key, size, made.indexOf(true) + 1), true);
      assert.equal(await places[round % 2]('remove', 'file:both', key), true);
      for (const ask of places) assert.equal(await ask('exists', 'file:both', key), false);
    }
  }
  assert.deepEqual(await tab.worker('files', 'both'), []);
  await assert.rejects(tab.page('removeStore', 'file:both'), { codeName: 'SAFE_BUSY', message: /it is open, here or in another tab/ });
  await tabs[1].tab.close(); // is as good as closing the store
  await tab.worker('close', 'file:both');
  await removed(tab.page, 'file:both');
});

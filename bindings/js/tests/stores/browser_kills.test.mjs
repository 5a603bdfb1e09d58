// A browser that is killed while tabs write loses nothing that was answered, and leaves nothing torn; what it left half
// done is cleared up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newProfile, openTab, serve } from './browser.mjs';
import { temporaryFolder } from './bundle.mjs';
import { chances } from './law.mjs';
import { full, seed } from './seed.mjs';

const folder = await temporaryFolder();
const chance = chances(seed);
const rounds = full ? 100 : 5;
const roundsEach = 10;
let server;
let chromium;

before(async () => {
  server = await serve(folder);
});

after(async () => {
  await chromium?.kill();
  server?.close();
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two tabs begin to write; their writing goes on. */
async function writing(url, round) {
  const tabs = await Promise.all([openTab(chromium.context, server.address), openTab(chromium.context, server.address)]);
  const before = server.told.length;
  tabs[0].worker('write', url, 'one', round).catch(() => {}); // ends with its tab
  tabs[1][round % 2 ? 'page' : 'worker']('write', url, 'two', round).catch(() => {});
  while (server.told.length === before) await pause(5);
  return tabs;
}

async function checked(url) {
  const { tab, worker } = await openTab(chromium.context, server.address);
  const number = await worker('check', url, server.told);
  await tab.close();
  return number;
}

/** Sizes of the files that nobody has left half done: those that the index names. */
async function filesOf(name) {
  const { tab, worker } = await openTab(chromium.context, server.address);
  await worker('open', `file:${name}`, true);
  await worker('close', `file:${name}`);
  const files = await worker('files', name);
  await tab.close();
  return files;
}

test('the browser is killed while two tabs write to one store', async () => {
  let profile;
  let number = 0;
  for (let round = 0; round < rounds; ++round) {
    if (round % roundsEach === 0) {
      profile = await newProfile(folder);
      server.told.length = 0;
    }
    chromium = await launch(profile);
    if (round % roundsEach > 0) number += await checked('file:killed');
    await writing('file:killed', round);
    await pause(chance.below(700));
    await chromium.kill();
  }
  chromium = await launch(profile);
  number += await checked('file:killed');
  assert.ok(number > rounds * 4, `${number} values in ${rounds} rounds`);
  const sizes = await filesOf('killed');
  assert.ok(sizes.every(([, size]) => size > 65536), `files that were not written to their end: ${sizes}`);
});

test('tabs are killed, closed and reloaded while they write to one store', async () => {
  server.told.length = 0;
  const ends = {
    async crash({ tab }) {
      const gone = tab.waitForEvent('crash');
      const devtools = await tab.context().newCDPSession(tab);
      devtools.send('Page.crash').catch(() => {});
      await gone;
      await tab.close();
    },
    close: ({ tab }) => tab.close(),
    async reload({ tab }) {
      await tab.reload();
      await tab.close();
    },
  };
  for (let round = 0; round < (full ? 30 : 4); ++round) {
    const tabs = await writing('file:tabs', round);
    await pause(chance.below(500));
    for (const each of tabs) await ends[chance.of(Object.keys(ends))](each);
    await checked('file:tabs');
  }
  const { page, tab } = await openTab(chromium.context, server.address);
  await page('removeStore', 'file:tabs'); // nobody is said to have it open who has ended
  await tab.close();
});

test('what a killed tab left half done is removed, what another tab is writing is not', async () => {
  const one = await openTab(chromium.context, server.address);
  const two = await openTab(chromium.context, server.address);
  for (const each of [one, two]) await each.worker('open', 'file:swept');
  // Files without a key, as each of them would leave.
  await one.worker('create', 'file:swept', 'one', 100_000, 1);
  await two.worker('create', 'file:swept', 'two', 100_000, 2);
  const [writerOne, writerTwo] = (await one.worker('files', 'swept')).map(([name]) => name.split('-')[0]);
  const owners = [writerOne, writerTwo];
  await one.tab.evaluate(async (owners) => {
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('libsafe');
    const folder = await top.getDirectoryHandle('swept');
    for (const owner of owners) await folder.getFileHandle(`${owner}-99`, { create: true });
  }, owners);
  assert.equal((await filesOf('swept')).length, 4);
  await two.tab.close();
  while ((await filesOf('swept')).length === 4) await pause(20);
  assert.equal((await filesOf('swept')).length, 3);
  await one.worker('close', 'file:swept');
  assert.equal((await filesOf('swept')).length, 2);
  for (const [key, size] of [['one', 1], ['two', 2]]) {
    await one.worker('open', 'file:swept');
    assert.equal(await one.worker('holds', 'file:swept', key, 100_000, size), true);
    await one.worker('close', 'file:swept');
  }
});

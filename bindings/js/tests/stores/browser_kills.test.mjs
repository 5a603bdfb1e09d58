// A browser that is killed while tabs write loses nothing that was answered, and leaves nothing torn; what it left half
// done is cleared up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newProfile, openTab, removed, serve } from './browser.mjs';
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
  chromium = await launch(await newProfile(folder));
});

after(async () => {
  await chromium?.kill();
  server?.close();
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two tabs begin to write; their writing goes on. */
async function writing({ context }, url, round) {
  const tabs = await Promise.all([openTab(context, server.address), openTab(context, server.address)]);
  const before = server.told.length;
  tabs[0].worker('write', url, 'one', round).catch(() => {}); // ends with its tab
  tabs[1][round % 2 ? 'page' : 'worker']('write', url, 'two', round).catch(() => {});
  while (server.told.length === before) await pause(5);
  return tabs;
}

async function checked({ context }, url) {
  const { tab, worker } = await openTab(context, server.address);
  const found = await worker('check', url, server.told);
  await tab.close();
  return found;
}

/** Waits until a store has so many files when somebody opens it, which clears up. */
async function filesBecome({ context }, name, number) {
  const { tab, worker } = await openTab(context, server.address);
  let files;
  for (const end = Date.now() + 120_000; files?.length !== number; await pause(50)) {
    assert.ok(Date.now() < end, `${files?.length} files instead of ${number}`);
    await worker('open', `file:${name}`, true);
    await worker('close', `file:${name}`);
    files = await worker('files', name);
  }
  await tab.close();
}

test('the browser is killed while two tabs write to one store', async () => {
  let profile;
  let number = 0;
  // More of them where a browser does little before it is killed.
  for (let round = 0; round < rounds || (number <= rounds * 4 && round < rounds * 10); ++round) {
    if (round % roundsEach === 0) {
      profile = await newProfile(folder);
      server.told.length = 0;
    }
    const killed = await launch(profile);
    try {
      if (round % roundsEach > 0) number += (await checked(killed, 'file:killed')).keys;
      await writing(killed, 'file:killed', round);
      await pause(chance.below(700));
    } finally {
      await killed.kill();
    }
  }
  const next = await launch(profile);
  try {
    const { keys, large } = await checked(next, 'file:killed');
    assert.ok(number + keys > rounds * 4, `${number + keys} values in ${rounds} rounds`);
    await filesBecome(next, 'killed', large);
  } finally {
    await next.kill();
  }
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
    const tabs = await writing(chromium, 'file:tabs', round);
    await pause(chance.below(500));
    for (const each of tabs) await ends[chance.of(Object.keys(ends))](each);
    await checked(chromium, 'file:tabs');
  }
  await filesBecome(chromium, 'tabs', (await checked(chromium, 'file:tabs')).large);
  const { page, tab } = await openTab(chromium.context, server.address);
  await removed(page, 'file:tabs'); // nobody is said to have it open who has ended
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
  await filesBecome(chromium, 'swept', 4);
  await two.tab.close();
  await filesBecome(chromium, 'swept', 3);
  await pause(300);
  await filesBecome(chromium, 'swept', 3);
  await one.worker('close', 'file:swept');
  await filesBecome(chromium, 'swept', 2);
  for (const [key, size] of [['one', 1], ['two', 2]]) {
    await one.worker('open', 'file:swept');
    assert.equal(await one.worker('holds', 'file:swept', key, 100_000, size), true);
    await one.worker('close', 'file:swept');
  }
});

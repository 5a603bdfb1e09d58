// Tabs on one store of the origin: two at once lose nothing, and neither do tabs and whole browsers that are killed while
// they write: all that was acknowledged is there afterwards.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launchKillable } from '../browser-common/killable.mjs';
import { serve } from '../browser-common/server.mjs';
import { folder } from '../common/installed.mjs';

const full = process.env.SAFE_SCALE === 'full';
const rounds = full ? 40 : 3;
const seed = Number(process.env.SAFE_SEED ?? Date.now()) % 1_000_000;

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'safe-tabs-'));
let server;
let browser;
before(async () => {
  const html = '<!doctype html><meta charset="utf-8"><title>Tab</title>';
  server = await serve({ '/': () => html, '/libsafe/': folder, '/tests/': import.meta.dirname });
});
after(async () => {
  await browser?.kill();
  server.close();
  fs.rmSync(room, { recursive: true, force: true, maxRetries: 5 });
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A tab, and what it was told. */
async function tab(told) {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(0);
  await page.exposeFunction('told', (fact) => void told.push(fact));
  await page.goto(server.address);
  return page;
}

const write = (page, name, from, to) => page.evaluate(async ([name, from, to]) => {
  const { write } = await import('./tests/tabs.js');
  await write(name, from, to);
}, [name, from, to]);

async function missing(told) {
  const page = await tab([]);
  const lost = await page.evaluate(async (told) => {
    const { missing } = await import('./tests/tabs.js');
    return missing(told);
  }, told);
  await page.close();
  return lost;
}

test('two tabs that write to one store at once lose nothing', { timeout: 600_000 }, async () => {
  browser = await launchKillable(path.join(room, 'two'));
  const told = [];
  const pages = [await tab(told), await tab(told)];
  const each = full ? 200 : 15;
  // Some of what they put is the same.
  await Promise.all([write(pages[0], 'one', seed, seed + each), write(pages[1], 'two', seed + 5, seed + 5 + each)]);
  assert.equal(told.length, 4 * each);
  assert.deepEqual(await missing(told), []);
  await browser.kill();
});

for (const what of ['the browser', 'a tab']) {
  test(`${what} is killed while two tabs write, ${rounds} times, seed ${seed}`, { timeout: 7_200_000 }, async (t) => {
    const profile = path.join(room, what.replace(' ', '-'));
    const told = [];
    for (let round = 0; round < rounds; ++round) {
      browser = await launchKillable(profile);
      const pages = [await tab(told), await tab(told)];
      const before = told.length;
      const from = seed + round * 2000;
      const writing = [write(pages[0], `one ${round}`, from, from + 1000), write(pages[1], `two ${round}`, from + 1000, from + 2000)];
      let stopped = null; // by an error, or with the browser
      const watched = new Set(writing);
      for (const each of writing) each.catch((problem) => watched.has(each) && (stopped = problem));
      const until = async (number) => {
        while (told.length < number && !stopped) await pause(5);
        assert.ok(told.length >= number, String(stopped));
      };
      await until(before + 4);
      await pause((seed * 31 + round * 577) % 1500);
      if (what === 'a tab') {
        const devtools = await browser.context.newCDPSession(pages[0]);
        watched.delete(writing[0]); // ends with its tab, and may tell of that late
        await Promise.race([devtools.send('Page.crash').catch(() => {}), pause(2000)]);
        await until(told.length + 4); // the other one goes on
        assert.deepEqual(await missing([...told]), []);
      }
      await browser.kill();
    }
    browser = await launchKillable(profile);
    assert.deepEqual(await missing(told), []);
    t.diagnostic(`${rounds} kills, ${told.length} puts and record versions acknowledged, none lost`);
    await browser.kill();
  });
}

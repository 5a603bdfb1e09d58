// However much goes through the library in a browser, its memory stays below 64 MiB, and the page stays free: no task of
// its main thread takes more than 50 ms.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launchIn, watch } from '../browser-common/browser.mjs';
import { writeContent } from '../browser-common/content.mjs';
import { serve } from '../browser-common/server.mjs';
import { watchTasks } from '../browser-common/tasks.mjs';
import { folder } from '../common/installed.mjs';

const full = process.env.SAFE_SCALE === 'full';
const mebibytes = full ? 1024 : 96;
const files = full ? 1000 : 250;
const seed = Number(process.env.SAFE_SEED ?? Date.now());
const MiB = 1 << 20;

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'safe-memory-'));
const file = path.join(room, 'content.bin');
let server;
let context;
before(async () => {
  writeContent(file, mebibytes, seed);
  const html = '<!doctype html><meta charset="utf-8"><title>Memory</title><input type="file">';
  server = await serve({ '/': () => html, '/libsafe/': folder, '/tests/': import.meta.dirname });
  context = await launchIn(path.join(room, 'profile')); // a profile on the disk: without one, storage is in memory
});
after(async () => {
  await context?.close();
  server?.close();
  fs.rmSync(room, { recursive: true });
});

async function open() {
  const page = await context.newPage();
  page.setDefaultTimeout(0);
  await page.goto(server.address);
  return page;
}

const said = (bytes) => `${(bytes / MiB).toFixed(1)} MiB`;

test(`a File of ${mebibytes} MiB, seed ${seed}`, { timeout: full ? 7_200_000 : 900_000 }, async (t) => {
  const watched = watch(context);
  const page = await open();
  await page.setInputFiles('input', file);
  const watchedTasks = await watchTasks(page);
  const facts = await page.evaluate(async () => {
    const { throughAndBack } = await import('./tests/memory.js');
    return throughAndBack(document.querySelector('input').files[0]);
  });
  const tasks = await watchedTasks();
  t.diagnostic(`put ${facts.put.toFixed(1)} MiB/s, read back ${facts.get.toFixed(1)} MiB/s, heap ${said(facts.heap)}, ` +
    `longest of ${tasks.number} tasks of the page ${tasks.longest.toFixed(1)} ms, progress told ${facts.told} times`);
  assert.equal(facts.same, true, 'what was read back is not what was put');
  assert.equal(facts.stored, true, 'it is not in the store');
  assert.ok(facts.heap <= 64 * MiB, `the heap has grown to ${said(facts.heap)}`);
  assert.ok(tasks.longest <= 50, `a task of the page took ${tasks.longest} ms`);
  assert.ok(facts.told >= mebibytes / 4, `progress was told ${facts.told} times`);
  watched.calm();
  await page.close();
});

test(`${files} files in a row leave the heap as the tenth left it`, { timeout: 1_800_000 }, async (t) => {
  const page = await open();
  const { tenth, last } = await page.evaluate(async (files) => {
    const { manyFiles } = await import('./tests/memory.js');
    return manyFiles(files);
  }, files);
  t.diagnostic(`heap after the tenth ${said(tenth)}, after the last ${said(last)}`);
  assert.equal(last, tenth);
  await page.close();
});

test('a put that is cancelled ends soon, and the next one works in the same memory', { timeout: 300_000 }, async () => {
  const page = await open();
  await page.setInputFiles('input', file);
  const facts = await page.evaluate(async () => {
    const { cancelled } = await import('./tests/memory.js');
    return cancelled(document.querySelector('input').files[0]);
  });
  assert.equal(facts.error, 'SAFE_CANCELLED');
  assert.ok(facts.waited < 5000, `it ended after ${facts.waited} ms`);
  assert.ok(facts.heap <= 64 * MiB);
  await page.close();
});

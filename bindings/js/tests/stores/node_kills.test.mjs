// Processes that are killed while they write to one directory lose nothing that was answered, and leave nothing torn.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle, stores, temporaryFolder } from './bundle.mjs';
import { check } from './killed.mjs';
import { chances } from './law.mjs';
import { full, seed } from './seed.mjs';

const folder = await temporaryFolder();
const writer = fileURLToPath(new URL('node_writer.mjs', import.meta.url));
const chance = chances(seed);
const rounds = full ? 60 : 6;
let module;
let kind;

before(async () => {
  module = await bundle('stores.mjs', stores, folder);
  kind = await (await import(module)).fileStores();
});

/** Ends a writer some time after its first words; what it said. */
async function killed(url, name, round) {
  const child = spawn(process.execPath, [writer, module, url, name, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise((resolve) => {
    let first = true;
    child.stdout.on('data', (text) => {
      said += text;
      if (first) setTimeout(() => child.kill('SIGKILL'), chance.below(250));
      first = false;
    });
    child.on('close', resolve);
  });
  assert.equal(child.signalCode, 'SIGKILL', 'the writer ended by itself');
  return said.split('\n').slice(0, -1).map((line) => JSON.parse(line)); // the last line may be cut off
}

for (const [name, roundsEach] of [['one vault again and again', 6], ['a new vault each time', 1]]) {
  test(`two processes are killed while they write to one directory: ${name}`, async () => {
    const told = [];
    let at = 0;
    // More of them where the disk lets a writer do little before it is killed.
    for (let round = 0; round < rounds || (at <= rounds * 4 && round < rounds * 20); ++round) {
      if (round % roundsEach === 0) told.length = 0;
      const url = `file:${path.join(folder, `vault ${roundsEach} ${Math.floor(round / roundsEach)}`)}`;
      const some = await Promise.all(['one', 'two'].map((writer) => killed(url, writer, round)));
      told.push(...some.flat());
      const store = await kind.open(url, true);
      at += (await check(store, told)).keys;
      await store.close();
    }
    assert.ok(at > rounds * 4, `${at} values in ${rounds} rounds`);
  });
}

test('what killed processes left aside is removed when it is old, and not before', async () => {
  const directory = path.join(folder, 'vault 6 0');
  const aside = path.join(directory, 'tmp');
  while ((await readdir(aside)).length === 0) await killed(`file:${directory}`, 'leaver', chance.next());
  const left = await readdir(aside);
  await (await kind.open(`file:${directory}`, true)).close();
  assert.deepEqual(await readdir(aside), left);
  const longAgo = new Date(Date.now() - 2 * 3600_000);
  for (const name of left) await utimes(path.join(aside, name), longAgo, longAgo);
  await (await kind.open(`file:${directory}`, true)).close();
  assert.deepEqual(await readdir(aside), []);
});

// The power goes while a directory is written to: what was answered is there, and nothing is torn.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { bundle, stores, temporaryFolder } from './bundle.mjs';
import { alike, chances, keysOf, noise } from './law.mjs';
import { cutOff, recording, waysToForget } from './power.mjs';
import { full, seed } from './seed.mjs';

const folder = await temporaryFolder();
const chance = chances(seed);
let kind;
let steps; // of the disk; and { call: 'begin' or 'end', change }

before(async () => {
  kind = await (await import(await bundle('stores.mjs', stores, folder))).fileStores();
  steps = await written();
});

const sizes = [0, 10, 3000, 200_000];
const valueOf = (change) => noise(sizes[change.seed % sizes.length], change.seed);

/** Makes a vault and changes it in three lanes; each change says what is under its key afterwards. */
async function written() {
  const told = [];
  const root = path.join(folder, 'written');
  await fs.mkdir(root);
  await recording(root, told, async () => {
    const store = await kind.open(`file:${path.join(root, 'a/vault')}`, false);
    const make = {
      create: (change) => store.create(change.key, valueOf(change)),
      replace: (change) => store.replace(change.key, valueOf(change)),
      remove: (change) => store.remove(change.key),
    };
    await Promise.all([0, 1, 2].map(async (lane) => {
      for (let number = 0; number < 14; ++number) {
        const key = `${number % 3 ? 'chunks/' : 'records/'}${lane}${number % 5}/x`;
        const how = number < 6 ? 'create' : chance.of(['create', 'replace', 'remove']);
        const change = { key, how, seed: chance.next() };
        told.push({ call: 'begin', change });
        change.made = (await make[how](change)) !== false;
        told.push({ call: 'end', change });
      }
    }));
    await store.close();
  });
  return told;
}

/** What may be under each key after the steps: null for nothing, or the change that put a value there. */
function allowed(done) {
  const keys = new Map();
  const after = (change, former) => (change.how === 'remove' ? null : change.how === 'create' && !change.made ? former : change);
  for (const { call, change } of done) {
    if (call !== 'begin' && call !== 'end') continue;
    const { was = null } = keys.get(change.key) ?? {};
    const then = after(change, was);
    keys.set(change.key, call === 'end' ? { was: then, may: [then] } : { was, may: [was, then] });
  }
  return keys;
}

/** Fails unless a disk that forgets in this way, cut off after each of the numbers of steps, has what it must. */
async function survives(told, way, numbers) {
  const left = path.join(folder, 'left');
  for (const number of numbers) {
    await fs.rm(left, { recursive: true, force: true });
    const done = told.slice(0, number);
    await cutOff(done, way, chance, left);
    const store = await kind.open(`file:${path.join(left, 'a/vault')}`, false);
    const keys = allowed(done);
    for (const [key, { may }] of keys) {
      const bytes = await store.get(key, 0, 5 << 20);
      const fits = may.some((change) => (change === null ? bytes === null : alike(bytes, valueOf(change))));
      assert.ok(fits, `after ${number} steps: ${key} has ${bytes?.length ?? 'no'} bytes`);
    }
    for (const key of await keysOf(store)) assert.ok(keys.has(key), key);
    assert.equal(await store.create('chunks/new', noise(10, 1)), true);
  }
}

const everywhere = () => steps.map((_, at) => at + 1);
const somewhere = () => (full ? everywhere() : Array.from({ length: 40 }, () => 1 + chance.below(steps.length)).concat(steps.length));

for (const [name, way] of Object.entries(waysToForget)) {
  test(`a disk that forgets ${name}`, () => survives(steps, way, somewhere()));
}

for (const [name, is] of Object.entries({
  'of files': (step) => !step.folder,
  'of the folders of values': (step) => step.folder && /\/values\/./.test(step.name),
  'of the folder that the first folders of values are in': (step) => step.folder && step.name === 'a/vault/values',
  'of the vault itself': (step) => step.folder && step.name === 'a/vault',
  'of the folder above the vault': (step) => step.folder && step.name === 'a',
})) {
  test(`without the syncs ${name} something is lost`, async () => {
    const careless = steps.filter((step) => step.call !== 'sync' || !is(step));
    assert.ok(careless.length < steps.length);
    await assert.rejects(async () => {
      for (const way of Object.values(waysToForget)) await survives(careless, way, [careless.length, ...somewhere().slice(0, 20)]);
    }, ({ name, message }) => name === 'SafeError' || /^after \d+ steps: /.test(message));
  });
}

for (const [name, ask] of Object.entries({
  'a create that makes nothing': async (store, key) => assert.equal(await store.create(key, noise(5, 5)), false),
  'the answer that a value exists': async (store, key) => assert.equal(await store.exists(key), true),
})) {
  test(`${name} makes safe what another process is just putting there`, async () => {
    const told = [];
    const change = { key: 'chunks/ab/x', how: 'create', seed: 2, made: true };
    const root = path.join(await fs.mkdtemp(path.join(folder, 'two-')), 'disk');
    await fs.mkdir(root);
    await recording(root, told, async () => {
      const url = `file:${path.join(root, 'a/vault')}`;
      const [one, other] = [await kind.open(url, false), await kind.open(url, false)];
      const neighbour = { key: 'chunks/ab/y', how: 'create', seed: 1, made: true };
      told.push({ call: 'begin', change: neighbour });
      await other.create(neighbour.key, valueOf(neighbour)); // the folders are there
      const { link } = fs;
      fs.link = async (...args) => {
        await link(...args);
        await ask(other, change.key);
        told.push({ call: 'end', change });
      };
      told.push({ call: 'begin', change });
      await one.create(change.key, valueOf(change));
    });
    // Then the power went, before the one that made it could go on.
    const end = told.findIndex(({ call }) => call === 'end') + 1;
    await survives(told, waysToForget.all, [end]);
  });
}

// The store of Node keeps the law of stores.
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { bundle, stores, temporaryFolder } from './bundle.mjs';
import { laws } from './law.mjs';
import { seed } from './seed.mjs';

const folder = await temporaryFolder();
let kind;

before(async () => {
  const { fileStores } = await import(await bundle('stores.mjs', stores, folder));
  kind = await fileStores();
});

for (const [name, law] of Object.entries(laws)) {
  test(name, async () => {
    const url = `file:${path.join(await mkdtemp(path.join(folder, 'law-')), 'vault')}`;
    await law(() => kind.open(url, false), seed);
  });
}

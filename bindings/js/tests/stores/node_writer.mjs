// Creates values in a directory and says so, until it is killed: node_writer.mjs STORES URL NAME ROUND
import { writeSync } from 'node:fs';
import { create } from './killed.mjs';

const [stores, url, name, round] = process.argv.slice(2);
const { fileStores } = await import(stores);
const store = await (await fileStores()).open(url, false);
await create(store, name, Number(round), (answer) => writeSync(1, JSON.stringify(answer) + '\n'));

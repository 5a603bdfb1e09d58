// A process that is killed in the middle of puts, and what has to be there afterwards (kills.test.mjs, browser_kills.test.mjs).
//
// A writer tells of each create that was answered, and of its answer: [key, seed of the value, made]. All writers of a
// round also race for the same keys.
import { alike, chances, keysOf, noise } from './law.mjs';

const sizeOf = (seed) => (seed % 3 === 0 ? 200_000 + (seed % 1_500_000) : seed % 5000);
export const valueOf = (seed) => noise(sizeOf(seed), seed);

/** Creates until it is killed. `name`: of this writer; `told` gets each answer. */
export async function create(store, name, round, told) {
  const chance = chances([...name].reduce((sum, character) => sum * 31 + character.charCodeAt(0), round));
  let number = 0;
  const one = async (lane) => {
    for (;;) {
      const at = ++number;
      const key = at % 4 === 0 ? `records/${round}/race/${at}` : `chunks/${name}-${round}-${lane}-${at}`;
      const seed = (chance.next() | 1) >>> 0;
      told([key, seed, await store.create(key, valueOf(seed))]);
    }
  };
  await Promise.all([one(1), one(2), one(3)]);
}

/**
 * Fails unless everything that was answered is so, and all values are whole. `told`: of all writers. Gives the number of
 * keys, and of those whose values a browser keeps in files.
 */
export async function check(store, told) {
  const seeds = new Map(); // of the values that were made
  for (const [key, seed, made] of told) {
    if (!made) continue;
    if (seeds.has(key)) throw new Error(`two writers made ${key}`);
    seeds.set(key, seed);
  }
  const keys = new Set(await keysOf(store));
  for (const [key, , made] of told) if (!keys.has(key)) throw new Error(`${key} is lost; the answer was ${made}`);
  let large = 0;
  for (const key of keys) {
    const bytes = await store.get(key, 0, 5 << 20); // fails for what is torn
    if (bytes === null) throw new Error(`${key} is listed and not there`);
    if (bytes.length > 65_536) ++large;
    const seed = seeds.get(key);
    if (seed !== undefined && !alike(bytes, valueOf(seed))) throw new Error(`${key} has other bytes than were put`);
  }
  return { keys: keys.size, large };
}

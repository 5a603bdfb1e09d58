// What every store does (safe/ports.h), as cases that need nothing but the language: they run in Node, and in pages.
//
// Each is given `open()`: the store, which the case closes; at its start there is nothing in it. `seed` is of its chances.

export function same(actual, expected, what = '') {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what || 'result'}: ${one?.slice(0, 400)} instead of ${other?.slice(0, 400)}`);
}

/** Numbers of [0, 2^32) in a row that the seed decides (mulberry32). */
export function chances(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { next, below: (end) => next() % end, of: (list) => list[next() % list.length] };
}

/** Bytes that the seed decides. */
export function noise(size, seed) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed >>> 0 || 1;
  for (let at = 0; at < words.length; ++at) words[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return new Uint8Array(words.buffer, 0, size);
}

export function alike(one, other) {
  if (one === null || other === null || one.length !== other.length) return false;
  for (let at = 0; at < one.length; ++at) if (one[at] !== other[at]) return false;
  return true;
}

const all = 5 << 20;
const whole = (store, key) => store.get(key, 0, all);

async function holds(store, key, bytes) {
  if (!alike(await whole(store, key), bytes)) throw new Error(`${key} has other bytes than were put`);
}

/** All keys with a prefix, by pages. */
export async function keysOf(store, prefix = '', limit = 1000) {
  const keys = [];
  for (let after = ''; ; after = keys.at(-1)) {
    const { entries, more } = await store.list(prefix, after, limit);
    if (entries.length > limit) throw new Error(`${entries.length} entries in a page of ${limit}`);
    for (const { key } of entries) keys.push(key);
    if (!more) return keys;
    if (entries.length === 0) throw new Error('an empty page, and more');
  }
}

async function using(open, work) {
  const store = await open();
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

const address = (number) => number.toString(16).padStart(8, '0').repeat(8);

export const laws = {
  'what was created comes back, whole and in parts, also after the store was closed': async (open) => {
    const bytes = noise(100_000, 1);
    await using(open, async (store) => {
      same(await store.create('chunks/one', bytes), true);
      await holds(store, 'chunks/one', bytes);
    });
    await using(open, async (store) => {
      await holds(store, 'chunks/one', bytes);
      for (const [offset, length] of [[0, 10], [99_990, 10], [99_990, 100], [50_000, 0], [100_000, 10], [200_000, 10]]) {
        const part = await store.get('chunks/one', offset, length);
        if (!alike(part, bytes.slice(offset, offset + length))) throw new Error(`the part [${offset}, +${length}) is wrong`);
      }
      same(await store.get('chunks/other', 0, 10), null);
    });
  },

  'a key is created once, and keeps its first value': async (open) =>
    using(open, async (store) => {
      for (const size of [10, 200_000]) {
        same(await store.create(`key ${size}`, noise(size, 1)), true);
        same(await store.create(`key ${size}`, noise(size, 2)), false);
        await holds(store, `key ${size}`, noise(size, 1));
      }
    }),

  'values of all sizes': async (open) =>
    using(open, async (store) => {
      const sizes = [0, 1, 7, 8, 9, 65_535, 65_536, 65_537, 1 << 20, 4 << 20, all];
      for (const size of sizes) same(await store.create(`size ${size}`, noise(size, size)), true);
      for (const size of sizes) await holds(store, `size ${size}`, noise(size, size));
      const { entries } = await store.list('size ', '', 100);
      same(entries.map(({ size }) => size).sort((one, other) => one - other), sizes);
    }),

  'keys of all characters and lengths are told apart, and listed in order': async (open) =>
    using(open, async (store) => {
      const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at));
      const keys = [
        ...printable, ...printable.map((one) => `chunks/${one}`), ...printable.map((one) => `a/b${one}c`), 'A', 'aa', 'AA',
        'aA', 'chunks', 'chunks/', 'chunks/a/', 'chunks/ab', 'chunks/ab/', 'chunks/ab/c', 'chunks/abc', 'chunks//', '//',
        'con', 'x.value', 'x.more', '=2f', '=', '==', '..', '../..', 'a/../b', '~'.repeat(200), '/'.repeat(200),
        'a'.repeat(63), 'a'.repeat(64), 'a'.repeat(65), 'a'.repeat(128), 'A'.repeat(128), 'a'.repeat(200),
      ];
      const distinct = [...new Set(keys)];
      for (const key of distinct) same(await store.create(key, new TextEncoder().encode(key)), true, key);
      for (const key of distinct) await holds(store, key, new TextEncoder().encode(key));
      distinct.sort();
      for (const limit of [1000, 7]) same(await keysOf(store, '', limit), distinct, `pages of ${limit}`);
      for (const prefix of ['chunks/', 'chunks/a', 'chunks/ab', 'a', 'a/', 'A', '/', 'x.', 'nothing', 'a'.repeat(64)]) {
        same(await keysOf(store, prefix, 3), distinct.filter((key) => key.startsWith(prefix)), `prefix ${prefix}`);
      }
    }),

  'a list goes on behind any key, also one that is not there': async (open, seed) =>
    using(open, async (store) => {
      const chance = chances(seed);
      const keys = Array.from({ length: 300 }, () =>
        chance.below(2) ? `chunks/${address(chance.next())}` : `records/${address(chance.below(9))}/${chance.next().toString(16)}`);
      const distinct = [...new Set(keys)].sort();
      await Promise.all(distinct.map((key) => store.create(key, noise(3, 3))));
      for (let round = 0; round < 40; ++round) {
        const after = chance.below(2) ? chance.of(distinct) : chance.of(distinct).slice(0, chance.below(60)) + chance.of(['', '0', 'g', '~']);
        const prefix = chance.of(['', 'chunks/', 'records/', 'r', `records/${address(3)}/`, chance.of(distinct).slice(0, 9)]);
        const limit = 1 + chance.below(40);
        const wanted = distinct.filter((key) => key.startsWith(prefix) && key > after);
        const { entries, more } = await store.list(prefix, after, limit);
        same([entries.map(({ key }) => key), more], [wanted.slice(0, limit), wanted.length > limit], `${prefix} after ${after}`);
      }
    }),

  'a value is replaced in one step, whatever its size and that of the other': async (open) =>
    using(open, async (store) => {
      const sizes = [0, 100, 300_000, 50, 400_000];
      for (const [at, size] of sizes.entries()) {
        await store.replace('records/x', noise(size, at));
        await holds(store, 'records/x', noise(size, at));
      }
      const read = Array.from({ length: 20 }, () => whole(store, 'records/x'));
      const write = Promise.all(sizes.map((size, at) => store.replace('records/x', noise(size, at))));
      for (const bytes of await Promise.all(read)) {
        if (!sizes.some((size, at) => alike(bytes, noise(size, at)))) throw new Error('a mixture of two values was read');
      }
      await write;
      same(await keysOf(store), ['records/x']);
    }),

  'what was removed is not there, and can be created anew': async (open) =>
    using(open, async (store) => {
      for (const size of [5, 300_000]) {
        same(await store.remove('a key'), false);
        same(await store.exists('a key'), false);
        same(await store.create('a key', noise(size, 1)), true);
        same(await store.exists('a key'), true);
        same(await store.remove('a key'), true);
        same(await store.exists('a key'), false);
        same(await whole(store, 'a key'), null);
        same(await store.create('a key', noise(size, 2)), true);
        await holds(store, 'a key', noise(size, 2));
        same(await store.remove('a key'), true);
      }
      same(await keysOf(store), []);
    }),

  'of racing creates one makes it, and of racing removes one removes': async (open) => {
    const others = await Promise.all([open(), open(), open()]);
    await using(open, async (store) => {
      for (const size of [20, 150_000]) {
        const racing = Array.from({ length: 16 }, (_, at) => [store, ...others][at % 4].create(`race ${size}`, noise(size, at + 1)));
        const made = (await Promise.all(racing)).flatMap((yes, at) => (yes ? [at] : []));
        same(made.length, 1, 'creates that made it');
        for (const each of [store, ...others]) await holds(each, `race ${size}`, noise(size, made[0] + 1));
        const removing = [store, ...others].map((each) => each.remove(`race ${size}`));
        same((await Promise.all(removing)).filter(Boolean).length, 1, 'removes that removed');
      }
    });
    for (const each of others) await each.close();
  },

  'figures count values and bytes by prefix, and say what space there is': async (open) =>
    using(open, async (store) => {
      const { free, ...empty } = await store.figures('');
      same(empty, { objects: 0, bytes: 0, used: 0 });
      if (!(free > 10 << 20)) throw new Error(`only ${free} bytes free`);
      for (let at = 0; at < 40; ++at) await store.create(`chunks/${address(at)}`, noise(at * 5000, at));
      for (let at = 0; at < 50; ++at) await store.create(`records/${address(at)}/1`, noise(10, at));
      same(pick(await store.figures('chunks/')), [40, 5000 * 780]);
      same(pick(await store.figures('records/')), [50, 500]);
      same(pick(await store.figures(`records/${address(3)}/`)), [1, 10]);
      same(pick(await store.figures('nothing')), [0, 0]);
      const { used, ...rest } = await store.figures('');
      same(pick(rest), [90, 5000 * 780 + 500]);
      if (!(used >= 5000 * 780)) throw new Error(`${used} bytes used for more`);
    }),

  'whatever is done in whatever order, the store and a map agree': async (open, seed) =>
    using(open, async (store) => {
      const chance = chances(seed);
      const map = new Map();
      const keys = Array.from({ length: 30 }, (_, at) => `records/${address(at % 5)}/${at}`);
      for (let round = 0; round < 250; ++round) {
        const key = chance.of(keys);
        const bytes = noise(chance.below(4) ? chance.below(2000) : chance.below(200_000), chance.next());
        const there = map.get(key) ?? null;
        switch (chance.below(6)) {
          case 0:
          case 1:
            same(await store.create(key, bytes), there === null);
            if (there === null) map.set(key, bytes);
            break;
          case 2:
            await store.replace(key, bytes);
            map.set(key, bytes);
            break;
          case 3:
            same(await store.remove(key), map.delete(key));
            break;
          case 4:
            same(await keysOf(store, '', 11), [...map.keys()].sort());
            break;
          default: {
            const bytes = await whole(store, key);
            if (bytes !== there && !alike(bytes, there)) throw new Error(`${key} differs`);
          }
        }
      }
    }),

  'many at once': async (open) =>
    using(open, async (store) => {
      const numbers = Array.from({ length: 200 }, (_, at) => at);
      const size = (at) => (at % 10 === 0 ? 300_000 : 500);
      await Promise.all(numbers.map((at) => store.create(`chunks/${address(at)}`, noise(size(at), at))));
      await Promise.all(numbers.map((at) => holds(store, `chunks/${address(at)}`, noise(size(at), at))));
      same((await keysOf(store)).length, 200);
      await Promise.all(numbers.map(async (at) => same(await store.remove(`chunks/${address(at)}`), true)));
      same(await keysOf(store), []);
    }),
};

const pick = ({ objects, bytes }) => [objects, bytes];

// A tab's side of tabs.test.mjs: puts content and record versions into one store, and tells of each that was acknowledged.
import { connect, Key, recordAddress, SafeError } from '/libsafe/libsafe.js';

const URL = 'file:tabs';

/** Content that its seed decides: a fifth of it has several large chunks. */
export function contentOf(seed) {
  const content = new Uint8Array(seed % 5 ? 3000 + (seed % 90_000) : 4_300_000 + (seed % 1_000_000));
  let state = seed | 1;
  for (let at = 0; at < content.length; ++at) content[at] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  return content;
}

const keyOf = (name) => Key.import(new Uint8Array(32).fill([...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 1)));

/** A record that all tabs append to; the one that is too late tries again with what is newest. */
async function append(client, key, line) {
  const address = await recordAddress(key.publicKey, 'log');
  for (;;) {
    try {
      const newest = await client.getRecord(address).catch((problem) => {
        if (problem instanceof SafeError && problem.codeName === 'SAFE_NO_SUCH_DATA') return null;
        throw problem;
      });
      const lines = newest ? new TextDecoder().decode(newest.value) : '';
      const value = new TextEncoder().encode(`${lines}${line}\n`);
      return newest ? await client.setRecord(key, 'log', newest.version + 1, value) : await client.createRecord(key, 'log', value);
    } catch (problem) {
      if (!(problem instanceof SafeError) || !['SAFE_INVALID_SUCCESSOR', 'SAFE_DATA_EXISTS'].includes(problem.codeName)) throw problem;
    }
  }
}

/** Puts from one seed to another; `window.told` hears of every put, and of every line, after it was acknowledged. */
export async function write(name, from, to) {
  const client = await connect(URL);
  const key = await keyOf('log');
  for (let seed = from; seed < to; ++seed) {
    const { link } = await client.put(contentOf(seed), { private: true });
    await window.told({ seed, link: link.text });
    await append(client, key, `${name} ${seed}`);
    await window.told({ line: `${name} ${seed}` });
  }
  await key.close();
  await client.close();
}

/** Whether all that was told is there; what is not. */
export async function missing(told) {
  const client = await connect(URL, { create: false });
  const key = await keyOf('log');
  const lost = [];
  for (const { seed, link } of told.filter(({ link }) => link)) {
    const [wanted, got] = [contentOf(seed), await client.get(link).catch((problem) => String(problem))];
    if (got.length !== wanted.length || !wanted.every((byte, at) => byte === got[at])) lost.push(`${seed}: ${got.length ?? got}`);
  }
  const wanted = told.filter(({ line }) => line).map(({ line }) => line);
  if (wanted.length > 0) {
    const { value } = await client.getRecord(await recordAddress(key.publicKey, 'log'));
    const lines = new TextDecoder().decode(value).trim().split('\n');
    lost.push(...wanted.filter((line) => !lines.includes(line)));
    if (new Set(lines).size !== lines.length) lost.push('a line is there twice');
  }
  await key.close();
  await client.close();
  return lost;
}

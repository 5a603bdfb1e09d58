// Very many operations at once while the collector is kept busy: each ends once, with its own result. And processes that end
// in the middle of them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const module = pathToFileURL(path.join(process.env.SAFE_NPM, 'libsafe.js')).href;
const full = process.env.SAFE_SCALE === 'full';
const operations = full ? 10_000 : 2_000;
const safe = await import(module);

/** Makes garbage, and has it collected, a third of the time, until it is told to stop. */
function pressure() {
  let timer;
  const press = () => {
    const begun = performance.now();
    Array.from({ length: 200 }, () => new Uint8Array(10_000));
    globalThis.gc();
    timer = setTimeout(press, 20 + 2 * (performance.now() - begun));
  };
  press();
  return () => clearTimeout(timer);
}

test(`${operations} at once each end once`, async () => {
  const stop = pressure();
  const client = await safe.connect('mem:');
  const ends = new Map();
  await Promise.all(Array.from({ length: operations }, async (_, number) => {
    const data = new TextEncoder().encode(`content ${number} `.repeat(1 + (number % 30)));
    const { link } = await client.put(data, { private: number % 2 === 0 });
    assert.deepEqual(await client.get(link), data);
    ends.set(number, (ends.get(number) ?? 0) + 1);
  }));
  stop();
  await client.close();
  assert.equal(ends.size, operations);
  assert.ok([...ends.values()].every((times) => times === 1));
  assert.equal(await safe.liveHandles(), 0);
});

test('cancelled at every moment', async () => {
  const stop = pressure();
  const client = await safe.connect('mem:');
  const data = new Uint8Array(2000).fill(7);
  const { link } = await client.put(data);
  let done = 0;
  for (let round = 0; round < (full ? 10_000 : 300); ++round) {
    const aborted = new AbortController();
    const got = client.get(link, { signal: aborted.signal });
    if (round % 3 === 0) await null;
    if (round % 3 === 1) setImmediate(() => aborted.abort());
    else aborted.abort();
    await got.then((bytes) => (done += Number(bytes.length === data.length)), ({ name }) => assert.equal(name, 'AbortError'));
  }
  stop();
  await client.close();
  assert.equal(await safe.liveHandles(), 0);
  console.log(`${done} were done before they were cancelled`);
});

const ENDS = {
  'an exit': ['process.exit(3);', 3],
  'an exception': ["throw new Error('as it is to be');", 1],
  'an abort of all': ['aborted.abort();', 0],
  'the end of all work': ['', 0],
};

test('processes that end with operations in flight neither crash nor hang', { timeout: 1_800_000 }, async (all) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'safe-stress-'));
  all.after(() => rm(folder, { recursive: true, force: true }));
  for (const [end, [how, code]] of Object.entries(ENDS)) {
    for (let round = 0; round < (full ? 25 : 2); ++round) {
      const url = round % 2 ? 'mem:' : `file:${folder}/vault`;
      const script = `
        import * as safe from ${JSON.stringify(module)};
        const client = await safe.connect(${JSON.stringify(url)});
        const aborted = new AbortController();
        const data = new Uint8Array(2_000_000).map((_, at) => at * at >> 5);
        const ignored = ({ name }) => { if (name !== 'AbortError') throw new Error(name); };
        for (let number = 0; number < 4; ++number) client.put(data, { signal: aborted.signal }).catch(ignored);
        for (let number = 0; number < 100; ++number) client.put(data.subarray(number, 500), { signal: aborted.signal }).catch(ignored);
        setTimeout(() => { ${how} }, ${(round * 29) % 100});`;
      const ended = await new Promise((resolve) => {
        execFile(process.execPath, ['--input-type=module', '-e', script], { timeout: 60_000 }, (error, stdout, stderr) =>
          resolve({ code: error ? (error.code ?? error.signal) : 0, stderr }));
      });
      assert.equal(ended.code, code, `${end}, round ${round}: ${ended.stderr}`);
      assert.ok(code === 1 ? ended.stderr.includes('as it is to be') : ended.stderr === '', ended.stderr);
    }
  }
});

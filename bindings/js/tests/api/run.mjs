// Runs one case, and checks that it has left nothing behind.
import { equal, until } from './check.mjs';
import { cases } from './cases/index.mjs';

/** The names of the cases of a place. */
export function namesFor(place) {
  return cases.filter(({ options }) => !options.only || options.only.includes(place)).map(({ name }) => name);
}

/** `more` is what the case gets besides. */
export async function run(name, safe, place, more) {
  const { run, options } = cases.find((one) => one.name === name);
  const worker = { node: undefined, worker: true, inline: false }[place];
  const connect = (url = 'mem:', given = {}) => safe.connect(url, { worker, ...given });
  if (options.gc && !globalThis.gc) throw new Error('this case needs --expose-gc');
  // Keeps the engine, whose handles are then to be counted.
  const anchor = options.alone ? null : await connect();
  await run({ safe, connect, place, ...more });
  if (anchor) {
    await until(async () => {
      if (options.gc) globalThis.gc();
      return (await safe.liveHandles()) <= 1;
    }, 'objects of the library are left').catch(async (problem) => {
      throw new Error(`${problem.message}: ${(await safe.liveHandles()) - 1}`);
    });
    await anchor.close();
  }
  // A key keeps its engine too, and so does what lingers for the next call.
  equal(await safe.liveHandles(), 0, 'handles at the end');
}

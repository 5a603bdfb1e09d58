// The few assertions that the cases need, in Node and in pages alike.

export function ok(value, what = 'this') {
  if (!value) throw new Error(`${what} should hold`);
}

export function equal(found, wanted, what = 'value') {
  if (!same(found, wanted)) throw new Error(`${what}: ${shown(found)} instead of ${shown(wanted)}`);
}

/** Bytes are compared as such, other objects by what they have. */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) return sameBytes(a, b);
  const [names, others] = [Object.keys(a), Object.keys(b)];
  return names.length === others.length && names.every((name) => same(a[name], b[name]));
}

function sameBytes(a, b) {
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array) || a.length !== b.length) return false;
  for (let at = 0; at < a.length; ++at) if (a[at] !== b[at]) return false;
  return true;
}

function shown(value) {
  if (value instanceof Uint8Array) return `${value.length} bytes [${value.slice(0, 8)}...]`;
  const plain = (_, each) => (typeof each === 'bigint' ? `${each}n` : each instanceof Uint8Array ? shown(each) : each);
  return JSON.stringify(value, plain) ?? String(value);
}

/** Waits for the failure of a promise: a SafeError of that code name, or another error of that name; gives it. */
export async function fails(promise, name, message = /./) {
  let problem;
  try {
    await promise;
  } catch (thrown) {
    problem = thrown;
  }
  if (problem === undefined) throw new Error(`no failure, where ${name} was expected`);
  const is = problem.codeName ?? problem.constructor.name;
  if (is !== name || !message.test(problem.message)) throw new Error(`${is} (${problem.message}), where ${name} ${message} was expected`);
  return problem;
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until something holds. */
export async function until(holds, what, seconds = 100) {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`after ${seconds} s: ${what}`);
    await sleep(10);
  }
}

/** The bytes of a stream. Not by a Response: Chromium's tells of every failure as one to fetch. */
export async function drain(stream) {
  const pieces = [];
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(pieces).arrayBuffer());
    pieces.push(value);
  }
}

/** Numbers that look random, the same for the same seed. */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Bytes that look random. */
export function noise(size, seed = 1) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let at = 0; at < words.length; ++at) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}

export const text = (string) => new TextEncoder().encode(string);

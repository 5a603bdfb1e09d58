// The cases of the API, each run in Node, in a page over a worker, and in a page without one.
//
// A case gets the package (`safe`), `connect` to a vault in that place, `place`, and in Node `folder`, a place for files.
// It closes all that it opens: the runner counts.

export const cases = [];

/** `options.only`: the places where it can run ('node', 'worker', 'inline'). */
export function test(name, run, options = {}) {
  cases.push({ name, run, options });
}

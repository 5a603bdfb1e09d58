/** Nanoseconds of a call that ends at once: those of the best of a few rounds. */
export function nsOf(call) {
  const times = 300_000;
  let best = Infinity;
  for (let round = 0; round < 4; ++round) {
    const begun = process.hrtime.bigint();
    for (let at = 0; at < times; ++at) call();
    best = Math.min(best, Number(process.hrtime.bigint() - begun) / times);
  }
  return best;
}

// The seed of random tests: a fresh one each time, or SAFE_SEED; printed.
export const seed = Number(process.env.SAFE_SEED ?? Date.now() % 2 ** 32) >>> 0;
console.log(`SAFE_SEED=${seed}`);
export const full = process.env.SAFE_SCALE === 'full';

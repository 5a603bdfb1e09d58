// Locks that all tabs and workers of the origin see, and that end with whoever holds them.

/** Holds a lock until what it returns is called. Waits for it. */
export function hold(name: string, options: LockOptions): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, options, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}

/** Does something with a lock that nobody has; nothing if somebody has it. */
export async function ifFree(name: string, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}

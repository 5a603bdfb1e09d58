// The end of one call before its time: because its signal was aborted, or because what it works on was closed.

import { aborted } from './failures.js';

export class Stop {
  #reason: Error | undefined;
  readonly #watchers = new Set<() => void>();
  #owner: Set<Stop> | undefined;

  /** Why it has to end; nothing as long as it may go on. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  stop(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** The calls of something: those that are under way when it is closed are stopped. */
  belong(owner: Set<Stop>): void {
    this.#owner = owner;
    owner.add(this);
  }

  /** The call is over. */
  over(): void {
    this.#owner?.delete(this);
  }

  check(): void {
    if (this.#reason) throw this.#reason;
  }

  /** Calls once when it has to end; gives what takes that back. */
  watch(watcher: () => void): () => void {
    if (this.#reason) watcher();
    else this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** What the promise gives, or a failure as soon as the call has to end. */
  race<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const unwatch = this.watch(() => reject(this.#reason));
      promise.then(resolve, reject).finally(unwatch);
    });
  }
}

// One listener for all calls of a signal: Node warns of leaks where it sees more than ten.
const followers = new WeakMap<AbortSignal, Set<(reason: Error) => void>>();

/** Calls with the failure when the signal is aborted; gives what takes that back. Throws if it is already. */
export function follow(signal: AbortSignal | undefined, stop: (reason: Error) => void): () => void {
  if (signal === undefined || signal === null) return () => {};
  if (typeof signal.addEventListener !== 'function' || typeof signal.aborted !== 'boolean') {
    throw new TypeError('signal: AbortSignal expected');
  }
  if (signal.aborted) throw aborted(signal.reason);
  const all = followers.get(signal) ?? listen(signal);
  all.add(stop);
  return () => void all.delete(stop);
}

function listen(signal: AbortSignal): Set<(reason: Error) => void> {
  const all = new Set<(reason: Error) => void>();
  followers.set(signal, all);
  signal.addEventListener('abort', () => {
    const reason = aborted(signal.reason);
    for (const stop of [...all]) stop(reason);
  });
  return all;
}

// When the library runs: in tasks of its own, so that messages, timers and painting come between them.
//
// In Node the process stays alive as long as an operation is pending, and not longer.

const longest = 0x7fffffff; // milliseconds that a timer can take

interface NodeTimers {
  setImmediate?: (call: () => void) => unknown;
  clearImmediate?: (task: unknown) => void;
}

export class Pump {
  readonly #run: () => void;
  readonly #soon: { ask(): void; close(): void };
  #asked = false; // a task is on its way
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #alive: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  /** `run` does the work of one task. */
  constructor(run: () => void) {
    this.#run = run;
    this.#soon = macrotask(() => {
      this.#asked = false;
      this.#task();
    });
  }

  /** There is work in so many milliseconds. */
  wake(delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      if (this.#asked) return;
      this.#asked = true;
      this.#soon.ask();
      return;
    }
    const due = performance.now() + delayMs;
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(
      () => {
        this.#due = Infinity;
        this.#task();
      },
      Math.min(Math.ceil(delayMs), longest),
    );
    // Whether a timer alone keeps the process is for keepAlive to say.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** Whether there is work right now, so that a task will come. */
  get busy(): boolean {
    return this.#asked;
  }

  /** In Node: whether the process has a reason to stay. */
  keepAlive(yes: boolean): void {
    if (!inNode || yes === (this.#alive !== undefined)) return;
    if (yes) {
      this.#alive = setInterval(() => {}, longest);
    } else {
      clearInterval(this.#alive);
      this.#alive = undefined;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.keepAlive(false);
    this.#soon.close();
  }

  #task(): void {
    if (!this.#closed) this.#run();
  }
}

export const inNode = typeof process === 'object' && typeof process.versions?.node === 'string';

/** Asks for a task as soon as others have had their turn. */
function macrotask(call: () => void): { ask(): void; close(): void } {
  const { setImmediate: immediate, clearImmediate } = globalThis as NodeTimers;
  if (inNode && immediate && clearImmediate) {
    let task: unknown;
    return {
      ask: () => {
        task = immediate(call);
      },
      close: () => clearImmediate(task),
    };
  }
  const channel = new MessageChannel();
  channel.port1.onmessage = call;
  return {
    ask: () => channel.port2.postMessage(null),
    close: () => channel.port1.close(),
  };
}
